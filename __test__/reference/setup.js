// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { createChain, createDeviceCertificate, startGateway } = require('../../gateway');
const { LIBRARIES, agentThrough, agentTo } = require('./libraries');
const { startProxy } = require('./proxy');

/** @typedef {import('./libraries').Ability} Ability */

/**
 * One way to talk to the gateway.
 *
 * @typedef {object} Setting
 * @property {any} exports Of the library.
 * @property {import('../../gateway').Gateway} gateway Knows the devices `d1` (key), `x1` (thumbprint), `x2` (CA-signed),
 *   and the module `d1/m1`.
 * @property {(id?: string, options?: Record<string, any>) => Promise<any>} client Not yet open; closed with the test.
 *   `options` go beside those that lead to the gateway.
 * @property {Record<string, any>} route Those: `setOptions` replaces what was set before.
 */

/** Made once for a file: the chain, and certificates of the devices. */
const certificates = (async () => {
  const chain = await createChain({ host: 'localhost', caKey: 'P-256', serverKey: 'P-256' });
  const x1 = await createDeviceCertificate({ deviceId: 'x1', key: 'P-256' });
  const x2 = await createDeviceCertificate({ deviceId: 'x2', key: 'P-256', issuer: chain });
  return { chain, x1, x2 };
})();

/** How a client gets to the gateway, and what it must be able to do for that. */
const WAYS = /** @type {const} */ ([
  { name: 'Mqtt', transport: 'Mqtt', proxied: false, needs: [] },
  { name: 'MqttWs', transport: 'MqttWs', proxied: false, needs: ['webSocket'] },
  { name: 'Mqtt through a proxy', transport: 'Mqtt', proxied: true, needs: ['mqttProxy'] },
  { name: 'MqttWs through a proxy', transport: 'MqttWs', proxied: true, needs: ['webSocket'] },
]);

/**
 * A scenario for every library, over MQTT and over WebSocket, each with and without a proxy, with a gateway as lenient as edgeHub and as strict as IoT
 * Hub. Where a library lacks what it needs, the test is that it still does.
 *
 * @param {string} name
 * @param {Ability[]} needs
 * @param {(setting: Setting) => Promise<void>} scenario
 */
function onEveryLibrary(name, needs, scenario) {
  for (const library of LIBRARIES) {
    for (const way of WAYS) {
      const wanted = [...needs, ...way.needs];
      const lacking = wanted.filter((ability) => ability in library.lacks);
      if (lacking.length > 0) {
        test(`${library.name} over ${way.name} lacks ${lacking.join(', ')}: ${name}`, () => {
          for (const ability of lacking) {
            assert.ok(
              library.lacks[ability](library.exports),
              `${library.name} can do it: take '${ability}' off the list`,
            );
          }
        });
        continue;
      }
      for (const strict of [false, true]) {
        test(`${library.name} over ${way.name}, ${strict ? 'strict' : 'lenient'}: ${name}`, async (t) =>
          scenario(await settingFor(t, library.exports, way, strict)));
      }
    }
  }
}

/**
 * @param {import('node:test').TestContext} t
 * @param {any} exports
 * @param {typeof WAYS[number]} way
 * @param {boolean} strict
 * @returns {Promise<Setting>}
 */
async function settingFor(t, exports, { transport, proxied }, strict) {
  const { chain, x1, x2 } = await certificates;
  const gateway = await startGateway({
    chain,
    strict,
    trustBundle: x2.caPem,
    devices: [
      { deviceId: 'd1', modules: [{ moduleId: 'm1' }] },
      { deviceId: 'x1', x509: { primaryThumbprint: x1.thumbprintSha256 } },
      { deviceId: 'x2', x509: 'ca' },
    ],
  });
  /** @type {any[]} */
  const clients = [];
  t.after(async () => {
    // While the gateway answers: azure-iot-device waits for ever where it does not.
    for (const each of clients) await each.close();
    if (proxied) assert.ok(proxy.tunnels() >= clients.length, 'a client went around the proxy');
    await proxy.close();
    await gateway.close();
  });
  const proxy = await startProxy({ 443: gateway.webSocketPort });
  const route = { ca: chain.rootPem, ...routeOf(transport, proxied ? proxy.port : undefined, gateway) };
  const ofDevice = { x1, x2 };
  const client = async (id = 'd1', options = {}) => {
    const certificate = ofDevice[/** @type {'x1' | 'x2'} */ (id)];
    const Client = id.includes('/') ? exports.ModuleClient : exports.Client;
    const { direct = certificate !== undefined, ...more } = options;
    const connectionString = gateway.connectionString(id, { direct });
    const address = transport === 'MqttWs' ? connectionString.replace(/:\d+(?=;|$)/g, '') : connectionString;
    const made = Client.fromConnectionString(address, exports[transport]);
    clients.push(made);
    await made.setOptions({
      ...route,
      ...(certificate && { cert: certificate.certPem, key: certificate.keyPem }),
      ...more,
    });
    return made;
  };
  return { exports, gateway, client, route };
}

/**
 * @param {string} transport
 * @param {number | undefined} proxyPort
 * @param {import('../../gateway').Gateway} gateway
 * @returns {Record<string, any>} What leads there, by the options that both libraries know where they do.
 */
function routeOf(transport, proxyPort, gateway) {
  if (transport === 'MqttWs') {
    return { mqtt: { webSocketAgent: proxyPort ? agentThrough(proxyPort) : agentTo(gateway) } };
  }
  return proxyPort ? { proxy: `http://127.0.0.1:${proxyPort}` } : {};
}

module.exports = { onEveryLibrary };

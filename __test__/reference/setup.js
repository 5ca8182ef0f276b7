// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { createChain, createDeviceCertificate, startGateway } = require('../../gateway');
const { LIBRARIES, agentTo } = require('./libraries');

/** @typedef {import('./libraries').Ability} Ability */

/**
 * One way to talk to the gateway.
 *
 * @typedef {object} Setting
 * @property {any} exports Of the library.
 * @property {import('../../gateway').Gateway} gateway Knows the devices `d1` (key), `x1` (thumbprint), `x2` (CA-signed),
 *   and the module `d1/m1`.
 * @property {(id?: string) => Promise<any>} client Not yet open; closed with the test.
 */

/** Made once for a file: the chain, and certificates of the devices. */
const certificates = (async () => {
  const chain = await createChain({ host: 'localhost', caKey: 'P-256', serverKey: 'P-256' });
  const x1 = await createDeviceCertificate({ deviceId: 'x1', key: 'P-256' });
  const x2 = await createDeviceCertificate({ deviceId: 'x2', key: 'P-256', issuer: chain });
  return { chain, x1, x2 };
})();

/**
 * A scenario for every library, over MQTT and over WebSocket, with a gateway as lenient as edgeHub and as strict as IoT
 * Hub. Where a library lacks what it needs, the test is that it still does.
 *
 * @param {string} name
 * @param {Ability[]} needs
 * @param {(setting: Setting) => Promise<void>} scenario
 */
function onEveryLibrary(name, needs, scenario) {
  for (const library of LIBRARIES) {
    for (const transport of ['Mqtt', 'MqttWs']) {
      const wanted = transport === 'MqttWs' ? [...needs, 'webSocket'] : needs;
      const lacking = wanted.filter((ability) => ability in library.lacks);
      if (lacking.length > 0) {
        test(`${library.name} over ${transport} lacks ${lacking.join(', ')}: ${name}`, () => {
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
        test(`${library.name} over ${transport}, ${strict ? 'strict' : 'lenient'}: ${name}`, async (t) =>
          scenario(await settingFor(t, library.exports, transport, strict)));
      }
    }
  }
}

/**
 * @param {import('node:test').TestContext} t
 * @param {any} exports
 * @param {string} transport
 * @param {boolean} strict
 * @returns {Promise<Setting>}
 */
async function settingFor(t, exports, transport, strict) {
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
    await gateway.close();
  });
  const ofDevice = { x1, x2 };
  const client = async (id = 'd1') => {
    const certificate = ofDevice[/** @type {'x1' | 'x2'} */ (id)];
    const Client = id.includes('/') ? exports.ModuleClient : exports.Client;
    // azure-iot-device ignores GatewayHostName with X.509.
    const connectionString = gateway.connectionString(id, { direct: certificate !== undefined });
    const address = transport === 'MqttWs' ? connectionString.replace(/:\d+(?=;|$)/g, '') : connectionString;
    const made = Client.fromConnectionString(address, exports[transport]);
    clients.push(made);
    await made.setOptions({
      ca: chain.rootPem,
      ...(certificate && { cert: certificate.certPem, key: certificate.keyPem }),
      ...(transport === 'MqttWs' && { mqtt: { webSocketAgent: agentTo(gateway) } }),
    });
    return made;
  };
  return { exports, gateway, client };
}

module.exports = { onEveryLibrary };

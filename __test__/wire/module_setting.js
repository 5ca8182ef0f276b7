'use strict';

const { once } = require('node:events');
const { Client, Mqtt, connect } = require('../..');
const { startCloud } = require('./cloud_setting');
const { soon } = require('./client');

/**
 * An edge device with the modules `filter` and `other`, and a device `pump`.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('../../gateway').GatewayOptions} [options]
 */
function startEdge(t, options) {
  const modules = [{ moduleId: 'filter' }, { moduleId: 'other' }];
  return startCloud(t, { devices: [{ deviceId: 'edge', modules }, { deviceId: 'pump' }], ...options });
}

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../../gateway').Gateway} gateway
 * @param {Record<string, any>} [options]
 * @returns {Promise<any>} A Module.
 */
async function moduleOf(t, gateway, { id = 'edge/filter', ...options } = {}) {
  const who = options.environment
    ? {}
    : { connectionString: gateway.connectionString(id), ca: gateway.rootPem };
  const module = await connect({ ...who, ...options });
  t.after(() => module.close());
  return module;
}

/**
 * The device `pump`, whose method `set` answers status 207 with its payload.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('../../gateway').Gateway} gateway
 */
async function pumpOf(t, gateway) {
  const pump = Client.fromConnectionString(gateway.connectionString('pump'), Mqtt);
  t.after(() => pump.close());
  await pump.setOptions({ ca: gateway.rootPem });
  pump.onDeviceMethod('set', ({ payload }, response) => response.send(207, payload, () => {}));
  pump.onDeviceMethod('silent', () => {});
  await subscribedTo(gateway, 'pump', '$iothub/methods/POST/#');
}

/** Resolves when that client has subscribed. */
async function subscribedTo(gateway, clientId, filter) {
  const has = () =>
    gateway.connections().some((each) => each.clientId === clientId && each.subscriptions.includes(filter));
  while (!has()) await soon(`${clientId} subscribed to ${filter}`, once(gateway, 'subscribed'));
}

const INPUTS = 'devices/edge/modules/filter/inputs/#';

module.exports = { INPUTS, moduleOf, pumpOf, startEdge, subscribedTo };

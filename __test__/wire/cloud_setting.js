'use strict';

const { once } = require('node:events');
const { createChain, startGateway } = require('../../gateway');
const { Client, Mqtt, connect } = require('../..');
const { quickly, soon } = require('./client');

/** Tests whose cloud acts: a gateway of their own, and clients and devices that end with the test. */

const chain = createChain({ caKey: 'P-256', serverKey: 'P-256' });

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../../gateway').GatewayOptions} [options]
 */
async function startCloud(t, options = {}) {
  const gateway = await startGateway({
    chain: await chain,
    devices: [{ deviceId: 'd1' }],
    keep: Infinity,
    ...options,
  });
  t.after(() => gateway.close());
  return gateway;
}

/** @param {import('node:test').TestContext} t @param {import('../../gateway').Gateway} gateway */
async function clientOf(t, gateway, { policy = quickly, Transport = Mqtt, options = {} } = {}) {
  const client = Client.fromConnectionString(gateway.connectionString('d1'), Transport);
  t.after(() => client.close());
  client.setRetryPolicy(policy);
  await client.setOptions({ ca: gateway.rootPem, ...options });
  return client;
}

/** @param {import('node:test').TestContext} t @param {import('../../gateway').Gateway} gateway */
async function deviceOf(t, gateway, options = {}) {
  const device = await connect({
    connectionString: gateway.connectionString('d1'),
    ca: gateway.rootPem,
    ...options,
  });
  t.after(() => device.close());
  return device;
}

const FILTERS = {
  desired: '$iothub/twin/PATCH/properties/desired/#',
  responses: '$iothub/twin/res/#',
  methods: '$iothub/methods/POST/#',
  c2d: 'devices/d1/messages/devicebound/#',
};

/**
 * Resolves when the device has subscribed to all of these.
 *
 * @param {import('../../gateway').Gateway} gateway
 * @param {(keyof typeof FILTERS)[]} kinds
 */
async function subscribed(gateway, ...kinds) {
  const open = () => {
    const [{ subscriptions = [] } = {}] = gateway.connections();
    return kinds.filter((kind) => !subscriptions.includes(FILTERS[kind]));
  };
  while (open().length > 0)
    await soon(`the device subscribed to ${open().join(', ')}`, once(gateway, 'subscribed'));
}

/**
 * Resolves when `holds` does.
 *
 * @param {string} what For the error.
 * @param {() => boolean} holds
 */
async function until(what, holds) {
  let over = false;
  const look = async () => {
    while (!over && !holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await soon(what, look()).finally(() => (over = true));
}

module.exports = { FILTERS, chain, clientOf, deviceOf, startCloud, subscribed, until };

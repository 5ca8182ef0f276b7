'use strict';

// Our transport under a Client that knows nothing of this package: azure-iot-device's own, against the local gateway. It
// expects what any DeviceTransport does: an operation makes the connection it needs, and fails with it.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { after, before, test } = require('node:test');
const { Client, Message } = require('azure-iot-device');
const { startGateway } = require('edge-downstream-gateway');
const { Mqtt } = require('../../lib/mqtt/mqtt');

let gateway;
/** What the gateway has stored in this test, and how many connections there were. */
let bodies;
let connections;
before(async () => {
  gateway = await startGateway({ devices: [{ deviceId: 'dev' }], keep: 0 });
  gateway.on('telemetry', ({ body }) => bodies.push(body.toString()));
  gateway.on('connected', () => (connections += 1));
});
after(() => gateway.close());

/** @param {import('node:test').TestContext} t */
async function clientOf(t) {
  bodies = [];
  connections = 0;
  const client = Client.fromConnectionString(gateway.connectionString('dev'), Mqtt);
  client.on('error', () => {});
  t.after(() => {
    gateway.faults = {};
    return client.close();
  });
  await client.setOptions({ ca: gateway.rootPem });
  return client;
}

test('sending connects, and the connection is used by all that follows', async (t) => {
  const client = await clientOf(t);
  const results = await Promise.all([client.sendEvent(new Message('a')), client.sendEvent(new Message('b'))]);
  assert.deepEqual(
    results.map((result) => result.constructor.name),
    ['MessageEnqueued', 'MessageEnqueued'],
  );
  await client.open();
  assert.deepEqual([bodies, connections], [['a', 'b'], 1]);
});

test('what is under way at a loss arrives after it, and cloud messages go on', async (t) => {
  const client = await clientOf(t);
  const messages = [];
  client.on('message', (message) => messages.push(message.getData().toString()));
  await once(gateway, 'subscribed');
  gateway.faults = { publish: 'drop-puback' };
  const stored = once(gateway, 'telemetry');
  const sent = client.sendEvent(new Message('under way'));
  await stored;
  gateway.faults = {};
  const subscribed = once(gateway, 'subscribed');
  gateway.cut('dev');
  assert.equal((await sent).constructor.name, 'MessageEnqueued');
  await subscribed;

  const completed = once(gateway, 'c2d');
  gateway.sendC2D('dev', 'after the loss');
  await completed;
  assert.deepEqual(messages, ['after the loss']);
  assert.equal((await client.sendEvent(new Message('next'))).constructor.name, 'MessageEnqueued');
});

test('a cloud message is acknowledged when the listeners have run', async (t) => {
  const client = await clientOf(t);
  const subscribed = once(gateway, 'subscribed');
  const received = once(client, 'message');
  await subscribed;
  const completed = once(gateway, 'c2d');
  gateway.sendC2D('dev', 'hello');
  const [message] = await received;
  assert.equal((await client.complete(message)).constructor.name, 'MessageCompleted');
  await completed;
});

test('reject and abandon say that MQTT has none, and disturb nobody', async (t) => {
  const client = await clientOf(t);
  await client.open();
  gateway.faults = { publish: { pubackDelayMs: 200 } };
  const sent = client.sendEvent(new Message('under way'));
  for (const method of ['reject', 'abandon']) {
    await assert.rejects(client[method](new Message('x')), { name: 'NotImplementedError' });
  }
  assert.equal((await sent).constructor.name, 'MessageEnqueued');
});

test('a gateway that refuses the device fails what waits for the connection', async (t) => {
  const client = await clientOf(t);
  gateway.faults = { connack: { code: 5 } };
  await assert.rejects(client.sendEvent(new Message('x')), { name: 'UnauthorizedError' });
  await assert.rejects(client.open(), { name: 'UnauthorizedError' });
  gateway.faults = {};
  await client.open();
});

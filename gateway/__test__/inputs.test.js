// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { test } = require('node:test');
const { PINGREQ, PINGRESP, RawDevice, gatewayFor, publishPacket, subscribePacket } = require('./raw-device');

/** @typedef {import('..').Gateway} Gateway */

const DEVICES = [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }, { moduleId: 'm2' }] }];
const FILTER = 'devices/d1/modules/m1/inputs/#';
const PUBACK = '40020001';

/**
 * @param {Gateway} gateway
 * @param {{ qos?: 0 | 1, filter?: string } & Parameters<typeof RawDevice.connected>[1]} [options]
 */
async function subscribed(gateway, { qos = 1, filter = FILTER, ...changes } = {}) {
  const module = await RawDevice.connected(gateway, { deviceId: 'd1/m1', ...changes });
  module.send(subscribePacket(filter, { qos }));
  assert.strictEqual(await module.bytes(5), `900300010${qos}`);
  return module;
}

/**
 * Nothing has come.
 * @param {RawDevice} module
 */
async function assertSilence(module) {
  module.send(PINGREQ);
  assert.strictEqual(await module.bytes(2), PINGRESP);
}

test('R1 sendInput: topic and properties, settled by PUBACK', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const module = await subscribed(gateway);
  const settled = once(gateway, 'input');
  const message = gateway.sendInput('d1/m1', 'alerts', 'x', {
    properties: { 'a b': 'c' },
    messageId: 'm',
    contentType: 'text/plain',
    from: 'd1/m2',
  });
  const { topic, payload, qos, messageId } = await module.publication();
  assert.strictEqual(
    topic,
    'devices/d1/modules/m1/inputs/alerts/%24.mid=m&%24.ct=text%2Fplain&%24.cdid=d1&%24.cmid=m2&a%20b=c',
  );
  assert.strictEqual(topic, message.topic);
  assert.deepStrictEqual([payload.toString(), qos, messageId], ['x', 1, 1]);
  assert.strictEqual(message.status, 'pending');
  module.send(PUBACK);
  assert.strictEqual(await message.settled, 'completed');
  assert.deepStrictEqual(await settled, [message]);
  module.vanish();
});

test('R1 one after the other, whatever the input', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const module = await subscribed(gateway);
  for (const [i, input] of ['x', 'y', 'x'].entries()) gateway.sendInput('d1/m1', input, `${i}`);
  for (const body of ['0', '1', '2']) {
    assert.strictEqual(await module.body(), body);
    await assertSilence(module);
    module.send(PUBACK);
  }
  await assertSilence(module);
  module.vanish();
});

test('R1 QoS 0: settled by sending, however many are stored', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const messages = Array.from({ length: 20000 }, (_, i) => gateway.sendInput('d1/m1', 'x', `${i}`));
  const module = await RawDevice.connected(gateway, { deviceId: 'd1/m1' });
  module.send(subscribePacket(FILTER, { qos: 0 }));
  assert.strictEqual(await messages[19999].settled, 'completed');
  assert.ok(messages.every(({ status }) => status === 'completed'));
  module.vanish();
});

test('R1 stored while the module is away, and over a restart that keeps its store', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const message = gateway.sendInput('d1/m1', 'x', 'stored');
  await gateway.restart();
  const unsubscribed = await RawDevice.connected(gateway, { deviceId: 'd1/m1' });
  await assertSilence(unsubscribed);
  const module = await subscribed(gateway);
  assert.strictEqual(await module.body(), 'stored');
  assert.deepStrictEqual([message.status, message.deliveryCount], ['pending', 1]);
  await gateway.restart({ keepSessions: false });
  await assertSilence(await subscribed(gateway));
});

test('R1 sent again after a loss and after a take-over, DUP 0 and id 1', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const message = gateway.sendInput('d1/m1', 'x', 'again');
  const first = await subscribed(gateway);
  const packet = await first.publication();
  const gone = once(gateway, 'disconnected');
  first.vanish();
  await gone;
  const second = await subscribed(gateway);
  assert.deepStrictEqual(await second.publication(), packet);
  const third = await subscribed(gateway);
  assert.deepStrictEqual(await third.publication(), packet);
  third.send(PUBACK);
  assert.strictEqual(await message.settled, 'completed');
  assert.strictEqual(message.deliveryCount, 3);
  third.vanish();
});

test('R1 sent again without a PUBACK in time, which a late one does not settle', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, limits: { inputAckTimeoutMs: 300 } });
  const module = await subscribed(gateway);
  const message = gateway.sendInput('d1/m1', 'x', 'again');
  const packet = await module.publication();
  assert.deepStrictEqual(await module.publication(), packet);
  module.send(PUBACK);
  await assertSilence(module);
  assert.strictEqual(message.status, 'pending');
  module.send(PUBACK);
  assert.strictEqual(await message.settled, 'completed');
  module.vanish();
});

test('R1 a PUBACK is for the oldest message, whatever that was', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const module = await subscribed(gateway, { filter: '#' });
  module.send(subscribePacket(FILTER), subscribePacket('$iothub/methods/POST/#'));
  assert.strictEqual(await module.bytes(10), '90030001019003000101');
  gateway.invokeMethod('d1/m1', 'm').catch(() => {});
  const message = gateway.sendInput('d1/m1', 'x', 'y');
  assert.strictEqual((await module.publication()).qos, 1);
  assert.strictEqual(await module.body(), 'y');
  module.send(PUBACK);
  await assertSilence(module);
  assert.strictEqual(message.status, 'pending');
  module.send(PUBACK);
  assert.strictEqual(await message.settled, 'completed');
  module.vanish();
});

test('R1 rejected: inputs are turned on, and no filter matches', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const module = await subscribed(gateway, { filter: 'devices/d1/modules/m1/inputs/other/#' });
  assert.strictEqual(await gateway.sendInput('d1/m1', 'x', 'y').settled, 'rejected');
  gateway.sendInput('d1/m1', 'other', 'z');
  assert.strictEqual(await module.body(), 'z');
  module.vanish();
});

test('R1 a filter that matches and does not turn inputs on gets nothing', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const module = await subscribed(gateway, { filter: 'devices/d1/modules/m1/inputs/x/+' });
  const message = gateway.sendInput('d1/m1', 'x', 'y');
  await assertSilence(module);
  assert.strictEqual(message.status, 'pending');
  module.vanish();
});

test('R1 older than the time to live: expired', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, limits: { timeToLiveMs: 20 } });
  const old = gateway.sendInput('d1/m1', 'x', 'old');
  await sleep(40);
  const module = await subscribed(gateway);
  // It would grow old while the module connects.
  const young = gateway.sendInput('d1/m1', 'x', 'young');
  assert.strictEqual(await module.body(), 'young');
  assert.deepStrictEqual([old.status, young.status], ['expired', 'pending']);
  module.vanish();
});

test('R1 older than the time to live: expired, though the module is away, and there is room again', async (t) => {
  const routes = ['FROM /* INTO BrokeredEndpoint("/modules/m1/inputs/x")'];
  const limits = { timeToLiveMs: 300, storeBytes: 1000 };
  const gateway = await gatewayFor(t, { devices: DEVICES, routes, limits });
  const device = await RawDevice.connected(gateway);
  const stored = publishPacket('devices/d1/messages/events/', { payload: Buffer.alloc(1000) });
  const vanished = once(gateway, 'input');
  device.send(stored);
  assert.strictEqual(await device.bytes(4), PUBACK);
  device.send(stored);
  assert.strictEqual(await device.rest(), '');
  const [{ status, deliveryCount }] = await vanished;
  assert.deepStrictEqual([status, deliveryCount], ['expired', 0]);
  const again = await RawDevice.connected(gateway);
  again.send(stored);
  assert.strictEqual(await again.bytes(4), PUBACK);
  again.vanish();
});

test('R1 QoS 0: what a broken line did not carry is not settled', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, faults: { delivery: 'cut' } });
  const messages = ['a', 'b'].map((body) => gateway.sendInput('d1/m1', 'x', body));
  const module = await subscribed(gateway, { qos: 0 });
  assert.strictEqual(await module.rest(), '');
  assert.deepStrictEqual(
    messages.map(({ status, deliveryCount }) => [status, deliveryCount]),
    [
      ['pending', 1],
      ['pending', 0],
    ],
  );
  gateway.faults = {};
  const later = await subscribed(gateway, { qos: 0 });
  assert.deepStrictEqual([await later.body(), await later.body()], ['a', 'b']);
  later.vanish();
});

test('R1 what has no input is named', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  assert.throws(
    () => gateway.sendInput('d1', 'x', 'y'),
    /^TypeError: 'd1' is a device: only modules have inputs/,
  );
  assert.throws(() => gateway.sendInput('d1/m9', 'x', 'y'), RangeError);
  assert.throws(
    () => gateway.sendInput('d1/m1', 'a/b', 'y'),
    /^TypeError: input 'a\/b' of 'd1\/m1' is not one level/,
  );
  const properties = { k: 'x'.repeat(65535) };
  assert.throws(() => gateway.sendInput('d1/m1', 'x', 'y', { properties }), RangeError);
});

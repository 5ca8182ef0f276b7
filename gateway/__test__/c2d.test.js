// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const {
  ACCEPTED,
  PINGREQ,
  PINGRESP,
  RawDevice,
  connectPacket,
  gatewayFor,
  subscribePacket,
} = require('./raw-device');

const TOPIC = 'devices/d1/messages/devicebound/';
const FILTER = `${TOPIC}#`;
const PUBACK = '40020001';

/**
 * @param {import('..').Gateway} gateway
 * @param {{ qos?: 0 | 1 }} [options]
 */
async function subscribed(gateway, { qos = 1 } = {}) {
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket(FILTER, { qos }));
  assert.strictEqual(await device.bytes(5), `900300010${qos}`);
  return device;
}

test('D1 QoS 1: PUBLISH with id 1, DUP 0, RETAIN 0; completed by PUBACK', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const message = gateway.sendC2D('d1', 'go', { messageId: 'm1' });
  const topic = `${TOPIC}%24.mid=m1&%24.to=%2Fdevices%2Fd1%2Fmessages%2FdeviceBound`;
  const expected = Buffer.concat([
    Buffer.from([0x32, 2 + topic.length + 2 + 2, 0, topic.length]),
    Buffer.from(topic),
    Buffer.from([0, 1]),
    Buffer.from('go'),
  ]);
  assert.strictEqual(await device.bytes(expected.length), expected.toString('hex'));
  assert.strictEqual(message.status, 'pending');
  assert.strictEqual(message.deliveryCount, 1);
  device.send(PUBACK);
  assert.strictEqual(await message.settled, 'completed');
  assert.strictEqual(message.status, 'completed');
  device.vanish();
});

test('D1 system and user properties travel escaped', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  gateway.sendC2D('d1', Buffer.alloc(0), {
    messageId: 'm/1',
    correlationId: 'c',
    userId: 'u',
    to: '/x',
    expiryTimeUtc: new Date(Date.UTC(2099, 0, 1)),
    creationTimeUtc: '2026-11-26T12:34:56.12345678Z',
    messageSchema: 's',
    contentType: 'text/plain',
    contentEncoding: 'utf-8',
    ack: 'full',
    properties: { 'ä b': 'x&y=z', '': 'empty' },
  });
  const { topic, payload } = await device.publication();
  assert.strictEqual(
    topic,
    `${TOPIC}%24.mid=m%2F1&%24.to=%2Fx&%24.cid=c&%24.uid=u&%24.exp=2099-01-01T00%3A00%3A00.0000000Z` +
      '&%24.ct=text%2Fplain&%24.ce=utf-8&%24.schema=s&%24.ctime=2026-11-26T12%3A34%3A56.1234567Z' +
      '&%C3%A4%20b=x%26y%3Dz&=empty',
  );
  assert.strictEqual(payload.length, 0);
  for (const [time, text] of [
    ['2026-11-26T12:34:56Z', '2026-11-26T12:34:56.0000000Z'],
    ['2027-11-26T12:34:56.5+01:00', '2027-11-26T11:34:56.5000000Z'],
    [new Date(Date.UTC(2026, 10, 26, 1, 2, 3, 4)), '2026-11-26T01:02:03.0040000Z'],
  ]) {
    gateway.sendC2D('d1', 'x', { creationTimeUtc: time });
    const bag = new URLSearchParams((await device.publication()).topic.slice(TOPIC.length));
    assert.strictEqual(bag.get('$.ctime'), text);
    assert.strictEqual(bag.has('$.exp'), false);
  }
  assert.throws(() => gateway.sendC2D('d1', 'x', { expiryTimeUtc: 'soon' }), {
    name: 'TypeError',
    message: "sendC2D: expiryTimeUtc cannot be 'soon'; it is a time",
  });
  device.vanish();
});

test('D1 several unacknowledged messages all have id 1; PUBACKs complete them in order', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const messages = ['a', 'b', 'c'].map((body) => gateway.sendC2D('d1', body));
  for (const body of ['a', 'b', 'c']) {
    const { messageId, payload } = await device.publication();
    assert.deepStrictEqual([messageId, payload.toString()], [1, body]);
  }
  /** @type {string[]} */
  const settled = [];
  gateway.on('c2d', ({ body, status }) => settled.push(`${body} ${status}`));
  // The one in the middle is for no message.
  device.send(PUBACK, '40020002', PUBACK, PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  assert.deepStrictEqual(settled, ['a completed', 'b completed']);
  assert.strictEqual(messages[2].status, 'pending');
  device.vanish();
});

test('D1 QoS 0, granted or by mqtt-qos: completed on sending', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, { qos: 0 });
  const granted = gateway.sendC2D('d1', 'granted');
  assert.strictEqual(granted.status, 'completed');
  assert.strictEqual((await device.publication()).qos, 0);
  device.send(subscribePacket(FILTER, { qos: 1 }));
  assert.strictEqual(await device.bytes(5), '9003000101');
  const lowered = gateway.sendC2D('d1', 'lowered', { properties: { 'mqtt-qos': '0' } });
  assert.strictEqual(lowered.status, 'completed');
  assert.strictEqual((await device.publication()).qos, 0);
  device.vanish();
});

test('D1 a message waits in the hub until the device subscribes', async (t) => {
  const gateway = await gatewayFor(t);
  const message = gateway.sendC2D('d1', 'early');
  const device = await RawDevice.connected(gateway);
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  assert.strictEqual(message.status, 'pending');
  device.send(subscribePacket(FILTER));
  assert.strictEqual(await device.bytes(5), '9003000101');
  assert.strictEqual(await device.body(), 'early');
  device.send(PUBACK);
  assert.strictEqual(await message.settled, 'completed');
  device.vanish();
});

test('D1 rejected: enqueued over 30 s before the subscription', async (t) => {
  const gateway = await gatewayFor(t);
  const secondsAgo = (/** @type {number} */ seconds) => new Date(Date.now() - seconds * 1000);
  const device = await subscribed(gateway);
  const old = gateway.sendC2D('d1', 'old', { enqueuedTime: secondsAgo(31) });
  assert.strictEqual(await old.settled, 'rejected');
  const recent = gateway.sendC2D('d1', 'recent', { enqueuedTime: secondsAgo(20) });
  assert.strictEqual(await device.body(), 'recent');
  device.send(PUBACK);
  assert.strictEqual(await recent.settled, 'completed');
  device.vanish();
});

test('D1 a subscription is as old as the first of its session, whatever comes later', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await RawDevice.connected(gateway, { clean: false });
  first.send(subscribePacket(FILTER));
  assert.strictEqual(await first.bytes(5), '9003000101');
  const justAfter = Date.now() + 1;
  first.vanish();
  await once(gateway, 'disconnected');
  while (Date.now() <= justAfter);
  const second = await RawDevice.connected(gateway, { clean: false });
  second.send(subscribePacket(FILTER, { qos: 0 }));
  assert.strictEqual(await second.bytes(5), '9003000100');
  // edgeHub takes it for 30 s younger than it is.
  const message = gateway.sendC2D('d1', 'kept', { enqueuedTime: new Date(justAfter - 30000) });
  assert.strictEqual(await message.settled, 'completed');
  second.vanish();
});

test('D1 rejected: C2D is turned on, and no filter matches the topic', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket('devices/other/messages/devicebound/#'));
  assert.strictEqual(await device.bytes(5), '9003000101');
  assert.strictEqual(await gateway.sendC2D('d1', 'x').settled, 'rejected');
  device.send(subscribePacket('+/d1/messages/devicebound/#'));
  assert.strictEqual(await device.bytes(5), '9003000101');
  gateway.sendC2D('d1', 'matched');
  assert.strictEqual(await device.body(), 'matched');
  device.vanish();
});

test('D1 unacknowledged: delivered again, in order, on the next connection', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await subscribed(gateway);
  gateway.sendC2D('d1', 'a');
  gateway.sendC2D('d1', 'b');
  assert.strictEqual(await first.body(), 'a');
  first.vanish();
  await once(gateway, 'disconnected');
  gateway.sendC2D('d1', 'c');
  const second = await subscribed(gateway);
  const bodies = [];
  for (let i = 0; i < 3; i++) bodies.push(await second.body());
  assert.deepStrictEqual(bodies, ['a', 'b', 'c']);
  second.vanish();
});

test('D1 a message from the application arrives while the device is idle', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.open(gateway);
  device.send(connectPacket(gateway), subscribePacket(FILTER));
  assert.strictEqual(await device.bytes(9), ACCEPTED + '9003000101');
  for (const body of ['1', '2']) {
    const message = gateway.sendC2D('d1', body);
    assert.strictEqual(await device.body(), body);
    device.send(PUBACK);
    assert.strictEqual(await message.settled, 'completed');
  }
  device.vanish();
});

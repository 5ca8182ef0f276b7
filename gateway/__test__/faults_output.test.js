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
  publishPacket,
  subscribePacket,
} = require('./raw-device');
const { OPCODE, RawWebSocket, frame } = require('./raw_web_socket');

const EVENTS = 'devices/d1/messages/events/';
const C2D_FILTER = 'devices/d1/messages/devicebound/#';

/**
 * The sizes of what arrives, as TLS hands it out: never more than one record at once.
 * @param {RawDevice} device
 */
function records(device) {
  /** @type {number[]} */
  const sizes = [];
  device.secure.on('data', (chunk) => sizes.push(chunk.length));
  return sizes;
}

// First in this file: timers of other tests would count.
test('output: what waits is forgotten with its connection', async (t) => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  for (const output of [{ gatherMs: 60000 }, { bytesPerSecond: 1 }]) {
    const gateway = await gatewayFor(t);
    const before = timers();
    const device = await RawDevice.connected(gateway);
    gateway.faults = { output };
    gateway.publish('d1', 'a', Buffer.alloc(1000));
    const stored = once(gateway, 'telemetry');
    device.send(publishPacket(EVENTS));
    await stored;
    await gateway.close();
    await device.end;
    assert.strictEqual(timers(), before);
  }
});

test('output: byte by byte', async (t) => {
  const gateway = await gatewayFor(t, { faults: { output: { fragmentBytes: 1 } } });
  const device = await RawDevice.open(gateway);
  const sizes = records(device);
  device.send(connectPacket(gateway), PINGREQ);
  assert.strictEqual(await device.bytes(6), ACCEPTED + PINGRESP);
  assert.deepStrictEqual(sizes, [1, 1, 1, 1, 1, 1]);
  device.vanish();
});

test('output: several packets gathered into one segment', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  gateway.faults = { output: { gatherMs: 200 } };
  const sizes = records(device);
  for (const messageId of [1, 2, 3]) {
    const stored = once(gateway, 'telemetry');
    device.send(publishPacket(EVENTS, { messageId }));
    await stored;
  }
  assert.strictEqual(await device.bytes(12), '400200014002000240020003');
  assert.deepStrictEqual(sizes, [12]);
  device.vanish();
});

test('output: throttled, and order is kept when the throttle goes', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  gateway.faults = {
    output: ({ connectionNumber }) => (connectionNumber === 1 ? { bytesPerSecond: 40 } : undefined),
  };
  const sizes = records(device);
  device.send(PINGREQ, publishPacket(EVENTS));
  await once(gateway, 'telemetry');
  assert.strictEqual(await device.bytes(6), PINGRESP + '40020001');
  assert.deepStrictEqual(sizes, [2, 2, 2]);
  gateway.faults = { output: { bytesPerSecond: 1 } };
  device.send(PINGREQ, subscribePacket('a'));
  assert.strictEqual(await device.bytes(1), 'd0');
  gateway.faults = {};
  device.send(publishPacket(EVENTS, { messageId: 2 }));
  assert.strictEqual(await device.bytes(10), '00' + '9003000101' + '40020002');
  device.vanish();
});

test('output: a throttled connection holds back the device that does not read', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  gateway.faults = { output: { bytesPerSecond: 200 } };
  gateway.publish('d1', 'a', Buffer.alloc(40000));
  device.send(publishPacket(EVENTS));
  const other = await RawDevice.connected(gateway, { deviceId: 'd2' });
  other.send(PINGREQ);
  assert.strictEqual(await other.bytes(2), PINGRESP);
  assert.strictEqual(gateway.counts.received, 0);
  gateway.faults = {};
  gateway.inject('d1', 'd000');
  const expected = publishPacket('a', { payload: Buffer.alloc(40000) });
  assert.ok((await device.bytes(expected.length)) === expected.toString('hex'));
  assert.strictEqual(await device.bytes(6), PINGRESP + '40020001');
  device.vanish();
  other.vanish();
});

test('output: what was sent before a cut still arrives, throttled', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { output: { fragmentBytes: 1 }, connack: { code: 5 } },
  });
  const device = await RawDevice.open(gateway);
  device.send(connectPacket(gateway));
  assert.strictEqual(await device.rest(), '20020005');
  assert.strictEqual(await device.end, 'FIN');
});

test('output: on a WebSocket its frames are fragmented, and none gets into another', async (t) => {
  const gateway = await gatewayFor(t, { faults: { output: { fragmentBytes: 1 } } });
  const { device } = await RawWebSocket.connected(gateway);
  const sizes = records(device);
  device.send(frame(Buffer.from(PINGREQ, 'hex')), frame(Buffer.from('x'), { opcode: OPCODE.PING }));
  assert.match(await device.bytes(7), /^(8202d0008a0178|8a01788202d000)$/);
  assert.deepStrictEqual(sizes, [1, 1, 1, 1, 1, 1, 1]);
  device.vanish();
});

test('inject: a malformed packet on demand', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  assert.strictEqual(gateway.inject('d1', 'ffffffffff'), 1);
  assert.strictEqual(gateway.inject('d1', Buffer.from([0])), 1);
  assert.strictEqual(await device.bytes(6), 'ffffffffff00');
  assert.strictEqual(gateway.inject('d2', '00'), 0);
  assert.throws(() => gateway.inject('d3', '00'), { name: 'RangeError', message: /'d3'/ });
  assert.throws(() => gateway.inject('d1', 'xyz'), {
    name: 'TypeError',
    message: "inject: bytes cannot be 'xyz'; it is bytes, or a string of hexadecimal digits in pairs",
  });
  device.vanish();
});

test('publish to the device: unknown topic, empty body, body of 256 KiB, QoS 0; the id is always 1', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  const body = Buffer.alloc(256 * 1024, 'x');
  assert.strictEqual(gateway.publish('d1', '$iothub/nobody/knows', 'a'), 1);
  gateway.publish('d1', 'devices/d1/messages/devicebound/', '');
  gateway.publish('d1', 'devices/d1/messages/devicebound/', body);
  gateway.publish('d1', 'devices/d1/messages/devicebound/', 'c', { qos: 0 });
  const expected = Buffer.concat([
    publishPacket('$iothub/nobody/knows', { payload: 'a' }),
    publishPacket('devices/d1/messages/devicebound/', { payload: '' }),
    publishPacket('devices/d1/messages/devicebound/', { payload: body }),
    publishPacket('devices/d1/messages/devicebound/', { payload: 'c', qos: 0 }),
  ]);
  assert.ok((await device.bytes(expected.length)) === expected.toString('hex'));
  assert.strictEqual(gateway.publish('d2', 'a', 'b'), 0);
  assert.throws(() => gateway.publish('d3', 'a', 'b'), { name: 'RangeError', message: /'d3'/ });
  assert.throws(() => gateway.publish('d1', 'a', 'b', { qos: /** @type {any} */ (2) }), {
    name: 'TypeError',
    message: 'publish: qos cannot be 2; it is 0 or 1',
  });
  assert.throws(() => gateway.publish('d1', '', 'b'), {
    name: 'TypeError',
    message: /^publish: topic cannot be ''/,
  });
  device.vanish();
});

test('publish to the device: a burst of a thousand, in order and unacknowledged', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  for (let i = 0; i < 1000; i++) gateway.publish('d1', `burst/${i}`, 'x');
  const expected = Buffer.concat(
    Array.from({ length: 1000 }, (_, i) => publishPacket(`burst/${i}`, { payload: 'x' })),
  );
  assert.strictEqual(await device.bytes(expected.length), expected.toString('hex'));
  device.vanish();
});

test('delivery: lost once, and then delivered again', async (t) => {
  let deliveries = 0;
  const gateway = await gatewayFor(t, {
    limits: { c2dLockMs: 20 },
    faults: {
      delivery: (topic) => (topic.includes('devicebound') && ++deliveries === 1 ? 'silent' : undefined),
    },
  });
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket(C2D_FILTER));
  assert.strictEqual(await device.bytes(5), '9003000101');
  const message = gateway.sendC2D('d1', 'body');
  const { payload } = /** @type {import('mqtt-packet').IPublishPacket} */ (await device.packet());
  assert.strictEqual(payload.toString(), 'body');
  assert.ok(message.deliveryCount >= 2);
  device.send('40020001');
  assert.strictEqual(await message.settled, 'completed');
  device.vanish();
});

test('delivery: twice', async (t) => {
  const gateway = await gatewayFor(t, { faults: { delivery: 'twice' } });
  const device = await RawDevice.connected(gateway);
  gateway.publish('d1', 'a', 'b');
  assert.strictEqual(await device.bytes(16), '3206000161000162'.repeat(2));
  device.vanish();
});

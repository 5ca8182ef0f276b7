// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const {
  DISCONNECT,
  PINGREQ,
  RawDevice,
  gatewayFor,
  publishPacket,
  subscribePacket,
} = require('./raw-device');

/** @typedef {import('..').Gateway} Gateway */

const EVENTS = 'devices/d1/messages/events/';
const WILL = { topic: EVENTS, payload: Buffer.from('will'), qos: /** @type {const} */ (0), retain: false };
const BAD_TWIN = publishPacket('$iothub/twin/nonsense', { qos: 0 });

/**
 * @param {string} body
 * @param {Parameters<typeof publishPacket>[1]} [changes]
 */
const telemetry = (body, changes) => publishPacket(EVENTS, { payload: body, ...changes });

/**
 * A gateway whose first publish takes long, so that those behind it queue up.
 * @param {import('node:test').TestContext} t
 */
const slowGateway = (t) =>
  gatewayFor(t, { faults: { publish: (n) => (n === 1 ? { delayMs: 60_000 } : undefined) } });

/**
 * A device with a will and three publishes that were received and are not done.
 * @param {Gateway} gateway
 * @param {Parameters<typeof RawDevice.connected>[1]} [changes]
 */
async function queueing(gateway, changes) {
  const device = await RawDevice.connected(gateway, { will: WILL, ...changes });
  device.send(telemetry('a'), telemetry('b', { qos: 0 }), telemetry('c', { messageId: 3 }), PINGREQ);
  assert.strictEqual(await device.bytes(2), 'd000');
  return device;
}

/** @param {Gateway} gateway */
const bodiesOf = (gateway) => gateway.received.map(({ body }) => body.toString());

test('P10 what is queued when TCP is lost is stored, in order, and then the will; nothing is acknowledged', async (t) => {
  const gateway = await slowGateway(t);
  const device = await queueing(gateway);
  device.vanish();
  await gateway.waitForMessages(4).then((messages) => {
    assert.deepStrictEqual(
      messages.map(({ body, properties }) => [body.toString(), properties.MessageType]),
      [
        ['a', undefined],
        ['b', undefined],
        ['c', undefined],
        ['will', 'Will'],
      ],
    );
  });
});

test('P10 the same behind a protocol error and behind silence', async (t) => {
  const ends = {
    'a protocol error': (/** @type {RawDevice} */ device) => device.send('f000'),
    silence: () => {},
  };
  for (const [name, end] of Object.entries(ends)) {
    const gateway = await slowGateway(t);
    const device = await queueing(gateway, { keepalive: 1 });
    end(device);
    assert.strictEqual(await device.rest(), '', name);
    assert.deepStrictEqual(bodiesOf(gateway), ['a', 'b', 'c', 'will'], name);
  }
});

test('P9 behind DISCONNECT what is queued is stored, and there is no will', async (t) => {
  const gateway = await slowGateway(t);
  const device = await queueing(gateway);
  device.send(DISCONNECT);
  assert.strictEqual(await device.rest(), '');
  assert.deepStrictEqual(bodiesOf(gateway), ['a', 'b', 'c']);
});

test('P10 closed by the gateway: what is under way is stored, the rest is not, nor the will', async (t) => {
  const ends = {
    'take-over': (/** @type {Gateway} */ gateway) => RawDevice.connected(gateway),
    'key rotated': (/** @type {Gateway} */ gateway) => gateway.rotateKeys('d1'),
    disabled: (/** @type {Gateway} */ gateway) => gateway.disableDevice('d1'),
    removed: (/** @type {Gateway} */ gateway) => gateway.removeDevice('d1'),
  };
  for (const [name, end] of Object.entries(ends)) {
    const gateway = await slowGateway(t);
    const device = await queueing(gateway);
    await end(gateway);
    assert.strictEqual(await device.rest(), '', name);
    assert.deepStrictEqual(bodiesOf(gateway), ['a'], name);
  }
});

test('P2 behind a publish at QoS 2 those received are stored, too, and then the will', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway, { will: WILL });
  device.send(
    telemetry('a'),
    telemetry('two', { qos: 2, messageId: 2 }),
    telemetry('b', { messageId: 3 }),
    PINGREQ,
    telemetry('two again', { qos: 2, messageId: 4 }),
    telemetry('c', { qos: 0 }),
  );
  assert.strictEqual(await device.rest(), '40020001');
  assert.deepStrictEqual(bodiesOf(gateway), ['a', 'two', 'b', 'two again', 'c', 'will']);
});

test('P2 queued: stored once, with those behind it, and then the will', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { publish: (n) => (n === 1 ? { delayMs: 30 } : undefined) },
  });
  const device = await RawDevice.connected(gateway, { will: WILL });
  device.send(telemetry('a'), telemetry('two', { qos: 2, messageId: 2 }), telemetry('b', { messageId: 3 }));
  assert.strictEqual(await device.rest(), '40020001');
  assert.deepStrictEqual(bodiesOf(gateway), ['a', 'two', 'b', 'will']);
});

test('P6 a twin topic that cannot be: what is behind it is dropped, and there is no will', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { publish: (n) => (n === 1 ? { delayMs: 30 } : undefined) },
  });
  const queued = await RawDevice.connected(gateway, { will: WILL });
  queued.send(telemetry('a'), BAD_TWIN, telemetry('b', { messageId: 2 }));
  assert.strictEqual(await queued.rest(), '40020001');
  assert.deepStrictEqual(bodiesOf(gateway), ['a']);
  const atOnce = await RawDevice.connected(gateway, { will: WILL });
  atOnce.send(telemetry('c', { qos: 0 }), telemetry('d', { qos: 0 }), BAD_TWIN, telemetry('e', { qos: 0 }));
  assert.strictEqual(await atOnce.rest(), '');
  assert.deepStrictEqual(bodiesOf(gateway), ['a', 'c', 'd']);
});

test('P10 a publish that fails among those queued at a loss takes the rest and the will with it', async (t) => {
  const gateway = await slowGateway(t);
  const device = await RawDevice.connected(gateway, { will: WILL });
  device.send(telemetry('a'), BAD_TWIN, telemetry('b', { messageId: 2 }), PINGREQ);
  assert.strictEqual(await device.bytes(2), 'd000');
  const gone = once(gateway, 'disconnected');
  device.vanish();
  await gone;
  assert.deepStrictEqual(bodiesOf(gateway), ['a']);
});

test('P10 a store that is full fails the publish: no PUBACK, no will', async (t) => {
  const gateway = await gatewayFor(t, { offline: true, limits: { storeBytes: 1 } });
  const device = await RawDevice.connected(gateway, { will: WILL });
  device.send(telemetry('a'), telemetry('b', { messageId: 2 }), telemetry('c', { messageId: 3 }));
  assert.strictEqual(await device.rest(), '40020001');
  assert.deepStrictEqual(bodiesOf(gateway), ['a']);
});

test('P10 the will goes through the rules of telemetry, with MessageType and mqtt-retain', async (t) => {
  const gateway = await gatewayFor(t);
  const wills = [
    { topic: `${EVENTS}k=v&MessageType=mine`, retain: true },
    { topic: `${EVENTS}k=v&k=w`, retain: false },
    { topic: '$iothub/twin/PATCH/properties/reported/?$rid=1', retain: false },
    { topic: 'devices/d2/messages/events/', retain: false },
  ];
  for (const { topic, retain } of wills) {
    const device = await RawDevice.connected(gateway, { will: { ...WILL, topic, retain } });
    const gone = once(gateway, 'disconnected');
    device.vanish();
    await gone;
  }
  assert.deepStrictEqual(
    gateway.received.map(({ deviceId, properties }) => [deviceId, properties]),
    [
      ['d1', { k: 'v', MessageType: 'Will', 'mqtt-retain': 'true' }],
      ['d2', { MessageType: 'Will' }],
    ],
  );
  assert.strictEqual(gateway.counts.dropped, 2);
});

test('P5 a twin GET that waits when the connection ends does not hold up what is queued', async (t) => {
  const gateway = await gatewayFor(t, { limits: { twinDelayMs: 60_000 } });
  const device = await RawDevice.connected(gateway, { will: WILL });
  device.send(subscribePacket('$iothub/twin/res/#'));
  assert.strictEqual(await device.bytes(5), '9003000101');
  device.send(publishPacket('$iothub/twin/GET/?$rid=1', { qos: 0 }), telemetry('a'), PINGREQ);
  assert.strictEqual(await device.bytes(2), 'd000');
  const gone = once(gateway, 'disconnected');
  device.vanish();
  await gone;
  assert.deepStrictEqual(bodiesOf(gateway), ['a', 'will']);
});

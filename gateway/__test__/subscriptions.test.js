// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const mqtt = require('mqtt-packet');
const {
  DISCONNECT,
  PINGREQ,
  PINGRESP,
  RESUMED,
  RawDevice,
  connectPacket,
  gatewayFor,
  subscribePacket,
  unsubscribePacket,
} = require('./raw-device');

/** @typedef {import('..').Gateway} Gateway */

const METHODS = '$iothub/methods/POST/#';
const ONE_METHOD = '$iothub/methods/POST/one/#';
const DESIRED = '$iothub/twin/PATCH/properties/desired/#';
const C2D = 'devices/d1/messages/devicebound/#';

/**
 * @param {RawDevice} device
 * @param {...string} filters
 */
async function subscribe(device, ...filters) {
  for (const filter of filters) {
    device.send(subscribePacket(filter));
    assert.strictEqual(await device.bytes(5), '9003000101');
  }
}

/**
 * @param {RawDevice} device
 * @param {...string} filters
 */
async function unsubscribe(device, ...filters) {
  device.send(unsubscribePacket(...filters));
  assert.strictEqual(await device.bytes(4), 'b0020002');
}

/**
 * @param {Gateway} gateway
 * @param {RawDevice} device `d1`
 * @returns {Promise<boolean>} whether a call is delivered
 */
async function takesMethods(gateway, device) {
  const call = gateway.invokeMethod('d1', 'one', null, { responseTimeoutMs: 1 });
  const { status } = await call.catch((error) => error);
  if (status === 404) return false;
  assert.match((await device.publication()).topic, /^\$iothub\/methods\/POST\/one\//);
  return true;
}

test('S1 every filter is granted min(QoS, 1)', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  /** @type {Array<[string, string | undefined]>} */
  const kinds = [];
  gateway.on('subscribed', ({ filter, kind }) => kinds.push([filter, kind]));
  const filters = [
    '$iothub/methods/POST/#',
    '$iothub/twin/PATCH/properties/desired/#',
    'devices/d1/messages/devicebound/#',
    '$iothub/twin/res/#',
    'devices/d1/modules/m/inputs/#',
    'devices/d1/messages/devicebound/+',
    '$iothub/#',
    'anything',
  ];
  device.send(
    mqtt.generate({
      cmd: 'subscribe',
      messageId: 0x0102,
      subscriptions: filters.map((topic, i) => ({ topic, qos: /** @type {0 | 1 | 2} */ (i % 3) })),
    }),
  );
  assert.strictEqual(await device.bytes(12), '900a0102' + '0001010001010001');
  assert.deepStrictEqual(kinds, [
    [filters[0], 'methods'],
    [filters[1], 'desired'],
    [filters[2], 'c2d'],
    [filters[3], 'twinResponses'],
    [filters[4], 'moduleInputs'],
    [filters[5], undefined],
    [filters[6], undefined],
    [filters[7], undefined],
  ]);
  assert.deepStrictEqual(gateway.connections()[0].subscriptions, filters);
  device.vanish();
});

test('S2 UNSUBSCRIBE is answered by UNSUBACK and deactivates, whether or not there was a subscription', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway, { clean: false });
  const filters = ['$iothub/methods/POST/#', '$iothub/twin/res/#', 'devices/d1/messages/devicebound/#'];
  for (const filter of filters) {
    device.send(subscribePacket(filter, { qos: 0 }));
    assert.strictEqual(await device.bytes(5), '9003000100');
  }
  const unsubscriptions = [filters[0], 'never subscribed', filters[2]];
  device.send(mqtt.generate({ cmd: 'unsubscribe', messageId: 7, unsubscriptions }));
  assert.strictEqual(await device.bytes(4), 'b0020007');
  assert.deepStrictEqual(gateway.connections()[0].subscriptions, [filters[1]]);
  await assert.rejects(gateway.invokeMethod('d1', 'm'), { status: 404 });
  assert.strictEqual(gateway.sendC2D('d1', 'x').status, 'rejected');
  assert.strictEqual(gateway.sendC2D('d1', 'y').status, 'pending');
  device.send(DISCONNECT);
  assert.strictEqual(await device.rest(), '');
  const next = await RawDevice.open(gateway);
  next.send(connectPacket(gateway, { clean: false }));
  assert.strictEqual(await next.bytes(4), RESUMED);
  assert.deepStrictEqual(gateway.connections()[0].subscriptions, [filters[1]]);
  next.vanish();
});

test('S1 several SUBSCRIBE packets in a burst are answered in order', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  device.send(...[1, 2, 3].map((messageId) => subscribePacket(`f/${messageId}`, { messageId })));
  assert.strictEqual(await device.bytes(15), '9003000101' + '9003000201' + '9003000301');
  device.vanish();
});

test('S1 strict: filters that IoT Hub does not know are refused by 0x80', async (t) => {
  const gateway = await gatewayFor(t, { strict: true });
  const device = await RawDevice.connected(gateway);
  device.send(
    mqtt.generate({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [
        { topic: 'anything', qos: 1 },
        { topic: '$iothub/twin/res/#', qos: 0 },
      ],
    }),
  );
  assert.strictEqual(await device.bytes(6), '900400018000');
  assert.deepStrictEqual(gateway.connections()[0].subscriptions, ['$iothub/twin/res/#']);
  device.vanish();
});

test('S1 of several filters that match, the highest QoS granted counts', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  const filters = [C2D, 'devices/+/messages/devicebound/#', '#'];
  for (const [i, qos] of /** @type {const} */ ([0, 1, 0]).entries()) {
    device.send(subscribePacket(filters[i], { qos }));
    assert.strictEqual(await device.bytes(5), `900300010${qos}`);
  }
  const message = gateway.sendC2D('d1', 'x');
  assert.strictEqual((await device.publication()).qos, 1);
  assert.strictEqual(message.status, 'pending');
  gateway.invokeMethod('d1', 'one').catch(() => {});
  assert.strictEqual(gateway.connections()[0].subscriptions.length, 3);
  device.vanish();
});

test('S1 a filter that is too young for a message does not raise its QoS', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket(C2D, { qos: 0 }));
  assert.strictEqual(await device.bytes(5), '9003000100');
  const between = Date.now() + 1;
  while (Date.now() <= between);
  await subscribe(device, '#');
  const message = gateway.sendC2D('d1', 'x', { enqueuedTime: new Date(between - 30000) });
  assert.strictEqual(await message.settled, 'completed');
  assert.strictEqual((await device.publication()).qos, 0);
  device.vanish();
});

test('S2 the filter of a kind that was named last says whether the kind is on', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  await subscribe(device, METHODS);
  assert.strictEqual(await takesMethods(gateway, device), true);
  await unsubscribe(device, ONE_METHOD);
  assert.deepStrictEqual(gateway.connections()[0].subscriptions, [METHODS]);
  assert.strictEqual(await takesMethods(gateway, device), false);
  // It keeps its first place in the list.
  await subscribe(device, METHODS);
  assert.strictEqual(await takesMethods(gateway, device), false);
  await subscribe(device, ONE_METHOD);
  assert.strictEqual(await takesMethods(gateway, device), true);
  await unsubscribe(device, METHODS);
  assert.strictEqual(await takesMethods(gateway, device), true);
  await unsubscribe(device, ONE_METHOD);
  assert.strictEqual(await takesMethods(gateway, device), false);
  await subscribe(device, '$iothub/methods/POST/+/#');
  assert.strictEqual(await takesMethods(gateway, device), true);
  device.vanish();
});

test('S2 kinds do not concern each other', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  await subscribe(device, DESIRED, METHODS, '$iothub/twin/res/#');
  await unsubscribe(device, '$iothub/twin/PATCH/properties/desired/x', 'never named', '$iothub/twin/res/#');
  assert.strictEqual(await takesMethods(gateway, device), true);
  gateway.patchDesired('d1', { a: 1 });
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  device.vanish();
});

test('S2 the list is part of a stored session, and gone with clean=1', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await RawDevice.connected(gateway, { clean: false });
  await subscribe(first, METHODS);
  await unsubscribe(first, ONE_METHOD);
  for (const [clean, taken] of [
    [false, false],
    [true, true],
  ]) {
    const gone = once(gateway, 'disconnected');
    for (const { clientId = '' } of gateway.connections()) gateway.cut(clientId);
    await gone;
    const device = await RawDevice.connected(gateway, { clean });
    await subscribe(device, METHODS);
    assert.strictEqual(await takesMethods(gateway, device), taken);
  }
  gateway.cut('d1');
});

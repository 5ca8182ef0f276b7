// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const {
  PINGREQ,
  PINGRESP,
  RawDevice,
  gatewayFor,
  publishPacket,
  subscribePacket,
  unsubscribePacket,
} = require('./raw-device');
const {
  DESIRED,
  FRESH,
  GET,
  RESPONSES,
  assertNext,
  assertSilence,
  published,
  report,
  subscribed,
} = require('./twin_device');

const EVENTS = 'devices/d1/messages/events/';

test('P5 GET: 200 with the twin; at QoS 1 the PUBACK comes behind it', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET);
  await assertNext(device, published('$iothub/twin/res/200/?$rid=1', FRESH));
  gateway.patchDesired('d1', { lamp: { left: true } });
  device.send(publishPacket('$iothub/twin/GET/?x=y&$rid=a/b%20', { qos: 1, messageId: 7 }));
  const twin = '{"desired":{"lamp":{"left":true},"$version":2},"reported":{"$version":1}}';
  await assertNext(device, published('$iothub/twin/res/200/?$rid=a/b%20', twin) + '40020007');
  device.vanish();
});

test('P5 the response comes at the QoS that was granted, with packet id 1', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [RESPONSES], { qos: 1 });
  device.send(GET);
  await assertNext(device, published('$iothub/twin/res/200/?$rid=1', FRESH, 1));
  device.send('40020001');
  await assertSilence(device);
  device.vanish();
});

test('P5 the response comes to any filter that matches, and is discarded without one', async (t) => {
  const gateway = await gatewayFor(t);
  for (const filter of ['$iothub/#', '#', '$iothub/twin/res/+/#', '$iothub/twin/res/+/+', RESPONSES]) {
    const device = await subscribed(gateway, [filter], { qos: 1 });
    device.send(GET);
    await assertNext(device, published('$iothub/twin/res/200/?$rid=1', FRESH, 1));
    device.vanish();
  }
  const device = await subscribed(gateway, ['$iothub/twin/#', '$iothub/twin/res/200', DESIRED]);
  const got = once(gateway, 'twinGet');
  device.send(
    unsubscribePacket('$iothub/twin/#'),
    publishPacket('$iothub/twin/GET/?$rid=1', { messageId: 2 }),
  );
  await assertNext(device, 'b0020002' + '40020002');
  assert.deepStrictEqual(await got, [{ id: 'd1', rid: '1', twin: JSON.parse(FRESH), source: 'hub' }]);
  device.vanish();
});

test('P5 a GET that waits for the cloud holds up the publishes behind it, not PINGREQ', async (t) => {
  const gateway = await gatewayFor(t, { limits: { twinDelayMs: 40 } });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET, publishPacket(EVENTS, { messageId: 2 }), publishPacket(EVENTS, { messageId: 3 }), PINGREQ);
  await assertNext(device, PINGRESP + published('$iothub/twin/res/200/?$rid=1', FRESH) + '4002000240020003');
  device.vanish();
});

test('P5 a connection that ends while a GET waits gets nothing, and the next one does', async (t) => {
  const gateway = await gatewayFor(t, { limits: { twinDelayMs: 20 } });
  const first = await subscribed(gateway, [RESPONSES]);
  const gone = once(gateway, 'disconnected');
  first.send(GET);
  first.vanish();
  await gone;
  const second = await subscribed(gateway, [RESPONSES]);
  second.send(publishPacket('$iothub/twin/GET/?$rid=2', { qos: 0 }));
  await assertNext(second, published('$iothub/twin/res/200/?$rid=2', FRESH));
  second.vanish();
});

test('P5 offline: after the delay the cached twin, or an empty one without versions', async (t) => {
  const gateway = await gatewayFor(t, { limits: { twinOfflineDelayMs: 20 } });
  gateway.patchDesired('d1', { a: 1 });
  const known = await subscribed(gateway, [RESPONSES]);
  const unknown = await subscribed(gateway, [RESPONSES], { deviceId: 'd2' });
  known.send(GET);
  const cached = '{"desired":{"a":1,"$version":2},"reported":{"$version":1}}';
  await assertNext(known, published('$iothub/twin/res/200/?$rid=1', cached));

  gateway.offline = true;
  gateway.patchDesired('d1', { a: 2 });
  for (const [device, twin, source] of /** @type {const} */ ([
    [known, cached, 'cache'],
    [unknown, '{"desired":{},"reported":{}}', 'nothing'],
  ])) {
    const got = once(gateway, 'twinGet');
    device.send(GET, publishPacket(EVENTS, { messageId: 2 }), PINGREQ);
    await assertNext(device, PINGRESP + published('$iothub/twin/res/200/?$rid=1', twin) + '40020002');
    assert.strictEqual((await got)[0].source, source);
    device.vanish();
  }
});

test('P5 the cloud goes out of reach while it is being asked', async (t) => {
  const gateway = await gatewayFor(t, { limits: { twinDelayMs: 50 } });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET, PINGREQ);
  await assertNext(device, PINGRESP);
  gateway.offline = true;
  await assertNext(device, published('$iothub/twin/res/200/?$rid=1', '{"desired":{},"reported":{}}'));
  device.vanish();
});

test('P5 a client over the limit is answered from the cache at best', async (t) => {
  const gateway = await gatewayFor(t, { limits: { maxClients: 1 } });
  const served = await RawDevice.connected(gateway);
  const dead = await subscribed(gateway, [RESPONSES], { deviceId: 'd2' });
  gateway.patchDesired('d2', { a: 1 });
  dead.send(GET);
  await assertNext(dead, published('$iothub/twin/res/200/?$rid=1', '{"desired":{},"reported":{}}'));
  dead.send(report('{"b":2}'), GET);
  await assertNext(dead, published('$iothub/twin/res/204/?$rid=1', ''));
  await assertNext(dead, published('$iothub/twin/res/200/?$rid=1', '{"desired":{},"reported":{"b":2}}'));
  [dead, served].forEach((device) => device.vanish());
});

test('P6 a GET without $rid or with a sub-path, and any other twin topic, close the connection', async (t) => {
  const gateway = await gatewayFor(t);
  const topics = [
    '$iothub/twin/GET/',
    '$iothub/twin/GET/?$rid=',
    '$iothub/twin/GET/?rid=1',
    '$iothub/twin/GET?$rid=1',
    '$iothub/twin/GET/properties/?$rid=1',
    '$iothub/twin/get/?$rid=1',
    '$iothub/twin/',
    '$iothub/twin/PATCH/properties/desired/?$rid=1',
    '$iothub/twin/PATCH/properties/reported?$rid=1',
    '$iothub/twin/PATCH/properties/reported/a/?$rid=1',
    '$iothub/twin/res/200/?$rid=1',
    '$iothub/twin/GET/?$rid=1&$rid=2',
    '$iothub/twin/GET/?$rid=1&x=1&x=1',
    '$iothub/twin/PATCH/properties/reported/?$rid=1&$rid=1',
  ];
  for (const topic of topics) {
    const device = await subscribed(gateway, [RESPONSES]);
    const ended = once(gateway, 'disconnected');
    device.send(publishPacket(topic, { payload: '{}' }));
    assert.strictEqual(await device.rest(), '', topic);
    assert.ok((await ended)[0].reason.includes(`'${topic}'`), topic);
  }
  assert.deepStrictEqual(gateway.dropped, []);
});

test('P6 a $rid that no response can hold closes the connection', async (t) => {
  const gateway = await gatewayFor(t);
  for (const topic of ['$iothub/twin/GET/', '$iothub/twin/PATCH/properties/reported/']) {
    const device = await RawDevice.connected(gateway);
    device.send(subscribePacket('$iothub/twin/res/#'));
    assert.strictEqual(await device.bytes(5), '9003000101');
    device.send(publishPacket(`${topic}?$rid=`.padEnd(65500, 'x'), { payload: '{}' }));
    assert.strictEqual(await device.rest(), '');
  }
});

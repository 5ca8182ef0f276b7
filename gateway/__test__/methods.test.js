// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const { MethodError } = require('..');
const {
  PINGREQ,
  PINGRESP,
  RESUMED,
  RawDevice,
  connectPacket,
  gatewayFor,
  publishPacket,
  subscribePacket,
} = require('./raw-device');
const { METHODS, answer, assertNext, assertSilence, posted, subscribed } = require('./method_device');

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

test('D2 a call is published with a GUID and answered with status and payload', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const over = once(gateway, 'method');
  const call = gateway.invokeMethod('d1', 'reboot*now', { delay: [1, 'ä'] });
  const packet = await device.packet();
  assert.ok(packet.cmd === 'publish');
  assert.deepStrictEqual([packet.qos, packet.dup, packet.retain], [0, false, false]);
  assert.strictEqual(packet.payload.toString(), '{"delay":[1,"ä"]}');
  const [, name, rid] = /^\$iothub\/methods\/POST\/([^/]+)\/\?\$rid=(.+)$/.exec(packet.topic) ?? [];
  assert.strictEqual(name, 'reboot*now');
  assert.match(rid, GUID);
  device.send(answer(202, rid, '{"done":false}'));
  assert.deepStrictEqual(await call, { status: 202, payload: { done: false } });
  assert.deepStrictEqual(await over, [
    { id: 'd1', name, rid, from: 'cloud', status: 202, payload: { done: false } },
  ]);
  device.vanish();
});

test('D2 byte for byte, at the QoS that was granted; no payload is null', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const first = gateway.invokeMethod('d1', 'm', undefined, { rid: 'r1' });
  await assertNext(device, posted('m', 'r1', 'null'));
  device.send(answer(200, 'r1'));
  assert.deepStrictEqual(await first, { status: 200, payload: null });

  device.send(subscribePacket(METHODS, { qos: 1 }));
  await assertNext(device, '9003000101');
  const second = gateway.invokeMethod('d1', 'm', 1, { rid: 'r2' });
  const packet = await device.packet();
  assert.ok(packet.cmd === 'publish');
  assert.deepStrictEqual([packet.qos, packet.messageId], [1, 1]);
  device.send('40020001', answer(200, 'r2', '"ok"'));
  assert.deepStrictEqual(await second, { status: 200, payload: 'ok' });
  device.vanish();
});

test('D2 404 at once: unconnected, without a subscription, over the limit', async (t) => {
  const gateway = await gatewayFor(t, { limits: { maxClients: 1 } });
  const message = /^method 'm' did not reach 'd1': it is not connected and subscribed to methods$/;
  const call = () => gateway.invokeMethod('d1', 'm');
  await assert.rejects(call(), (error) => error instanceof MethodError && message.test(error.message));
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket('$iothub/#'));
  await assertNext(device, '9003000101');
  const over = once(gateway, 'method');
  await assert.rejects(call(), { name: 'MethodError', status: 404 });
  assert.strictEqual((await over)[0].status, 404);
  const dead = await subscribed(gateway, { deviceId: 'd2' });
  await assert.rejects(gateway.invokeMethod('d2', 'm'), { status: 404 });
  await assertSilence(device);
  await assertSilence(dead);
  device.vanish();
  dead.vanish();
});

test('D2 404 when the connect timeout is over', async (t) => {
  const gateway = await gatewayFor(t);
  await assert.rejects(gateway.invokeMethod('d1', 'm', null, { connectTimeoutMs: 5 }), { status: 404 });
});

test('D2 a call waits for the subscription, and is delivered a little later', async (t) => {
  const gateway = await gatewayFor(t, { limits: { methodDeliveryDelayMs: 30 } });
  const call = gateway.invokeMethod('d1', 'm', 1, { connectTimeoutMs: 60000, rid: 'r' });
  const device = await RawDevice.connected(gateway);
  await assertSilence(device);
  device.send(subscribePacket(METHODS, { qos: 0 }), PINGREQ);
  await assertNext(device, '9003000100' + PINGRESP + posted('m', 'r', '1'));
  device.send(answer(200, 'r'));
  assert.strictEqual((await call).status, 200);
  device.vanish();
});

test('D2 a call waits for a device whose session has the subscription', async (t) => {
  const gateway = await gatewayFor(t, { limits: { methodDeliveryDelayMs: 0 } });
  const first = await RawDevice.connected(gateway, { clean: false });
  first.send(subscribePacket(METHODS, { qos: 0 }));
  await assertNext(first, '9003000100');
  first.vanish();
  await once(gateway, 'disconnected');
  const call = gateway.invokeMethod('d1', 'm', 1, { connectTimeoutMs: 60000, rid: 'r' });
  const device = await RawDevice.open(gateway);
  device.send(connectPacket(gateway, { clean: false }));
  await assertNext(device, RESUMED + posted('m', 'r', '1'));
  device.send(answer(200, 'r'));
  assert.strictEqual((await call).status, 200);
  device.vanish();
});

test('D2 504 without an answer in time; a late one changes nothing', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const call = gateway.invokeMethod('d1', 'm', 1, { responseTimeoutMs: 20, rid: 'r' });
  await assertNext(device, posted('m', 'r', '1'));
  await assert.rejects(call, {
    name: 'MethodError',
    status: 504,
    message: "'d1' did not answer method 'm' within 20 ms",
  });
  device.send(publishPacket('$iothub/methods/res/200/?$rid=r', { messageId: 5 }));
  await assertNext(device, '40020005');
  device.vanish();
});

test('D2 504: methods are turned on by a filter that does not match the call', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, { filter: '$iothub/methods/POST/other/#' });
  await assert.rejects(gateway.invokeMethod('d1', 'm', 1, { responseTimeoutMs: 5 }), { status: 504 });
  await assertSilence(device);
  device.vanish();
});

test('D2 offline: the cloud is not heard, modules are', async (t) => {
  const gateway = await gatewayFor(t, { limits: { methodDeliveryDelayMs: 0 } });
  const device = await subscribed(gateway);
  gateway.offline = true;
  await assert.rejects(gateway.invokeMethod('d1', 'm'), {
    status: 404,
    message: /the cloud is out of reach/,
  });
  const local = gateway.invokeMethod('d1', 'm', 1, { from: 'module', rid: 'local' });
  await assertNext(device, posted('m', 'local', '1'));
  device.send(answer(200, 'local'));
  assert.strictEqual((await local).status, 200);
  const later = gateway.invokeMethod('d1', 'm', 2, { connectTimeoutMs: 60000, rid: 'later' });
  await assertSilence(device);
  gateway.offline = false;
  await assertNext(device, posted('m', 'later', '2'));
  device.send(answer(200, 'later'));
  assert.strictEqual((await later).status, 200);
  device.vanish();
});

test('D2 a burst of 1000 calls, answered in reverse', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const numbers = Array.from({ length: 1000 }, (_, n) => n);
  const calls = numbers.map((n) => gateway.invokeMethod('d1', 'burst', n));
  /** @type {string[]} */
  const rids = [];
  for (const n of numbers) {
    const packet = await device.packet();
    assert.ok(packet.cmd === 'publish');
    assert.strictEqual(packet.payload.toString(), String(n));
    rids.push(packet.topic.slice(packet.topic.indexOf('=') + 1));
  }
  assert.strictEqual(new Set(rids).size, 1000);
  device.send(...numbers.map((n) => answer(n, rids[n], String(-n))).reverse());
  const results = await Promise.all(calls);
  assert.deepStrictEqual(
    results.map(({ status, payload }) => [status, payload]),
    numbers.map((n) => [n, JSON.parse(String(-n))]),
  );
  assert.deepStrictEqual(gateway.dropped, []);
  device.vanish();
});

test('D2 closing the gateway ends the calls under way', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const delivered = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
  const waiting = gateway.invokeMethod('d2', 'm', 1, { connectTimeoutMs: 60000 });
  await assertNext(device, posted('m', 'r', '1'));
  const ended = [assert.rejects(delivered, { status: 504 }), assert.rejects(waiting, { status: 404 })];
  await gateway.close();
  await Promise.all(ended);
  device.vanish();
});

test('D2 a call that cannot be is refused, with the reason', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  /** @type {Array<[any[], object]>} */
  const refused = [
    [['d3', 'm'], { name: 'RangeError', message: /'d3' is not a child of this gateway/ }],
    [['d1', ''], { name: 'TypeError', message: /method name "" is not one level of a topic/ }],
    [['d1', 'a/b'], TypeError],
    [['d1', 'm', 1, { rid: 'a&b' }], TypeError],
    [['d1', 'm', 1, { from: 'device' }], /cannot be called by "device"; 'from' is 'cloud' or 'module'/],
    [['d1', 'm', 1, { responseTimeoutMs: -1 }], /responseTimeoutMs cannot be -1/],
    [['d1', 'm', 1, { connectTimeoutMs: Infinity }], /connectTimeoutMs cannot be Infinity/],
    [['d1', 'n'.repeat(101), 1, { from: 'module' }], /has 101 of at most 100 characters/],
    [['d1', 'm', 'x'.repeat(131071), { from: 'module' }], /has 131073 of at most 131072 bytes/],
  ];
  for (const [args, error] of refused) {
    await assert.rejects(gateway.invokeMethod(.../** @type {[any, any]} */ (args)), error);
  }
  const call = gateway.invokeMethod('d1', 'm', 'x'.repeat(131070), { from: 'module', rid: 'R' });
  await assert.rejects(gateway.invokeMethod('d1', 'm', 1, { rid: 'r' }), /rid 'r' is in use by another call/);
  const size = 4 + 2 + '$iothub/methods/POST/m/?$rid=R'.length + 131072;
  assert.match(await device.bytes(size), /^30.*7822$/);
  device.send(answer(200, 'R'));
  await call;
  device.vanish();
});

test('D2 an id is in use while its call waits for the device, too', async (t) => {
  const gateway = await gatewayFor(t);
  const options = { rid: 'r', connectTimeoutMs: 60_000 };
  const waiting = assert.rejects(gateway.invokeMethod('d1', 'm', 1, options), { status: 404 });
  await assert.rejects(
    gateway.invokeMethod('d2', 'm', 1, { ...options, rid: 'R' }),
    /^RangeError: rid 'R' is in use by another call$/,
  );
  await gateway.close();
  await waiting;
});

test('D2 a PUBACK is for the oldest message, which may be a call and no cloud-to-device message', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket(METHODS), subscribePacket('devices/d1/messages/devicebound/#'));
  await assertNext(device, '90030001019003000101');
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
  const message = gateway.sendC2D('d1', 'x');
  await device.packet();
  await device.packet();
  device.send('40020001');
  await assertSilence(device);
  assert.strictEqual(message.status, 'pending');
  device.send('40020001', answer(200, 'r'));
  assert.strictEqual(await message.settled, 'completed');
  await call;
  device.vanish();
});

test('D2 a module is a client of its own', async (t) => {
  const gateway = await gatewayFor(t, { devices: [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }] }] });
  const device = await subscribed(gateway);
  const module = await subscribed(gateway, { deviceId: 'd1/m1' });
  const call = gateway.invokeMethod('d1/m1', 'm', 1, { rid: 'r' });
  await assertNext(module, posted('m', 'r', '1'));
  await assertSilence(device);
  device.send(answer(200, 'r'), PINGREQ);
  await assertNext(device, PINGRESP);
  module.send(answer(201, 'r'));
  assert.strictEqual((await call).status, 201);
  device.vanish();
  module.vanish();
});

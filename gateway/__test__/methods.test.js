// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const { MethodError } = require('..');
const { handleMethodCall } = require('../methods/rest');
const {
  PINGREQ,
  PINGRESP,
  RESUMED,
  RawDevice,
  connectPacket,
  gatewayFor,
  passwordOf,
  publishPacket,
  subscribePacket,
} = require('./raw-device');

/**
 * @typedef {import('..').Gateway} Gateway
 */

const METHODS = '$iothub/methods/POST/#';
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A call as edgeHub sends it at QoS 0, byte for byte.
 * @param {string} name
 * @param {string} rid
 * @param {string} body
 */
function posted(name, rid, body) {
  const topic = `$iothub/methods/POST/${name}/?$rid=${rid}`;
  const header = Buffer.from([0x30, 2 + topic.length + body.length, 0, topic.length]);
  return Buffer.concat([header, Buffer.from(topic + body)]).toString('hex');
}

/**
 * @param {RawDevice} device
 * @param {string} expected hexadecimal
 */
async function assertNext(device, expected) {
  assert.strictEqual(await device.bytes(expected.length / 2), expected);
}

/**
 * Whatever the device was sent has come, and nothing more.
 * @param {RawDevice} device
 */
async function assertSilence(device) {
  device.send(PINGREQ);
  await assertNext(device, PINGRESP);
}

/**
 * @param {Gateway} gateway
 * @param {{ deviceId?: string, filter?: string }} [options]
 */
async function subscribed(gateway, { filter = METHODS, ...changes } = {}) {
  const device = await RawDevice.connected(gateway, changes);
  device.send(subscribePacket(filter, { qos: 0 }));
  await assertNext(device, '9003000100');
  return device;
}

/**
 * The answer of azure-iot-device.
 * @param {string | number} status
 * @param {string} rid
 * @param {string} [payload]
 */
function answer(status, rid, payload = '') {
  return publishPacket(`$iothub/methods/res/${status}/?$rid=${rid}`, { payload, qos: 0 });
}

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

/** @type {Array<[string, number]>} */
const STATUSES = [
  ['200', 200],
  ['-3', -3],
  ['0', 0],
  ['2147483647', 2147483647],
  ['2147483648', 400000],
  ['2e2', 400000],
  ['200.0', 400000],
  ['OK', 400000],
  ['', 400000],
];

for (const [text, status] of STATUSES) {
  test(`P8 the status '${text}' is ${status}`, async (t) => {
    const gateway = await gatewayFor(t);
    const device = await subscribed(gateway);
    const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
    await assertNext(device, posted('m', 'r', '1'));
    device.send(answer(text, 'r'));
    assert.deepStrictEqual(await call, { status, payload: null });
    device.vanish();
  });
}

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

test('P8 the $rid is compared without regard to case; a body that is no JSON stays a string', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'AbC' });
  await assertNext(device, posted('m', 'AbC', '1'));
  device.send(publishPacket('$iothub/methods/res/200/?$rid=aBc', { payload: '{"half"', messageId: 3 }));
  assert.deepStrictEqual(await call, { status: 200, payload: '{"half"' });
  await assertNext(device, '40020003');
  device.vanish();
});

test('P8 answers that are malformed, unknown, or of another device: acknowledged and dropped', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const other = await subscribed(gateway, { deviceId: 'd2' });
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
  await assertNext(device, posted('m', 'r', '1'));
  const unknown = "no method call waits for an answer with $rid 'r";
  const answers = {
    '$iothub/methods/res/200/?$rid=': 'matches no template',
    '$iothub/methods/res/200/': 'matches no template',
    '$iothub/methods/res/200?$rid=r': 'matches no template',
    '$iothub/methods/res/200/a/?$rid=r': 'matches no template',
    '$iothub/methods/res/200/?a=b&$rid=r': 'matches no template',
    '$iothub/methods/res/200/?$rid=r/': 'matches no template',
    '$iothub/methods/res/200/?$rid=r&a=b': `${unknown}&a=b'`,
    '$iothub/methods/res/200/?$rid=r2': `${unknown}2'`,
    '$iothub/methods/POST/m/?$rid=r': 'matches no template',
  };
  for (const topic of Object.keys(answers)) device.send(publishPacket(topic, { messageId: 4 }));
  for (const topic of Object.keys(answers)) assert.strictEqual(await device.bytes(8 / 2), '40020004', topic);
  other.send(publishPacket('$iothub/methods/res/200/?$rid=r', { messageId: 4 }));
  await assertNext(other, '40020004');
  Object.entries(answers).forEach(([topic, reason], n) => {
    assert.strictEqual(gateway.dropped[n].topic, topic);
    assert.ok(gateway.dropped[n].reason.includes(reason), gateway.dropped[n].reason);
  });
  assert.strictEqual(gateway.dropped.at(-1)?.clientId, 'd2');
  device.send(answer(200, 'r'), answer(500, 'r'));
  assert.strictEqual((await call).status, 200);
  await assertSilence(device);
  assert.strictEqual(gateway.dropped.at(-1)?.reason, `${unknown}'`);
  device.vanish();
  other.vanish();
});

test('P8 an answer on another connection than that of the call is dropped', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await subscribed(gateway);
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r', responseTimeoutMs: 100 });
  await assertNext(first, posted('m', 'r', '1'));
  const second = await subscribed(gateway);
  second.send(answer(200, 'r'));
  await assert.rejects(call, { status: 504 });
  assert.strictEqual(gateway.dropped.length, 1);
  second.vanish();
});

test('P8 strict: a malformed answer closes the connection, an unknown one does not', async (t) => {
  const gateway = await gatewayFor(t, { strict: true });
  const device = await subscribed(gateway);
  device.send(publishPacket('$iothub/methods/res/200/?$rid=r', { messageId: 6 }));
  await assertNext(device, '40020006');
  device.send(publishPacket('$iothub/methods/res/200/', { messageId: 7 }));
  assert.strictEqual(await device.rest(), '');
});

test('fault method: never delivered', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { method: ({ name }) => (name === 'lost' ? 'silent' : undefined) },
  });
  const device = await subscribed(gateway);
  const lost = gateway.invokeMethod('d1', 'lost', 1, { responseTimeoutMs: 20 });
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
  await assertNext(device, posted('m', 'r', '1'));
  device.send(answer(200, 'r'));
  await call;
  await assert.rejects(lost, { status: 504 });
  device.vanish();
});

test('fault method: delivered twice with one $rid', async (t) => {
  const gateway = await gatewayFor(t, { faults: { method: 'duplicate' } });
  const device = await subscribed(gateway);
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
  await assertNext(device, posted('m', 'r', '1') + posted('m', 'r', '1'));
  device.send(answer(200, 'r', '1'), answer(200, 'r', '2'));
  assert.deepStrictEqual(await call, { status: 200, payload: 1 });
  await assertSilence(device);
  assert.strictEqual(gateway.dropped.length, 1);
  device.vanish();
});

test('fault method: another payload, and what cannot be one', async (t) => {
  const gateway = await gatewayFor(t, { faults: { method: { body: '{"half"' } } });
  const device = await subscribed(gateway);
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
  await assertNext(device, posted('m', 'r', '{"half"'));
  device.send(answer(400, 'r'));
  assert.strictEqual((await call).status, 400);
  for (const fault of [{}, { body: 1 }, { status: 404 }, 'twice']) {
    assert.throws(
      () => (gateway.faults = /** @type {any} */ ({ method: fault })),
      /TypeError: faults: method/,
    );
  }
  device.vanish();
});

/** A call as a module's SDK makes it. */
const BODY = JSON.stringify({ methodName: 'm', payload: { a: 1 }, responseTimeoutInSeconds: 5 });

/**
 * The REST call for d1, but for the changes.
 * @param {Partial<Parameters<typeof handleMethodCall>[0]> & { body?: string }} changes
 */
function rest({ body = BODY, ...changes }) {
  return handleMethodCall({
    path: '/twins/d1/methods',
    headers: { 'x-ms-edge-moduleid': 'edge/caller', authorization: 'token' },
    readBody: async () => Buffer.from(body),
    authenticate: (callerId, headers) => callerId === 'edge/caller' && headers.authorization === 'token',
    invoke: () => Promise.reject(new Error('not to be invoked')),
    ...changes,
  });
}

test('REST: a module calls a method of a device, also offline', async (t) => {
  const gateway = await gatewayFor(t, { offline: true });
  const device = await subscribed(gateway);
  const called = rest({ invoke: (...call) => gateway.invokeMethod(...call) });
  const packet = await device.packet();
  assert.ok(packet.cmd === 'publish');
  assert.strictEqual(packet.payload.toString(), '{"a":1}');
  device.send(answer(503, packet.topic.slice(packet.topic.indexOf('=') + 1), '{"b":2}'));
  assert.deepStrictEqual(await called, {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: '{"status":503,"payload":{"b":2}}',
  });
  device.vanish();
});

test('REST: over HTTPS, a module proves itself by its token', async (t) => {
  const devices = [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }, { moduleId: 'm2' }] }];
  const gateway = await gatewayFor(t, { devices });
  const module = await subscribed(gateway, { deviceId: 'd1/m2' });
  const post = async (/** @type {Record<string, string>} */ headers) => {
    const device = await RawDevice.open(gateway, { port: gateway.webSocketPort });
    const lines = Object.entries({
      host: 'localhost',
      'content-length': BODY.length,
      connection: 'close',
      ...headers,
    });
    const head = [
      'POST /twins/d1/modules/m2/methods HTTP/1.1',
      ...lines.map((line) => line.join(': ')),
      '',
      BODY,
    ];
    device.send(Buffer.from(head.join('\r\n')));
    const [status, body] = Buffer.from(await device.rest(), 'hex')
      .toString()
      .split('\r\n\r\n');
    return { status: status.slice(0, 12), body };
  };
  const authorization = passwordOf(gateway, 'd1/m1').toString();
  const caller = { 'x-ms-edge-moduleId': 'd1/m1' };
  assert.strictEqual((await post({ authorization })).status, 'HTTP/1.1 400');
  assert.strictEqual((await post(caller)).status, 'HTTP/1.1 401');
  const other = passwordOf(gateway, 'd1/m2').toString();
  assert.strictEqual((await post({ ...caller, authorization: other })).status, 'HTTP/1.1 401');
  const posting = post({ ...caller, authorization });
  const packet = await module.packet();
  assert.ok(packet.cmd === 'publish');
  module.send(answer(200, packet.topic.slice(packet.topic.indexOf('=') + 1), '"ok"'));
  assert.deepStrictEqual(await posting, { status: 'HTTP/1.1 200', body: '{"status":200,"payload":"ok"}' });
  module.vanish();
});

test('REST: ids and times reach the call', async () => {
  /** @type {any[]} */
  const calls = [];
  const invoke = async (/** @type {any[]} */ ...call) => {
    calls.push(call);
    return { status: 200, payload: null };
  };
  const body = { methodName: 'n', responseTimeoutInSeconds: 300, connectTimeoutInSeconds: 7 };
  await rest({
    path: '/twins/d%201/modules/m%C3%A4/methods?api-version=1',
    body: JSON.stringify(body),
    invoke,
  });
  await rest({ body: '{"methodName":"m","payload":[]}', invoke });
  assert.deepStrictEqual(calls, [
    ['d 1/mä', 'n', undefined, { from: 'module', responseTimeoutMs: 300000, connectTimeoutMs: 7000 }],
    ['d1', 'm', [], { from: 'module', responseTimeoutMs: 30000, connectTimeoutMs: 0 }],
  ]);
});

test('REST: 404 and 504 of the call, with a message', async (t) => {
  const gateway = await gatewayFor(t);
  const absent = await rest({ invoke: (...call) => gateway.invokeMethod(...call) });
  assert.strictEqual(absent.status, 404);
  assert.match(JSON.parse(absent.body).message, /^method 'm' did not reach 'd1'/);
  const slow = await rest({ invoke: () => Promise.reject(new MethodError(504, 'too late')) });
  assert.deepStrictEqual([slow.status, slow.body], [504, '{"message":"too late"}']);
});

test('REST: 400 without a caller or with an unreadable call, 401 for a caller unproven', async (t) => {
  const gateway = await gatewayFor(t);
  /** @type {Array<[Parameters<typeof rest>[0], number, RegExp]>} */
  const refused = [
    [{ headers: { authorization: 'token' } }, 400, /x-ms-edge-moduleId/],
    [{ headers: { 'x-ms-edge-moduleid': 'edge' } }, 400, /x-ms-edge-moduleId/],
    [{ authenticate: async () => false }, 401, /'edge\/caller' is not authenticated/],
    [{ body: '{' }, 400, /the body is not JSON/],
    [{ body: '{"payload":1}' }, 400, /no 'methodName'/],
    [{ body: 'null' }, 400, /no 'methodName'/],
    [
      { body: '{"methodName":"m","responseTimeoutInSeconds":4}' },
      400,
      /responseTimeoutInSeconds cannot be 4/,
    ],
    [
      { body: '{"methodName":"m","connectTimeoutInSeconds":"5"}' },
      400,
      /connectTimeoutInSeconds cannot be "5"/,
    ],
    [{ body: `{"methodName":"${'m'.repeat(101)}"}` }, 400, /at most 100 characters/],
    [{ path: '/twins/d1/method' }, 404, /nothing is at/],
  ];
  for (const [changes, status, message] of refused) {
    const response = await rest({ invoke: (...call) => gateway.invokeMethod(...call), ...changes });
    assert.strictEqual(response.status, status);
    assert.match(JSON.parse(response.body).message, message);
  }
});

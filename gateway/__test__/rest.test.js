// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { RawDevice, gatewayFor, keyOf, passwordOf, sas, subscribePacket } = require('./raw-device');
const { METHODS, answer, subscribed } = require('./method_device');

/**
 * @typedef {import('..').Gateway} Gateway
 */

const DEVICES = [
  { deviceId: 'edge', modules: [{ moduleId: 'm1' }, { moduleId: 'm2' }] },
  { deviceId: 'd1' },
  { deviceId: 'other', modules: [{ moduleId: 'm1' }] },
];

/**
 * A POST over HTTPS, as module `edge/m1` unless the headers say otherwise.
 * @param {Gateway} gateway
 * @param {string} body
 * @param {{ path?: string, headers?: Record<string, string | undefined> }} [options]
 */
async function post(gateway, body, { path = '/twins/d1/methods', headers = {} } = {}) {
  const device = await RawDevice.open(gateway, { port: gateway.webSocketPort });
  const all = {
    host: 'localhost',
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
    'x-ms-edge-moduleId': 'edge/m1',
    authorization: passwordOf(gateway, 'edge/m1').toString(),
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined);
  const head = [`POST ${path} HTTP/1.1`, ...lines.map((line) => line.join(': ')), '', body];
  device.send(Buffer.from(head.join('\r\n')));
  const [status, text] = Buffer.from(await device.rest(), 'hex')
    .toString()
    .split('\r\n\r\n');
  return { status: Number(status.slice(9, 12)), head: status, body: text };
}

/**
 * @param {string} payload JSON
 */
const callOf = (payload) => `{"methodName":"m","payload":${payload}}`;

/**
 * Answers the call that comes next.
 * @param {RawDevice} device
 * @param {string | number} status
 * @param {string} payload
 */
async function answerNext(device, status, payload) {
  const call = await device.publication();
  device.send(answer(status, call.topic.slice(call.topic.indexOf('=') + 1), payload));
  return call.payload.toString();
}

test('W2 a module calls a method of a device and of a module, also offline', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, offline: true });
  const device = await subscribed(gateway);
  const module = await subscribed(gateway, { deviceId: 'edge/m2' });
  const called = post(gateway, callOf('{"a":1}'));
  assert.strictEqual(await answerNext(device, 503, '{"b":2}'), '{"a":1}');
  const { head, ...answered } = await called;
  assert.deepStrictEqual(answered, { status: 200, body: '{"status":503,"payload":{"b":2}}' });
  assert.match(head, /\r\ncontent-type: application\/json; charset=utf-8\r\n/i);
  const calling = post(gateway, callOf('null'), { path: '/twins/edge/modules/m2/methods?api-version=x' });
  assert.strictEqual(await answerNext(module, 200, ''), 'null');
  assert.strictEqual((await calling).body, '{"status":200,"payload":null}');
  [device, module].forEach((each) => each.vanish());
});

test('W2 the payload travels as text, without white space between its tokens', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const device = await subscribed(gateway);
  const payloads = {
    '{ "v" : 1.0 ,\n"n":12345678901234567890123, "e": -1.50E+3 }':
      '{"v":1.0,"n":12345678901234567890123,"e":-1.50E+3}',
    '[ 1 , [ ] , { } , "a b\\t\\u00e4 \\" ] }" , true , false , null ]':
      '[1,[],{},"a b\\t\\u00e4 \\" ] }",true,false,null]',
    ' "ä 🚀" ': '"ä 🚀"',
    '{"a":1,"a":2}': '{"a":1,"a":2}',
    '"2026-11-26T12:34:56Z"': '"2026-11-26T12:34:56Z"',
  };
  for (const [sent, expected] of Object.entries(payloads)) {
    const body = `\n{ "responseTimeoutInSeconds" : 30, "payload" : ${sent} , "methodName":"m" }`;
    const called = post(gateway, body);
    assert.strictEqual(await answerNext(device, 200, ''), expected);
    assert.strictEqual((await called).status, 200);
  }
  device.vanish();
});

test('W2 the answer is put into the reply byte for byte, whatever it is', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const device = await subscribed(gateway);
  const nested = `${'['.repeat(60000)}${']'.repeat(60000)}`;
  for (const payload of ['{ "v" : 1.0, "n":12345678901234567890 }', 'no JSON', '"ä 🚀"', nested]) {
    const called = post(gateway, callOf('1'));
    await answerNext(device, -7, payload);
    assert.strictEqual((await called).body, `{"status":-7,"payload":${payload}}`);
  }
  const called = post(gateway, callOf('1'));
  await answerNext(device, 'OK', '{"lost":true}');
  assert.strictEqual((await called).body, '{"status":400000,"payload":null}');
  device.vanish();
});

test('W2 a call without a payload does not reach the device: 400, and 404 if it is not there', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const bare = '{"methodName":"m"}';
  const absent = await post(gateway, bare);
  assert.strictEqual(absent.status, 404);
  assert.match(JSON.parse(absent.body).message, /^method 'm' did not reach 'd1'/);
  const device = await subscribed(gateway);
  const { status, body } = await post(gateway, bare);
  assert.deepStrictEqual([status, body], [400, '{"message":"method \'m\' has no payload"}']);
  device.send('c000');
  assert.strictEqual(await device.bytes(2), 'd000');
  device.vanish();
});

test('W2 who may call: a module of this edge device that proves itself', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const device = await subscribed(gateway);
  const named = (/** @type {string | undefined} */ id) => ({ 'x-ms-edge-moduleId': id });
  const token = (/** @type {string} */ id) => ({ authorization: passwordOf(gateway, id).toString() });
  /** @type {Array<[Record<string, string | undefined>, number, RegExp]>} */
  const refused = [
    [named(undefined), 400, /header 'x-ms-edge-moduleId' does not name/],
    [named('edge'), 400, /header 'x-ms-edge-moduleId' does not name/],
    [named('edge/'), 400, /header 'x-ms-edge-moduleId' does not name/],
    [{ authorization: undefined }, 401, /'edge\/m1' is not authenticated/],
    [token('edge/m2'), 401, /'edge\/m1' is not authenticated/],
    [{ ...named('edge/m1'), authorization: 'x' }, 401, /'edge\/m1' is not authenticated/],
    [{ ...named('other/m1'), ...token('other/m1') }, 401, /only modules of this edge device/],
    [{ ...named('EDGE/m1'), ...token('edge/m1') }, 401, /only modules of this edge device/],
  ];
  for (const [headers, status, message] of refused) {
    const response = await post(gateway, callOf('1'), { headers });
    assert.strictEqual(response.status, status, JSON.stringify(headers));
    assert.match(JSON.parse(response.body).message, message);
  }
  const ofItsDevice = sas(keyOf(gateway, 'edge'), { resource: `${gateway.hubHostName}/devices/edge` });
  for (const headers of [token('edge/m1'), { authorization: ofItsDevice }]) {
    const called = post(gateway, callOf('1'), { headers });
    await answerNext(device, 200, '');
    assert.strictEqual((await called).status, 200);
  }
  device.vanish();
});

test('W2 the edge device may be named', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, edgeDeviceId: 'other' });
  const ofOther = {
    'x-ms-edge-moduleId': 'other/m1',
    authorization: passwordOf(gateway, 'other/m1').toString(),
  };
  assert.strictEqual((await post(gateway, callOf('1'))).status, 401);
  assert.strictEqual((await post(gateway, callOf('1'), { headers: ofOther })).status, 404);
});

test('W2 paths and names of members without regard to case; ids are decoded, and keep theirs', async (t) => {
  const devices = [...DEVICES, { deviceId: 'd ä' }];
  const gateway = await gatewayFor(t, { devices });
  const device = await subscribed(gateway, { deviceId: 'd ä' });
  const called = post(gateway, '{"METHODNAME":"m","Payload":1}', { path: '/Twins/d%20%C3%A4/METHODS' });
  assert.strictEqual(await answerNext(device, 200, ''), '1');
  assert.strictEqual((await called).status, 200);
  assert.strictEqual((await post(gateway, callOf('1'), { path: '/twins/D%20%C3%A4/methods' })).status, 404);
  assert.strictEqual((await post(gateway, callOf('1'), { path: '/twins/d1/method' })).status, 404);
  device.vanish();
});

test('W2 400 for what no call can be', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const device = await subscribed(gateway);
  const withSeconds = (/** @type {string} */ member) => `{"methodName":"m","payload":1,${member}}`;
  /** @type {Array<[string, RegExp]>} */
  const refused = [
    ['{', /the body is not JSON/],
    ['[1]', /the body is not an object/],
    ['null', /the body is not an object/],
    ['{"payload":1}', /no 'methodName'/],
    ['{"methodName":1,"payload":1}', /no 'methodName'/],
    [withSeconds('"responseTimeoutInSeconds":4'), /responseTimeoutInSeconds cannot be 4; it is 5 to 300/],
    [withSeconds('"responseTimeoutInSeconds":301'), /responseTimeoutInSeconds cannot be 301/],
    [withSeconds('"connectTimeoutInSeconds":"5"'), /connectTimeoutInSeconds cannot be "5"; it is 0 to 300/],
    [withSeconds('"connectTimeoutInSeconds":-1'), /connectTimeoutInSeconds cannot be -1/],
    [`{"methodName":"${'m'.repeat(101)}","payload":1}`, /has 101 of at most 100 characters/],
    [callOf(`"${'x'.repeat(131071)}"`), /has 131073 of at most 131072 bytes/],
  ];
  for (const [body, message] of refused) {
    const response = await post(gateway, body);
    assert.strictEqual(response.status, 400, body.slice(0, 80));
    assert.match(JSON.parse(response.body).message, message);
  }
  const largest = callOf(`"${' '.repeat(131070)}"`);
  const called = post(gateway, largest);
  assert.strictEqual((await answerNext(device, 200, '')).length, 131072);
  assert.strictEqual((await called).status, 200);
  device.vanish();
});

test('W2 404 at once or after the connect timeout, 504 without an answer', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, limits: { methodDeliveryDelayMs: 10 } });
  assert.strictEqual((await post(gateway, callOf('1'))).status, 404);
  const waiting = post(gateway, '{"methodName":"m","payload":1,"connectTimeoutInSeconds":300}');
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket(METHODS, { qos: 0 }));
  assert.strictEqual(await device.bytes(5), '9003000100');
  assert.strictEqual(await answerNext(device, 200, ''), '1');
  assert.strictEqual((await waiting).status, 200);
  const unanswered = post(gateway, '{"methodName":"m","payload":2,"responseTimeoutInSeconds":5}');
  assert.strictEqual((await device.publication()).payload.toString(), '2');
  const { status, body } = await unanswered;
  assert.strictEqual(status, 504);
  assert.match(JSON.parse(body).message, /^'d1' did not answer method 'm' within 5000 ms/);
  device.vanish();
});

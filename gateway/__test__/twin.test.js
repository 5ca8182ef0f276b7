// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
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

/**
 * @typedef {import('..').Gateway} Gateway
 */

const EVENTS = 'devices/d1/messages/events/';
const RESPONSES = '$iothub/twin/res/#';
const DESIRED = '$iothub/twin/PATCH/properties/desired/#';
const REPORTED = '$iothub/twin/PATCH/properties/reported/';

/** The twin GET of azure-iot-device. */
const GET = publishPacket('$iothub/twin/GET/?$rid=1', { payload: ' ', qos: 0 });

const FRESH = '{"desired":{"$version":1},"reported":{"$version":1}}';

/**
 * A PUBLISH as edgeHub sends it, byte for byte.
 * @param {string} topic
 * @param {string | Buffer} payload
 * @param {0 | 1} [qos]
 */
function published(topic, payload, qos = 0) {
  const body = Buffer.from(payload);
  const length = 2 + topic.length + 2 * qos + body.length;
  assert.ok(length < 128 * 128);
  const size = length < 128 ? [length] : [(length % 128) | 0x80, length >> 7];
  const packet = [
    Buffer.from([0x30 | (qos << 1), ...size, topic.length >> 8, topic.length & 0xff]),
    Buffer.from(topic),
  ];
  if (qos === 1) packet.push(Buffer.from([0, 1]));
  return Buffer.concat([...packet, body]).toString('hex');
}

/**
 * @param {RawDevice} device
 * @param {string} expected hexadecimal
 */
async function assertNext(device, expected) {
  const bytes = await device.bytes(expected.length / 2);
  assert.strictEqual(
    Buffer.from(bytes, 'hex').toString('latin1'),
    Buffer.from(expected, 'hex').toString('latin1'),
  );
}

/**
 * A device subscribed at QoS 0.
 * @param {Gateway} gateway
 * @param {string[]} filters
 * @param {{ deviceId?: string, clean?: boolean, qos?: 0 | 1 }} [options]
 */
async function subscribed(gateway, filters, { qos = 0, ...changes } = {}) {
  const device = await RawDevice.connected(gateway, changes);
  for (const filter of filters) {
    device.send(subscribePacket(filter, { qos }));
    await assertNext(device, `900300010${qos}`);
  }
  return device;
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
 * @param {string} payload
 * @param {string} [rid] empty for none
 * @param {Parameters<typeof publishPacket>[1]} [changes]
 */
function report(payload, rid = '1', changes = {}) {
  return publishPacket(rid ? `${REPORTED}?$rid=${rid}` : REPORTED, { payload, qos: 0, ...changes });
}

/** @param {unknown} properties */
const json = (properties) => JSON.stringify(properties);

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

test('P5 without the exact filter $iothub/twin/res/# the response is discarded', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, ['$iothub/#', '$iothub/twin/res/+/#', DESIRED]);
  const got = once(gateway, 'twinGet');
  device.send(publishPacket('$iothub/twin/GET/?$rid=1', { messageId: 2 }));
  await assertNext(device, '40020002');
  assert.deepStrictEqual(await got, [{ id: 'd1', rid: '1', twin: JSON.parse(FRESH), source: 'hub' }]);
  device.send(subscribePacket(RESPONSES, { qos: 0 }), GET);
  await assertNext(device, '9003000100' + published('$iothub/twin/res/200/?$rid=1', FRESH));
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
  const first = await subscribed(gateway, [RESPONSES]);
  first.send(GET);
  await assertNext(first, published('$iothub/twin/res/200/?$rid=1', FRESH));
  const dead = await subscribed(gateway, [RESPONSES], { deviceId: 'd2' });
  dead.send(GET);
  await assertSilence(dead);
  const gone = once(gateway, 'disconnected');
  first.vanish();
  await gone;
  const other = await subscribed(gateway, [], { deviceId: 'd2' });
  const late = await subscribed(gateway, [RESPONSES]);
  gateway.patchDesired('d1', { a: 1 });
  late.send(GET);
  await assertNext(late, published('$iothub/twin/res/200/?$rid=1', FRESH));
  [dead, other, late].forEach((device) => device.vanish());
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

test('P7 reported: merged, null deletes; 204 with an empty body and no version', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [RESPONSES]);
  const accepted = published('$iothub/twin/res/204/?$rid=1', '');
  device.send(report('{"a":{"b":1,"c":[1,{"d":2}]},"e":"f","__proto__":{"x":1}}'));
  await assertNext(device, accepted);
  device.send(report('{"a":{"b":null,"g":1.5},"e":null,"h":null}', '1', { qos: 1, messageId: 9 }));
  await assertNext(device, accepted + '40020009');
  const { reported } = gateway.twin('d1');
  assert.strictEqual(json(reported), '{"a":{"c":[1,{"d":2}],"g":1.5},"__proto__":{"x":1},"$version":3}');
  device.vanish();
});

test('P7 reported without $rid is applied and not answered; nor without a subscription', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(report('{"a":1}', ''), publishPacket(`${REPORTED}?$rid=`, { payload: '{"b":2}', qos: 0 }));
  device.send(report('{"c":[null]}', ''));
  await assertSilence(device);
  device.vanish();
  const deaf = await subscribed(gateway, []);
  deaf.send(report('{"d":4}'));
  await assertSilence(deaf);
  assert.deepStrictEqual(gateway.twin('d1').reported, { a: 1, b: 2, d: 4, $version: 4 });
  deaf.vanish();
});

/**
 * @param {number} depth objects within the outermost
 */
function nested(depth) {
  return '{"a":'.repeat(depth + 1) + '1' + '}'.repeat(depth + 1);
}

/**
 * @param {number} size bytes, above 32760
 */
function documentOf(size) {
  const properties = Object.fromEntries([...'abcdefgh'].map((name) => [name, 'x'.repeat(4085)]));
  properties.i = 'x'.repeat(size - Buffer.byteLength(json({ ...properties, i: '' })));
  return json(properties);
}

const LONG = 'ä'.repeat(2048);

/** @type {Array<[string, string, 204 | 400 | 500]>} */
const REPORTS = [
  ['nesting of 10', nested(10), 204],
  ['nesting of 11', nested(11), 400],
  ['nesting of arrays', `{"a":${'['.repeat(100000)}${']'.repeat(100000)}}`, 400],
  ['a string of 4096 bytes', json({ a: LONG }), 204],
  ['a string of 4097 bytes', json({ a: `${LONG}x` }), 400],
  ['a string of 4097 bytes in an array', json({ a: [`${LONG}x`] }), 400],
  ['a name of 1024 bytes', json({ ['ä'.repeat(512)]: 1 }), 204],
  ['a name of 1025 bytes', json({ [`${'ä'.repeat(512)}x`]: 1 }), 400],
  ['a name with a dot', '{"a":{"b.c":1}}', 400],
  ['a name with a dollar sign', '{"$version":1}', 400],
  ['a name with a number sign', '{"a#":1}', 400],
  ['a name with a space', '{"a b":1}', 400],
  ['a name with a control character', '{"a\\u0001":1}', 400],
  ['a name to delete that cannot be', '{"a b":null}', 400],
  ['a document of 32768 bytes', documentOf(32768), 204],
  ['a document of 32769 bytes', documentOf(32769), 400],
  ['the integer 2^52', '{"a":4503599627370496,"b":-4503599627370496}', 204],
  ['the integer 2^52 + 1', '{"a":4503599627370497}', 400],
  ['the integer -2^52 - 1', '{"a":[{"b":-4503599627370497}]}', 400],
  [
    'a large number that is no integer, and digits in a string',
    '{"a":1e300,"b":"\\"99999999999999999999"}',
    204,
  ],
  ['null in an array', '{"a":[1,null]}', 400],
  ['no JSON', '{"a":', 500],
  ['nothing', '', 500],
  ['no object', '[1]', 500],
  ['null', 'null', 500],
];

for (const [name, payload, status] of REPORTS) {
  test(`P7 reported: ${status} for ${name}`, async (t) => {
    const gateway = await gatewayFor(t);
    const device = await subscribed(gateway, [RESPONSES]);
    const reported = once(gateway, 'reported');
    device.send(report(payload));
    await assertNext(device, published(`$iothub/twin/res/${status}/?$rid=1`, ''));
    const [event] = await reported;
    assert.strictEqual(event.status, status);
    assert.strictEqual(typeof event.reason, status === 204 ? 'undefined' : 'string');
    assert.strictEqual(gateway.twin('d1').reported.$version, status === 204 ? 2 : 1);
    await assertSilence(device);
    device.vanish();
  });
}

test('P7 the limit of 32 KiB is that of the document which results', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [RESPONSES]);
  const half = Object.fromEntries([...'abcd'].map((name) => [name, 'x'.repeat(4090)]));
  const other = Object.fromEntries([...'efghi'].map((name) => [name, 'x'.repeat(4090)]));
  device.send(
    report(json(half), '1'),
    report(json(other), '2'),
    report(json({ a: null, b: null, ...other }), '3'),
  );
  const responses = ['204/?$rid=1', '400/?$rid=2', '204/?$rid=3'];
  for (const response of responses) await assertNext(device, published(`$iothub/twin/res/${response}`, ''));
  assert.strictEqual(Object.keys(gateway.twin('d1').reported).length, 8);
  device.vanish();
});

test('P7 strict: 204 with the version of the hub', async (t) => {
  const gateway = await gatewayFor(t, { strict: true });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(report('{"a":1}'), report('{"a":[null]}', '2'));
  await assertNext(device, published('$iothub/twin/res/204/?$rid=1&$version=2', ''));
  await assertNext(device, published('$iothub/twin/res/400/?$rid=2', ''));
  device.vanish();
});

test('P7 offline: 204 at once, read back from the cache, and synced later', async (t) => {
  const gateway = await gatewayFor(t, { offline: true, limits: { twinOfflineDelayMs: 5 } });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(report('{"a":{"b":1}}'), report('{"a":{"b":null,"c":2}}', '2'));
  await assertNext(device, published('$iothub/twin/res/204/?$rid=1', ''));
  await assertNext(device, published('$iothub/twin/res/204/?$rid=2', ''));
  assert.deepStrictEqual(gateway.twin('d1').reported, { $version: 1 });
  device.send(GET);
  await assertNext(
    device,
    published('$iothub/twin/res/200/?$rid=1', '{"desired":{},"reported":{"a":{"c":2}}}'),
  );
  gateway.offline = false;
  assert.deepStrictEqual(gateway.twin('d1').reported, { a: { c: 2 }, $version: 2 });
  device.vanish();
});

test('P7 offline: a restart without persistent storage forgets the cache and what was not synced', async (t) => {
  const gateway = await gatewayFor(t, { offline: true, limits: { twinOfflineDelayMs: 5 } });
  const first = await subscribed(gateway, [RESPONSES]);
  first.send(report('{"a":1}'));
  await assertNext(first, published('$iothub/twin/res/204/?$rid=1', ''));
  await gateway.restart({ keepSessions: false });
  const second = await subscribed(gateway, [RESPONSES]);
  second.send(GET);
  await assertNext(second, published('$iothub/twin/res/200/?$rid=1', '{"desired":{},"reported":{}}'));
  gateway.offline = false;
  assert.deepStrictEqual(gateway.twin('d1').reported, { $version: 1 });
  second.vanish();
});

/**
 * @param {number} version
 * @param {string} body without the version
 * @param {0 | 1} [qos]
 */
function desired(version, body, qos) {
  const separator = body === '{}' ? '' : ',';
  const patch = `${body.slice(0, -1)}${separator}"$version":${version}}`;
  return published(`$iothub/twin/PATCH/properties/desired/?$version=${version}`, patch, qos);
}

test('D3 a desired patch goes to a subscriber with its version, at the QoS granted', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [DESIRED]);
  const sent = once(gateway, 'desired');
  assert.strictEqual(gateway.patchDesired('d1', { a: { b: 1 }, c: 'ä' }), 2);
  assert.deepStrictEqual(await sent, [{ id: 'd1', version: 2, patch: { a: { b: 1 }, c: 'ä', $version: 2 } }]);
  await assertNext(device, desired(2, '{"a":{"b":1},"c":"ä"}'));
  device.send(subscribePacket(DESIRED));
  await assertNext(device, '9003000101');
  assert.strictEqual(gateway.patchDesired('d1', { c: null }), 3);
  await assertNext(device, desired(3, '{"c":null}', 1));
  device.send('40020001');
  assert.deepStrictEqual(gateway.twin('d1'), {
    desired: { a: { b: 1 }, $version: 3 },
    reported: { $version: 1 },
  });
  device.vanish();
});

test('D3 nothing is kept for an absent device, and none is sent without a subscription', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await subscribed(gateway, [DESIRED], { clean: false });
  const gone = once(gateway, 'disconnected');
  first.vanish();
  await gone;
  gateway.patchDesired('d1', { a: 1 });
  const again = await RawDevice.open(gateway);
  again.send(connectPacket(gateway, { clean: false }));
  await assertNext(again, RESUMED);
  await assertSilence(again);
  const other = await subscribed(gateway, [RESPONSES, '$iothub/#'], { deviceId: 'd2' });
  gateway.patchDesired('d2', { a: 1 });
  await assertSilence(other);
  again.vanish();
  other.vanish();
});

test('D3 a module has a twin of its own', async (t) => {
  const gateway = await gatewayFor(t, { devices: [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }] }] });
  const device = await subscribed(gateway, [DESIRED, RESPONSES]);
  const module = await subscribed(gateway, [DESIRED, RESPONSES], { deviceId: 'd1/m1' });
  gateway.patchDesired('d1/m1', { a: 1 });
  await assertNext(module, desired(2, '{"a":1}'));
  module.send(GET);
  const twin = '{"desired":{"a":1,"$version":2},"reported":{"$version":1}}';
  await assertNext(module, published('$iothub/twin/res/200/?$rid=1', twin));
  device.send(GET);
  await assertNext(device, published('$iothub/twin/res/200/?$rid=1', FRESH));
  device.vanish();
  module.vanish();
});

test('D3 a version may be skipped; the gateway sends the difference to what it had cached', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [DESIRED, RESPONSES]);
  gateway.patchDesired('d1', { kept: 1, changed: { x: 1, y: 1 } });
  await assertNext(device, desired(2, '{"kept":1,"changed":{"x":1,"y":1}}'));
  assert.strictEqual(gateway.patchDesired('d1', { kept: 1, changed: { x: 2 } }, { version: 7 }), 7);
  await assertNext(device, desired(7, '{"changed":{"x":2}}'));

  device.vanish();
  await once(gateway, 'disconnected');
  gateway.patchDesired('d1', { missed: true, kept: null });
  const again = await subscribed(gateway, [DESIRED]);
  gateway.patchDesired('d1', { seen: true });
  await assertNext(again, desired(9, '{"kept":null,"missed":true,"seen":true}'));
  again.vanish();
});

test('D3 offline: kept in the hub; back online one patch with the difference', async (t) => {
  const gateway = await gatewayFor(t);
  gateway.patchDesired('d1', { a: 1, list: [1], deep: { x: 1, y: 1 } });
  gateway.patchDesired('d2', { gone: 1 });
  const asked = await subscribed(gateway, [DESIRED, RESPONSES]);
  asked.send(GET);
  const twin = '{"desired":{"a":1,"list":[1],"deep":{"x":1,"y":1},"$version":2},"reported":{"$version":1}}';
  await assertNext(asked, published('$iothub/twin/res/200/?$rid=1', twin));
  const neverAsked = await subscribed(gateway, [DESIRED], { deviceId: 'd2' });

  gateway.offline = true;
  gateway.patchDesired('d1', { b: 1, a: null });
  gateway.patchDesired('d1', { b: 2, deep: { x: null }, list: [2] });
  gateway.patchDesired('d2', { gone: null, come: 1 });
  await assertSilence(asked);
  await assertSilence(neverAsked);
  assert.strictEqual(gateway.twin('d1').desired.$version, 4);

  gateway.offline = false;
  await assertNext(asked, desired(4, '{"a":null,"list":[2],"deep":{"x":null},"b":2}'));
  await assertNext(neverAsked, desired(3, '{"gone":null,"come":1}'));
  gateway.patchDesired('d1', { c: 1 });
  await assertNext(asked, desired(5, '{"c":1}'));

  gateway.offline = true;
  gateway.offline = false;
  await assertSilence(asked);
  asked.vanish();
  neverAsked.vanish();
});

test('D3 offline: what a device missed while it was absent does not come later', async (t) => {
  const gateway = await gatewayFor(t, { offline: true });
  gateway.patchDesired('d1', { missed: 1 });
  gateway.offline = false;
  const device = await subscribed(gateway, [DESIRED]);
  gateway.offline = true;
  gateway.patchDesired('d1', { seen: 1 });
  gateway.offline = false;
  await assertNext(device, desired(3, '{"seen":1}'));
  device.vanish();
});

test('D3 a patch that a twin cannot hold, an older version and an unknown device are refused', async (t) => {
  const gateway = await gatewayFor(t);
  assert.throws(
    () => gateway.patchDesired('d3', {}),
    /RangeError: device 'd3' is not a child of this gateway/,
  );
  assert.throws(() => gateway.twin('d3'), RangeError);
  assert.throws(() => gateway.patchDesired('d1', /** @type {any} */ ([])), { name: 'InvalidPatchError' });
  assert.throws(() => gateway.patchDesired('d1', /** @type {any} */ (undefined)), TypeError);
  assert.throws(() => gateway.patchDesired('d1', { $version: 3 }), /name "\$version" contains/);
  assert.throws(
    () => gateway.patchDesired('d1', { a: 'x'.repeat(4097) }),
    /a string has more than 4096 bytes/,
  );
  assert.throws(
    () => gateway.patchDesired('d1', {}, { version: 1 }),
    /RangeError: desired version 1 is not above the present 1/,
  );
  assert.deepStrictEqual(gateway.twin('d1').desired, { $version: 1 });
});

test('twin() gives a copy', async (t) => {
  const gateway = await gatewayFor(t);
  const patch = { a: { b: 1 } };
  gateway.patchDesired('d1', patch);
  patch.a.b = 2;
  /** @type {any} */ (gateway.twin('d1').desired.a).b = 3;
  assert.deepStrictEqual(gateway.twin('d1').desired, { a: { b: 1 }, $version: 2 });
});

test('fault twin: no response at all; what was reported counts', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { twin: ({ rid }) => (rid === '1' ? 'silent' : undefined) },
  });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET, report('{"a":1}'), report('{"b":1}', '2'));
  await assertNext(device, published('$iothub/twin/res/204/?$rid=2', ''));
  assert.deepStrictEqual(gateway.twin('d1').reported, { a: 1, b: 1, $version: 3 });
  device.vanish();
});

test('fault twin: the statuses of IoT Hub, with a body or without; nothing is reported', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [RESPONSES]);
  for (const status of [404, 429, 500, 503]) {
    gateway.faults = { twin: { status } };
    device.send(GET, report('{"a":1}', '2'));
    await assertNext(device, published(`$iothub/twin/res/${status}/?$rid=1`, ''));
    await assertNext(device, published(`$iothub/twin/res/${status}/?$rid=2`, ''));
  }
  gateway.faults = { twin: { status: 429, body: '{"errorCode":429001}' } };
  device.send(GET);
  await assertNext(device, published('$iothub/twin/res/429/?$rid=1', '{"errorCode":429001}'));
  assert.deepStrictEqual(gateway.twin('d1').reported, { $version: 1 });
  device.vanish();
});

test('fault twin: no $version', async (t) => {
  const gateway = await gatewayFor(t, { strict: true, faults: { twin: { omitVersion: true } } });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(report('{"a":1}'), GET);
  await assertNext(device, published('$iothub/twin/res/204/?$rid=1', ''));
  await assertNext(device, published('$iothub/twin/res/200/?$rid=1', '{"desired":{},"reported":{"a":1}}'));
  device.vanish();
});

test('fault twin: an unknown $rid, and a body that is no JSON', async (t) => {
  const gateway = await gatewayFor(t, { faults: { twin: { rid: 'other', body: Buffer.from('{') } } });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET);
  await assertNext(device, published('$iothub/twin/res/200/?$rid=other', '{'));
  device.vanish();
});

test('fault twin: the response twice', async (t) => {
  const gateway = await gatewayFor(t, { faults: { twin: { repeat: 2 } } });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET);
  const response = published('$iothub/twin/res/200/?$rid=1', FRESH);
  await assertNext(device, response + response);
  await assertSilence(device);
  device.vanish();
});

test('fault twin: a late response, overtaken by the next', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { twin: ({ operation }) => (operation === 'get' ? { delayMs: 30 } : undefined) },
  });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET, report('{"a":1}', '2'));
  await assertNext(device, published('$iothub/twin/res/204/?$rid=2', ''));
  await assertNext(device, published('$iothub/twin/res/200/?$rid=1', FRESH));
  device.vanish();
});

test('fault twin: what cannot be committed is named', async (t) => {
  const gateway = await gatewayFor(t);
  for (const fault of [{ stauts: 404 }, { status: '404' }, { delayMs: -1 }, { body: 1 }, 'late']) {
    assert.throws(() => (gateway.faults = /** @type {any} */ ({ twin: fault })), /TypeError: faults: twin/);
  }
});

// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const { gatewayFor, publishPacket } = require('./raw-device');
const {
  GET,
  RESPONSES,
  REPORTED,
  assertNext,
  assertSilence,
  json,
  published,
  report,
  subscribed,
} = require('./twin_device');

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

/**
 * The same JSON, with escapes that need not be; as json.dumps of Python writes all that is no ASCII.
 * @param {string} text
 */
function escaped(text) {
  return text.replace(/x/g, '\\u0078');
}

const DELETIONS = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`n${i}`, null]));
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
  ['a name with a no-break space', '{"a\u00a0b":1}', 400],
  ['a name with an ideographic space', json({ 'a\u3000b': 1 }), 400],
  ['a name with a line separator', json({ 'a\u2028b': 1 }), 400],
  ['a name with a control character', '{"a\\u0001":1}', 400],
  ['a name to delete that cannot be', '{"a b":null}', 400],
  ['a patch of 32768 bytes', documentOf(32768), 204],
  ['a patch of 32768 bytes and white space', documentOf(32768).replaceAll(',', ' ,\n '), 204],
  ['a patch of 32769 bytes', documentOf(32769), 400],
  ['a patch of 32768 bytes in escapes', escaped(documentOf(32768)), 204],
  ['a patch of 32769 bytes in escapes', escaped(documentOf(32769)), 400],
  ['a patch of over 32768 bytes that only deletes', json(DELETIONS), 400],
  ['the integers 2^52 - 1 and -2^52', '{"a":4503599627370495,"b":-4503599627370496}', 204],
  ['the integer 2^52', '{"a":4503599627370496}', 400],
  ['the integer -2^52 - 1', '{"a":[{"b":-4503599627370497}]}', 400],
  [
    'a large number that is no integer, and digits in a string',
    '{"a":1e300,"b":"\\"99999999999999999999"}',
    204,
  ],
  ['null in an array', '{"a":[1,null]}', 400],
  ['null in an object in an array', '{"a":[{"b":{"c":null}}]}', 400],
  ['null in an object', '{"a":{"b":{"c":null}}}', 204],
  ['nothing', '', 400],
  ['white space', ' \n', 400],
  ['null', 'null', 400],
  ['no JSON', '{"a":', 500],
  ['an array', '[1]', 500],
  ['a string', '"a"', 500],
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

/**
 * Properties of about 4 KiB each.
 * @param {string} letters their names
 */
const large = (letters) => Object.fromEntries([...letters].map((name) => [name, 'x'.repeat(4090)]));

test('P7 the limit is that of the patch: the document may grow, until the hub refuses it in silence', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [RESPONSES]);
  /** @type {string[]} */
  const refusals = [];
  gateway.on('reportRefused', ({ id, reason }) => refusals.push(`${id}: ${reason}`));
  const patches = [large('abcd'), large('efghi'), { j: 1 }];
  for (const patch of patches) {
    device.send(report(json(patch)));
    await assertNext(device, published('$iothub/twin/res/204/?$rid=1', ''));
  }
  const reason = (/** @type {number} */ size) =>
    `d1: the properties would have ${size} of at most 32768 bytes`;
  assert.deepStrictEqual(refusals, [36874, 36880].map(reason));
  assert.strictEqual(Object.keys(gateway.twin('d1').reported).join(''), 'abcd$version');

  // What was refused is told again, with what was reported since.
  device.send(report('{"a":null,"e":null}'));
  await assertNext(device, published('$iothub/twin/res/204/?$rid=1', ''));
  assert.strictEqual(Object.keys(gateway.twin('d1').reported).join(''), 'bcdfghij$version');
  assert.strictEqual(refusals.length, 2);
  device.vanish();
});

test('P7 what the hub refused is told again when the cloud is back', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [RESPONSES]);
  for (const patch of [large('abcd'), large('efghi')]) {
    device.send(report(json(patch)));
    await assertNext(device, published('$iothub/twin/res/204/?$rid=1', ''));
  }
  const refused = once(gateway, 'reportRefused');
  gateway.offline = true;
  gateway.offline = false;
  assert.strictEqual((await refused)[0].id, 'd1');
  device.vanish();
});

test('P7 strict: 400 for what the hub refuses, as IoT Hub measures the document', async (t) => {
  const gateway = await gatewayFor(t, { strict: true });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(report(json(large('abcd'))), report(json(large('efghi')), '2'), report('{"j":1}', '3'));
  for (const response of ['204/?$rid=1&$version=2', '400/?$rid=2', '204/?$rid=3&$version=3']) {
    await assertNext(device, published(`$iothub/twin/res/${response}`, ''));
  }
  assert.strictEqual(Object.keys(gateway.twin('d1').reported).join(''), 'abcdj$version');
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

test('what a device reports and the hub does not take grows to 64 KiB, and no further', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [RESPONSES]);
  const statuses = [];
  for (let n = 0; n < 4; n++) {
    const names = Array.from({ length: 7 }, (_, i) => `p${n}_${i}`);
    const properties = Object.fromEntries(names.map((name) => [name, 'x'.repeat(4000)]));
    device.send(report(json(properties), '1', { qos: 0 }));
    const packet = /** @type {import('mqtt-packet').IPublishPacket} */ (await device.packet());
    statuses.push(packet.topic.slice('$iothub/twin/res/'.length, '$iothub/twin/res/'.length + 3));
  }
  assert.deepStrictEqual(statuses, ['204', '204', '400', '400']);
  device.vanish();
});

// @ts-check
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { readFaults } = require('..');
const { faultsText } = require('../faults/notation');
const { POINTS } = require('../faults/points');
const { ACCEPTED, PINGREQ, RawDevice, connectPacket, gatewayFor, publishPacket } = require('./raw-device');

const EVENTS = 'devices/d1/messages/events/';

/** @param {number} count */
const publishes = (count) =>
  Array.from({ length: count }, (_, i) => publishPacket(EVENTS, { messageId: i + 1 }));

/**
 * Writes a script that goes with the test.
 * @param {import('node:test').TestContext} t
 * @param {string} name
 * @param {string} text
 */
function scriptFor(t, name, text) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faults-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  const file = path.join(directory, name);
  fs.writeFileSync(file, text);
  return file;
}

test('words, codes and pairs of key and value', () => {
  const specs = [
    'accept=refuse',
    'hello=http',
    'connack=code:5,delayMs:3000',
    'connected=inject:d000,delayMs:1.5,then:reset',
    'publish=pubackBehind:2,pubackDelayMs:1e3,pubackId:0x1234',
    'suback=0x80',
    'unsuback=silent',
    'twin=status:429,body:{},omitVersion:true',
    'output=bytesPerSecond:100',
  ];
  assert.deepStrictEqual(readFaults(specs), {
    accept: 'refuse',
    hello: 'http',
    connack: { code: 5, delayMs: 3000 },
    connected: { inject: 'd000', delayMs: 1.5, then: 'reset' },
    publish: { pubackBehind: 2, pubackDelayMs: 1000, pubackId: 0x1234 },
    suback: 0x80,
    unsuback: 'silent',
    twin: { status: 429, body: '{}', omitVersion: true },
    output: { bytesPerSecond: 100 },
  });
  assert.deepStrictEqual(readFaults([]), {});
});

test('#n: the n-th on each connection; @connection: only there', async (t) => {
  const faults = readFaults([
    'publish#2@2=cut-before-puback',
    'publish#3=duplicate-puback',
    'pingresp#1=silent',
  ]);
  const gateway = await gatewayFor(t, { faults });
  const first = await RawDevice.connected(gateway);
  first.send(PINGREQ, PINGREQ, ...publishes(4));
  assert.strictEqual(await first.bytes(22), 'd000' + '4002000140020002' + '4002000340020003' + '40020004');
  first.vanish();
  const second = await RawDevice.connected(gateway);
  second.send(...publishes(3));
  assert.strictEqual(await second.rest(), '40020001');
  const third = await RawDevice.connected(gateway);
  third.send(...publishes(2));
  assert.strictEqual(await third.bytes(8), '4002000140020002');
  third.vanish();
});

test('@connection before there is a CONNECT', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: readFaults(['accept@1=refuse', 'hello@2=http', 'secure@3=cut']),
  });
  await assert.rejects(RawDevice.open(gateway), { code: 'ECONNRESET' });
  await assert.rejects(RawDevice.open(gateway), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  const third = await RawDevice.open(gateway);
  assert.strictEqual(await third.rest(), '');
  (await RawDevice.connected(gateway)).vanish();
});

test('several for one case: the first counts', () => {
  const { connack, suback } = readFaults(['connack@1=cut', 'connack=code:3', 'suback=1', 'suback=2']);
  assert.ok(typeof connack === 'function');
  assert.strictEqual(connack({ connectionNumber: 1 }), 'cut');
  assert.deepStrictEqual(connack({ connectionNumber: 2 }), { code: 3 });
  assert.strictEqual(suback, 1);
});

test('a malformed fault is told with its column and what is allowed there', () => {
  const cases = /** @type {const} */ ([
    ['foo', "column 4: '=' is missing, as in <point>[#n][@connection]=<fault>"],
    ['foo=cut', `column 1: 'foo' is no point; there are ${Object.keys(POINTS).join(', ')}`],
    ['=cut', `column 1: '' is no point; there are ${Object.keys(POINTS).join(', ')}`],
    ['constructor=cut', `column 1: 'constructor' is no point; there are ${Object.keys(POINTS).join(', ')}`],
    ['publish#0=drop-puback', "column 9: '#' takes a number from 1, not '0'"],
    ['publish#3@=drop-puback', "column 11: '@' takes a number from 1, not ''"],
    ['publish#1@2#3=drop-puback', "column 12: '#' is there twice"],
    ['connack#2=cut', "column 8: '#2' selects nothing: connack comes once in a connection"],
    [
      'secure=jump',
      "column 8: secure cannot be 'jump'; it is drop-early-connect, cut, reset, freeze or key:value[,key:value] with the keys delayMs, " +
        'inject, then',
    ],
    [
      'output=',
      "column 8: output cannot be ''; it is key:value[,key:value] with the keys bytesPerSecond, fragmentBytes, gatherMs",
    ],
    ['connack=code:5,delay:1', 'column 16: connack.delay is unknown; there are code, delayMs, inject, then'],
    ['connack=code:1,code:2', 'column 16: connack.code is there twice'],
    ['connack=code:300', "column 14: connack.code cannot be '300'; it is a whole number from 0 to 255"],
    ['connack=code:', "column 14: connack.code cannot be ''; it is a whole number from 0 to 255"],
    [
      'connected=delayMs:1,inject:d0d',
      "column 28: connected.inject cannot be 'd0d'; it is bytes, or a string of hexadecimal digits in pairs",
    ],
    ['twin=omitVersion:yes', "column 18: twin.omitVersion cannot be 'yes'; it is true or false"],
  ]);
  for (const [spec, message] of cases) {
    assert.throws(() => readFaults(['accept=refuse', spec]), {
      name: 'TypeError',
      message: `fault '${spec}': ${message}`,
    });
  }
});

test('a script in JSON, combined with faults of the command line', async (t) => {
  const file = scriptFor(
    t,
    'script.json',
    '{ "publish#2@1": "drop-puback", "connack": { "code": 0, "inject": "ff" }, "suback": 128 }',
  );
  const gateway = await gatewayFor(t, { faults: readFaults([file, 'publish#1=duplicate-puback']) });
  const device = await RawDevice.open(gateway);
  device.send(connectPacket(gateway), ...publishes(3));
  assert.strictEqual(await device.bytes(17), `ff${ACCEPTED}400200014002000140020003`);
  device.vanish();
});

test('a script in JavaScript may decide, and is read again each time', (t) => {
  const file = scriptFor(
    t,
    'script.js',
    "module.exports = { connack: ({ clientId }) => (clientId === 'd1' ? { code: 4 } : undefined), accept: undefined };",
  );
  const { connack, ...others } = readFaults([file]);
  assert.ok(typeof connack === 'function');
  assert.deepStrictEqual(connack({ connectionNumber: 1, clientId: 'd1' }), { code: 4 });
  assert.strictEqual(connack({ connectionNumber: 1, clientId: 'd2' }), undefined);
  assert.deepStrictEqual(others, {});
  const both = readFaults([file, 'connack=code:5']).connack;
  assert.ok(typeof both === 'function');
  assert.deepStrictEqual(both({ connectionNumber: 1, clientId: 'd2' }), { code: 5 });
  fs.writeFileSync(file, "module.exports = { connack: 'cut' };");
  assert.deepStrictEqual(readFaults([file]), { connack: 'cut' });
});

test('a script that cannot be used is told with its path, the key and the reason', (t) => {
  const missing = path.join(os.tmpdir(), 'none', 'missing.json');
  assert.throws(() => readFaults([missing]), {
    message: `fault script '${missing}' cannot be read: ENOENT: no such file or directory, open '${missing}'`,
  });
  const cases = /** @type {const} */ ([
    ['broken.json', '{ "publish": ', /^ is not JSON: .*JSON/],
    ['broken.js', 'module.exports = {', /^ cannot be run: Unexpected/],
    ['thrown.js', "throw new Error('on purpose\\nand more')", /^ cannot be run: on purpose$/],
    ['needy.js', "require('./nowhere')", /^ cannot be run: Cannot find module '.\/nowhere'$/],
    ['list.json', '["publish"]', /^: \[ 'publish' \] is not an object of points$/],
    ['number.js', 'module.exports = 5', /^: 5 is not an object of points$/],
    [
      'point.json',
      '{ "publsh": "drop-puback" }',
      /^: 'publsh': column 1: 'publsh' is no point; there are accept, /,
    ],
    [
      'selector.json',
      '{ "publish#x": "drop-puback" }',
      /^: 'publish#x': column 9: '#' takes a number from 1, not 'x'$/,
    ],
    [
      'word.json',
      '{ "secure@1": "jump" }',
      /^: 'secure@1': secure cannot be 'jump'; it is drop-early-connect, cut, reset, freeze or an/,
    ],
    [
      'value.json',
      '{ "connack": { "code": "5" } }',
      /^: 'connack': connack.code cannot be '5'; it is a whole number /,
    ],
    ['null.json', '{ "connack": null }', /^: 'connack': connack cannot be null; it is silent, /],
  ]);
  for (const [name, text, problem] of cases) {
    const file = scriptFor(t, name, text);
    assert.throws(
      () => readFaults([file]),
      ({ message }) => {
        const start = `fault script '${file}'`;
        assert.ok(message.startsWith(start), message);
        assert.match(message.slice(start.length), problem);
        return true;
      },
    );
  }
});

test('what a fault can be is listed completely, in lines that fit', () => {
  const lines = faultsText().split('\n');
  for (const [point, { words, keys }] of Object.entries(POINTS)) {
    const start = lines.findIndex((line) => line.startsWith(`    ${point} `));
    const end = lines.findIndex((line, i) => i > start && /^ {4}\S/.test(line));
    const text = lines.slice(start, end === -1 ? undefined : end).join(' ');
    for (const each of [...words, ...Object.keys(keys)])
      assert.match(text, new RegExp(`\\b${each}\\b`), point);
  }
  assert.ok(lines.every((line) => line.length <= 120));
});

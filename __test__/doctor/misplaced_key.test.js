'use strict';

const assert = require('node:assert/strict');
const { inspect } = require('node:util');
const { before, describe, it } = require('node:test');
const { doctor } = require('../../lib/doctor/command');
const { examine } = require('../../lib/doctor/examination');
const { HUB, KEY, LIMITS, connectionStringTo, freePort } = require('./surroundings');

/** A key that stands where none belongs is not shown, and not told to onProgress. */

/** Keys as hubs make them: of 32 bytes, of 64, and one with all signs of base64. */
const KEYS = [
  Buffer.from('SECRETSECRETSECRETSECRETSECRETSE').toString('base64'),
  Buffer.alloc(64, 'a secret of many bytes').toString('base64'),
  Buffer.from('fb'.repeat(14) + 'ff'.repeat(18), 'hex').toString('base64'),
];

let at = '';
before(async () => {
  at = `127.0.0.1:${await freePort()}`;
});

/** @type {Record<string, (key: string) => string>} */
const PLACES = {
  'as the device id': (key) => connectionStringTo(at, { DeviceId: key }),
  'behind a comma in the device id': (key) =>
    connectionStringTo(at, { DeviceId: `d1,${key}`, SharedAccessKey: undefined }),
  'as the id of a module': (key) => `${connectionStringTo(at)};ModuleId=${key}`,
  'as the hub': (key) => connectionStringTo(at, { HostName: key }),
  'as the gateway': (key) => connectionStringTo(key),
  'behind the port of the gateway': (key) => connectionStringTo(`${at} ${key}`),
  'as the port of the gateway': (key) => connectionStringTo(`gateway.local:${key}`),
  'as the name of a policy': (key) => `HostName=${HUB};SharedAccessKeyName=${key};SharedAccessKey=${KEY}`,
  'in the audience of a token': (key) =>
    connectionStringTo(at, {
      SharedAccessKey: undefined,
      SharedAccessSignature: `SharedAccessSignature sr=${HUB}%2Fdevices%2F${encodeURIComponent(key)}&sig=x&se=1`,
    }),
  'without a name': (key) => connectionStringTo(at).replace(/SharedAccessKey=[^;]*/, key),
  'by another name': (key) => connectionStringTo(at).replace(/SharedAccessKey=[^;]*/, `Key=${key}`),
};

/** @param {string} text @param {string} key */
function assertHidden(text, key) {
  // A piece of it is not shown either.
  for (const each of [key, encodeURIComponent(key), key.slice(0, 16)]) assert.ok(!text.includes(each), text);
}

for (const [index, key] of KEYS.entries()) {
  describe(`key ${index + 1}`, { concurrency: 4 }, () => {
    for (const [place, make] of Object.entries(PLACES)) {
      it(`is not shown ${place}`, async () => {
        const heard = /** @type {unknown[]} */ ([]);
        const options = {
          connectionString: make(key),
          onProgress: (/** @type {unknown} */ each) => heard.push(each),
        };
        const report = await examine(options, { webPorts: [], otherPorts: [], env: {}, limits: LIMITS });
        for (const each of [report, heard])
          assertHidden(JSON.stringify(each) + inspect(each, { depth: 9 }), key);
      });
    }
  });
}

it('is not shown where a command has other arguments', async () => {
  const [key] = KEYS;
  for (const args of [
    [key],
    [`--${key}`],
    ['--timeout', key],
    ['--protocol', key],
    ['--proxy', key],
    ['--ca', key],
  ]) {
    const written = /** @type {string[]} */ ([]);
    const stream = /** @type {any} */ ({ write: (/** @type {string} */ text) => written.push(text) });
    const env = { IOTHUB_DEVICE_CONNECTION_STRING: connectionStringTo(at) };
    await doctor([...args, '--json'], { stdout: stream, stderr: stream, env, exit: () => {} });
    assertHidden(written.join(''), key);
  }
});

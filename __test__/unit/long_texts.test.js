'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { SharedAccessKeyAuthenticationProvider, connect, diagnose, errors } = require('../..');
const { NEXT_FIELD } = require('../../lib/identity/connection_string');
const { readPrivateKey } = require('../../lib/tls/private_key');

/** What takes the square of a length does not come to an end with a million signs; what is linear takes some milliseconds. */

const MANY = 1_000_000;
const FIELDS = `HostName=h;SharedAccessKey=${Buffer.alloc(32).toString('base64')};`;

test('a place where a semicolon is missing is found in a row of blanks, and is not found', () => {
  const blanks = ' '.repeat(MANY);
  assert.deepEqual(`a${blanks}b`.split(NEXT_FIELD), [`a${blanks}b`]);
  assert.deepEqual(`a${blanks}DeviceId=d`.split(NEXT_FIELD), ['a', 'DeviceId=d']);
  assert.deepEqual('a, &x509=true|HostName=h'.split(NEXT_FIELD), ['a', 'x509=true', 'HostName=h']);
  assert.deepEqual('a GatewayHostName=g MyHostName=h'.split(NEXT_FIELD), [
    'a',
    'GatewayHostName=g MyHostName=h',
  ]);
});

test('slashes within and behind a host name', async () => {
  const slashes = '/'.repeat(MANY);
  for (const [host, read] of [
    [`g${slashes}`, 'g'],
    [`${slashes}g`, `${slashes}g`],
  ]) {
    const provider = SharedAccessKeyAuthenticationProvider.fromConnectionString(
      `${FIELDS}DeviceId=d;GatewayHostName=${host}`,
    );
    assert.equal((await provider.getDeviceCredentials()).gatewayHostName, read);
    provider.stop();
  }
});

test('many beginnings of a private key', () => {
  const key = '-----BEGIN PRIVATE KEY-----\n'.repeat(MANY / 10);
  assert.throws(() => readPrivateKey(key, undefined, false), { code: 'ERR_IOT_CLIENT_KEY_INVALID' });
});

test('a text that is too long for a connection string is called so by connect() and the doctor', async () => {
  const longest = `${FIELDS}DeviceId=`.padEnd(8192, 'd');
  await assert.rejects(connect({ connectionString: longest }), { code: 'ERR_IOT_DEVICE_ID_INVALID' });
  for (const connectionString of [`${longest}d`, FIELDS + 'DeviceId=d' + ' '.repeat(MANY) + 'b']) {
    const { length } = connectionString;
    await assert.rejects(connect({ connectionString }), (error) => {
      assert.ok(error instanceof errors.FormatError);
      assert.equal(error.code, 'ERR_IOT_CONNECTION_STRING_MALFORMED');
      assert.match(error.message, new RegExp(`is none: it has ${length} characters`));
      assert.match(error.hint, /8192/);
      return true;
    });
    const { findings, healthy } = await diagnose({ connectionString, timeout: 500 });
    assert.equal(healthy, false);
    assert.equal(findings[0].code, 'connection-string-other');
    assert.match(findings[0].title, new RegExp(`a text of ${length} characters`));
  }
});

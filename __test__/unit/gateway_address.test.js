'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { parseEndpoint } = require('../../lib/identity/gateway_address');

const GOOD = {
  'gateway.local': ['gateway.local', 8883],
  'localhost:12345': ['localhost', 12345],
  '192.168.1.4': ['192.168.1.4', 8883],
  '192.168.1.4:1': ['192.168.1.4', 1],
  '::1': ['::1', 8883],
  '[::1]': ['::1', 8883],
  '[fd00::1]:65535': ['fd00::1', 65535],
  edge_hub: ['edge_hub', 8883],
  'My-Gateway.Example.': ['My-Gateway.Example.', 8883],
  'grün.example': ['xn--grn-ioa.example', 8883],
  '4chan.org': ['4chan.org', 8883],
};

const BAD = [
  undefined,
  null,
  5,
  '',
  ' ',
  'a b',
  'gateway\n',
  'https://gateway',
  'gateway/path',
  'gatewäy/',
  'gatewäy/path',
  'gate\twäy',
  'gatewäy:8883/',
  'gateway:',
  'gateway:0',
  'gateway:65536',
  'gateway:x',
  'user@gateway',
  '[::1',
  '[fe80::1%eth0]:65535',
  '[fe80::1%eth0]',
  'fe80::1%eth0',
  '::1%lo',
  '[gateway]',
  '[]:1',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.256',
  'a..b',
  '.a',
  '-a',
  'a-',
  'x'.repeat(64),
  `${'x'.repeat(60)}.`.repeat(5) + 'com',
];

describe('the address of a gateway', () => {
  for (const [text, [host, port]] of Object.entries(GOOD)) {
    it(`is read from ${text}`, () => assert.deepEqual(parseEndpoint(text, 8883), { host, port }));
  }

  for (const text of BAD) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseEndpoint(text, 8883),
        (error) => {
          assert.equal(error.name, 'ArgumentError');
          assert.equal(error.code, 'ERR_IOT_HOST_INVALID');
          assert.ok(error.hint);
          assert.doesNotMatch(error.message, /\n/);
          return true;
        },
      );
    });
  }

  it('has no interface in it, and is said to: no certificate can name one', () => {
    for (const text of ['[fe80::1%eth0]:8883', 'fe80::1%eth0'])
      assert.throws(() => parseEndpoint(text, 8883), {
        message: /an interface behind a %/,
        hint: /^(?!.*fe80)/,
      });
  });

  it('without its scheme would do: the hint says so', () => {
    assert.throws(() => parseEndpoint('mqtts://gateway', 8883), { hint: /scheme/ });
  });
});

'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { inspect } = require('node:util');
const { errors } = require('../..');
const { proxyOfEnvironment } = require('../../lib/proxy/environment');
const { readProxy } = require('../../lib/proxy/proxy');

/** By what people write: host, port, and the user if one is named. */
const READ = {
  'http://proxy:3128': ['proxy', 3128],
  'http://proxy': ['proxy', 80],
  ' http://proxy:3128/\n': ['proxy', 3128],
  'proxy.example.com:8080': ['proxy.example.com', 8080],
  my_proxy: ['my_proxy', 80],
  'http://[::1]:3128': ['::1', 3128],
  '10.1.2.3:3128': ['10.1.2.3', 3128],
  'HTTP://dev:p%2Fw@proxy:3128': ['proxy', 3128, 'dev:p/w'],
  'dev:pw@proxy': ['proxy', 80, 'dev:pw'],
};

/** What URLs find a host in, though it is not the one that was meant. */
const REFUSED = [
  'http//proxy:3128',
  'http:/proxy:3128',
  'http:proxy:3128',
  'http:\\\\proxy:3128',
  'http://http://proxy:3128',
  'https//proxy:3128',
  'http://proxy:0',
  'http://proxy:3128/path',
  'http://proxy:3128?x',
  'proxy:3128#x',
  'ht!tp://dev:s3cret@proxy:1',
  'http:dev:s3cret@proxy:1',
  'http://dev:12/s3cret@proxy:3128',
  'http://dev:12?s3cret@proxy:3128',
  'http://dev:12#s3cret@proxy:3128',
  'http://domain\\dev:s3cret@proxy:3128',
  'http://pro\nxy:3128',
  '3128',
  '10.1.3:3128',
  '010.1.2.3:3128',
  '"proxy"',
  'proxy,other',
  'HTTPS_PROXY=proxy',
];

describe('a proxy as text', () => {
  for (const [text, [host, port, user]] of Object.entries(READ)) {
    it(`is ${JSON.stringify(text)}`, () => {
      const { authorization, ...proxy } = readProxy(text, 'proxy');
      assert.deepEqual(proxy, { host, port, origin: 'proxy' });
      assert.equal(authorization, user && `Basic ${Buffer.from(user).toString('base64')}`);
    });
  }

  for (const text of REFUSED) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => readProxy(text, 'HTTPS_PROXY'),
        (error) => {
          assert.ok(error instanceof errors.ArgumentError);
          assert.equal(error.code, 'ERR_IOT_PROXY_INVALID');
          assert.match(error.message, /^The proxy given as HTTPS_PROXY (has|names|is) \w/);
          assert.ok(!inspect(error).includes('s3cret'));
          return true;
        },
      );
    });
  }
});

describe('an exception from the proxy', () => {
  const isException = (no_proxy, host) =>
    proxyOfEnvironment({ host, port: 8883 }, { https_proxy: 'http://proxy', no_proxy }) === undefined;

  for (const [network, inside] of [
    ['10.0.0.0/8', '10.1.2.3'],
    ['0.0.0.0/0', '192.168.1.1'],
    ['fd00::/8', 'fd12::1'],
  ]) {
    it(`is what lies in ${network}`, () => {
      assert.ok(isException(network, inside));
      assert.ok(!isException(network, 'gateway.local') && !isException(network, 'fe80::1'));
    });
  }

  for (const network of [
    '10.0.0.0/',
    '0.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/0x0',
    '10.0.0.0/-1',
    '10.0.0.0/+0',
    '10.0.0.0/8/0',
    '10.0.0.0/0.0',
    '/0',
    '::/',
    '::/129',
  ]) {
    // prettier-ignore
    it(`is nobody by ${network}, which is no network`, () => {
      for (const host of ['10.0.0.1', '192.168.1.1', '::1', 'gateway.local'])
        assert.ok(!isException(network, host), host);
    });
  }
});

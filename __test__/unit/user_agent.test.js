'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const common = require('azure-iot-common');
const original = require('azure-iot-device').getUserAgentString;
const { version } = require('../../package.json');
const { getAgentPlatformString, getUserAgentString, userAgent } = require('../../lib/identity/user_agent');

describe('the user agent', () => {
  it('names this package, then the platform as the original does', async () => {
    const theirs = await original();
    assert.match(theirs, /^azure-iot-device\/[\d.]+ \(/);
    assert.equal(await getUserAgentString(), theirs.replace(/^\S+/, `edge-downstream/${version}`));
    assert.equal(userAgent(), await getUserAgentString());
  });

  it('gives the platform alone', async () => {
    const theirs = await new Promise((resolve) => common.getAgentPlatformString(resolve));
    assert.equal(await getAgentPlatformString(), theirs);
    assert.equal(await new Promise((resolve) => getAgentPlatformString(resolve)), theirs);
  });

  it('ends in the product info, in every form of the call', async () => {
    const plain = userAgent();
    const called = (...args) => new Promise((resolve) => getUserAgentString(...args, resolve));
    assert.equal(await called(), plain);
    assert.equal(await called('info'), `${plain}info`);
    assert.equal(await called(undefined), plain);
    assert.equal(await getUserAgentString('info'), `${plain}info`);
    assert.equal(await getUserAgentString(''), plain);
    assert.equal(userAgent('info'), `${plain}info`);
  });

  it('calls back after the call has returned', () => {
    let called = false;
    getUserAgentString(() => {
      called = true;
    });
    assert.equal(called, false);
  });

  it('takes no other product info than a text', () => {
    for (const info of [5, {}, true]) {
      assert.throws(() => getUserAgentString(info), TypeError);
      assert.throws(() => original(info), TypeError);
    }
  });
});

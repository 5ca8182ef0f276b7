'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { inspect } = require('node:util');
const {
  SharedAccessKeyAuthenticationProvider: KeyProvider,
} = require('../../lib/authentication/providers/shared_access_key');
const {
  SharedAccessSignatureAuthenticationProvider: TokenProvider,
} = require('../../lib/authentication/providers/shared_access_signature');
const { applyTokenRenewal } = require('../../lib/authentication/token_renewal');
const errors = require('../../lib/vocabulary/errors');

const KEY = 'c2VjcmV0';
const TEXT = `HostName=h.azure-devices.net;DeviceId=dev/1;SharedAccessKey=${KEY}`;
const TOKEN = 'SharedAccessSignature sr=hub.example%2Fdevices%2Fdev%2Fmodules%2Fmod&sig=c2ln&se=2000000000';

/** Counts how often it signs; the token is the number. */
class CountingProvider extends KeyProvider {
  signed = [];
  failing = false;

  _sign(resourceUri, expiry, callback) {
    this.signed.push({ resourceUri, expiry });
    if (this.failing) callback(new Error('signing failed'));
    else callback(null, `token ${this.signed.length}`);
  }
}

const credentials = (more) => ({ host: 'hub', deviceId: 'dev', sharedAccessKey: KEY, ...more });
const token = async (provider) => (await provider.getDeviceCredentials()).sharedAccessSignature;

test('a token as the original signs it', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: (1_700_000_000 - 3600) * 1000 });
  const provider = KeyProvider.fromConnectionString(TEXT);
  assert.equal(
    await token(provider),
    'SharedAccessSignature sr=h.azure-devices.net%2Fdevices%2Fdev%2F1' +
      '&sig=CiISA0illzcK2Sqp7jbzHGOQ2eEC476b3e23xbBsmjk%3D&se=1700000000',
  );
});

test('a module signs for its own resource', async () => {
  const provider = new CountingProvider(credentials({ moduleId: 'mod' }));
  await provider.getDeviceCredentials();
  provider.stop();
  assert.equal(provider.signed[0].resourceUri, 'hub%2Fdevices%2Fdev%2Fmodules%2Fmod');
});

test('tokens are renewed after their validity less the margin, and announced', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_700_000_000_000 });
  const provider = new CountingProvider(credentials());
  const announced = [];
  provider.on('newTokenAvailable', ({ sharedAccessSignature }) => announced.push(sharedAccessSignature));
  assert.equal(await token(provider), 'token 1');
  t.mock.timers.tick(2_699_000);
  assert.equal(await token(provider), 'token 1', 'a valid token is used again');
  assert.deepEqual(announced, []);
  t.mock.timers.tick(1_000);
  assert.deepEqual(announced, ['token 2']);
  t.mock.timers.tick(2_700_000);
  assert.deepEqual(announced, ['token 2', 'token 3']);
  assert.equal(provider.signed[2].expiry, 1_700_000_000 + 5400 + 3600);
});

test('stop ends the renewal, and the next credentials have a new token', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_700_000_000_000 });
  const provider = new CountingProvider(credentials());
  provider.stop();
  assert.equal(await token(provider), 'token 1');
  provider.stop();
  t.mock.timers.tick(10_000_000);
  assert.equal(provider.signed.length, 1);
  assert.equal(await token(provider), 'token 2');
});

test('a token signed while stop was called is not used again, for nothing would renew it', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_700_000_000_000 });
  const provider = new KeyProvider(credentials());
  const signers = [];
  provider._sign = (resourceUri, expiry, callback) => signers.push(callback);
  const first = token(provider);
  provider.stop();
  signers[0](null, 'token 1');
  assert.equal(await first, 'token 1');
  const second = token(provider);
  signers[1](null, 'token 2');
  assert.equal(await second, 'token 2');
});

test('new renewal values renew a running token at once', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_700_000_000_000 });
  const provider = new CountingProvider(credentials());
  provider.setTokenRenewalValues(100, 10);
  assert.equal(provider.signed.length, 0);
  await provider.getDeviceCredentials();
  applyTokenRenewal(provider, { tokenValidTimeInSeconds: 200, tokenRenewalMarginInSeconds: 50 });
  assert.equal(provider.signed.length, 2);
  t.mock.timers.tick(150_000);
  assert.equal(provider.signed.length, 3);
});

test('tokens of many weeks are not renewed all the time', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_700_000_000_000 });
  const provider = new CountingProvider(credentials(), 60 * 86_400, 900);
  await provider.getDeviceCredentials();
  const day = 86_400_000;
  for (let days = 0; days < 59; days += 1) t.mock.timers.tick(day);
  assert.equal(provider.signed.length, 1);
  for (let days = 0; days < 2; days += 1) t.mock.timers.tick(day);
  assert.equal(provider.signed.length, 2);
});

test('a renewal that fails is told to whoever listens and tried again', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_700_000_000_000 });
  const provider = new CountingProvider(credentials());
  await provider.getDeviceCredentials();
  provider.failing = true;
  t.mock.timers.tick(2_700_000);
  assert.equal(provider.signed.length, 2, 'with nobody listening the process lives on');
  const failed = once(provider, 'error');
  t.mock.timers.tick(30_000);
  assert.match((await failed)[0].message, /signing failed/);
  provider.failing = false;
  const announced = once(provider, 'newTokenAvailable');
  t.mock.timers.tick(30_000);
  await announced;
});

test('a signature that does not come is asked for again, and its token is no renewal when it comes yet', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_700_000_000_000 });
  const provider = new CountingProvider(credentials());
  const announced = [];
  provider.on('newTokenAvailable', ({ sharedAccessSignature }) => announced.push(sharedAccessSignature));
  await provider.getDeviceCredentials();
  const signers = [];
  const sign = provider._sign;
  provider._sign = (resourceUri, expiry, callback) => signers.push(callback);
  t.mock.timers.tick(2_700_000);
  assert.equal(signers.length, 1);
  provider._sign = sign;
  const failed = once(provider, 'error');
  t.mock.timers.tick(240_000);
  assert.equal((await failed)[0].code, 'ERR_IOT_TIMEOUT_CREDENTIALS');
  t.mock.timers.tick(1_000);
  assert.deepEqual(announced, ['token 2']);
  signers[0](null, 'late');
  assert.deepEqual(announced, ['token 2']);
});

test('while nobody signs, a token that was made before serves for as long as it is valid', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_700_000_000_000 });
  const provider = new CountingProvider(credentials());
  assert.equal(await token(provider), 'token 1');
  provider.stop();
  provider.failing = true;
  assert.equal(await token(provider), 'token 1');
  // It is asked again, soon and then every ten seconds at the latest.
  const before = provider.signed.length;
  // A timer that another one sets counts from the end of a tick.
  const pass = (ms) => {
    for (let i = 0; i < ms; i += 50) t.mock.timers.tick(50);
  };
  pass(1000);
  const soon = provider.signed.length - before;
  assert.ok(soon >= 3, `asked ${soon} times in a second`);
  pass(100_000);
  const often = provider.signed.length - before - soon;
  assert.ok(often >= 10 && often < 30, `asked ${often} times in 100 seconds`);
  const announced = once(provider, 'newTokenAvailable');
  provider.failing = false;
  pass(10_000);
  await announced;
  provider.stop();
  provider.failing = true;
  t.mock.timers.tick(3600_000);
  await assert.rejects(provider.getDeviceCredentials(), /signing failed/);
});

test('an error of the signer is the error of getDeviceCredentials, thrown or told', async () => {
  const provider = new CountingProvider(credentials());
  provider.failing = true;
  await assert.rejects(provider.getDeviceCredentials(), /signing failed/);
  provider._sign = () => {
    throw new Error('signer threw');
  };
  const error = await new Promise((resolve) => provider.getDeviceCredentials(resolve));
  assert.equal(error.message, 'signer threw');
});

test('a key that is not base64 is told before anybody is asked', async () => {
  const provider = new KeyProvider(credentials({ sharedAccessKey: 'not*base64' }));
  await assert.rejects(provider.getDeviceCredentials(), (error) => {
    assert.equal(error.code, 'ERR_IOT_KEY_NOT_BASE64');
    assert.ok(!inspect(error).includes('not*base64'));
    return true;
  });
});

test('arguments that cannot be used', () => {
  assert.throws(() => KeyProvider.fromConnectionString(''), ReferenceError);
  assert.throws(() => KeyProvider.fromConnectionString('HostName=h;DeviceId=d'), errors.ArgumentError);
  assert.throws(() => new KeyProvider(credentials(), 900), { name: 'ArgumentError', message: /900/ });
  assert.throws(() => new KeyProvider(credentials(), 100, 100), errors.ArgumentError);
  const provider = new KeyProvider(credentials());
  assert.throws(() => provider.setTokenRenewalValues(10, 20), errors.ArgumentError);
  assert.throws(() => provider.setTokenRenewalValues(undefined, 20), errors.ArgumentError);
  assert.throws(() => applyTokenRenewal({ type: 0 }, {}), errors.InvalidOperationError);
  assert.throws(
    () => applyTokenRenewal(TokenProvider.fromSharedAccessSignature(TOKEN), {}),
    errors.InvalidOperationError,
  );
});

test('a given token names hub, device and module', async () => {
  const provider = TokenProvider.fromSharedAccessSignature(TOKEN);
  const { host, deviceId, moduleId, sharedAccessSignature, gatewayHostName } =
    await provider.getDeviceCredentials();
  assert.deepEqual([host, deviceId, moduleId], ['hub.example', 'dev', 'mod']);
  assert.deepEqual([sharedAccessSignature, gatewayHostName], [TOKEN, undefined]);
  assert.equal(provider.type, 1);
  provider.stop();
});

test('a decoded resource will do, and one of something else names no device', async () => {
  const of = async (sr) => {
    const provider = TokenProvider.fromSharedAccessSignature(`SharedAccessSignature sr=${sr}&sig=s&se=1`);
    const { host, deviceId, moduleId } = await provider.getDeviceCredentials();
    return [host, deviceId, moduleId];
  };
  assert.deepEqual(await of('hub/devices/dev'), ['hub', 'dev', null]);
  assert.deepEqual(await of('hub%2Fother%2Fdev'), ['hub', null, null]);
  assert.deepEqual(await of('hub'), ['hub', null, null]);
  await assert.rejects(of('%E0%A4%A'), { name: 'FormatError', code: 'ERR_IOT_TOKEN_MALFORMED' });
});

test('a replaced token is announced', async () => {
  const provider = TokenProvider.fromSharedAccessSignature(TOKEN);
  const announced = once(provider, 'newTokenAvailable');
  provider.updateSharedAccessSignature('new token');
  assert.equal((await announced)[0].sharedAccessSignature, 'new token');
  assert.equal(await token(provider), 'new token');
});

test('printing a provider or its credentials shows no secret', async () => {
  const keyProvider = KeyProvider.fromConnectionString(TEXT);
  const tokenProvider = TokenProvider.fromSharedAccessSignature(TOKEN);
  for (const provider of [keyProvider, tokenProvider]) {
    const shown = [provider, await provider.getDeviceCredentials()].map((value) =>
      inspect(value, { showHidden: true, depth: Infinity, getters: true }),
    );
    for (const text of shown) assert.doesNotMatch(text, /c2VjcmV0|sig=/);
  }
  keyProvider.stop();
});

'use strict';

const assert = require('node:assert/strict');
const { createPrivateKey, generateKeyPairSync } = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { createChain, createDeviceCertificate } = require('../../gateway');
const { X509AuthenticationProvider } = require('../..');
const {
  SMALL,
  assertNoSecret,
  assertTold,
  connectionStringTo,
  faces,
  failureOf,
  listening,
} = require('./telling');

/** Certificate and key of a device that cannot be a pair, or not today: told before a socket is opened. */

const PASSPHRASE = 'correct horse battery staple';
const DAY = 24 * 3600 * 1000;

let directory, own, other, chained;
before(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-x509-'));
  const issuer = await createChain(SMALL);
  own = await createDeviceCertificate({ deviceId: 'd1' });
  other = await createDeviceCertificate({ deviceId: 'd1' });
  chained = await createDeviceCertificate({ deviceId: 'd1', issuer });
});
after(() => fs.rmSync(directory, { recursive: true }));

function fileWith(name, content) {
  const file = path.join(directory, name);
  fs.writeFileSync(file, content);
  return file;
}

const encrypted = (pem, cipher = 'aes-256-cbc') =>
  createPrivateKey(pem).export({ format: 'pem', type: 'pkcs8', cipher, passphrase: PASSPHRASE });
const cut = (pem) => pem.replace(/(\n[^\n]{20})[^\n]*\n/, '$1\n');

/** By what is wrong: the options, the code, and what the message names. */
const WRONG = {
  'nothing but x509=true': () => [{}, 'ERR_IOT_CLIENT_CERT_MISSING', ['X.509', 'cert']],
  'a certificate without its key': () => [
    { cert: own.certPem },
    'ERR_IOT_CLIENT_CERT_MISSING',
    ['X.509', 'key'],
  ],
  'the key of another certificate': () => [
    { cert: own.certPem, key: other.keyPem },
    'ERR_IOT_CLIENT_KEY_MISMATCH',
    ['"CN=d1"'],
  ],
  'the key of another chain': () => [
    { cert: chained.certPem, key: own.keyPem },
    'ERR_IOT_CLIENT_KEY_MISMATCH',
    ['"CN=d1"'],
  ],
  'key and certificate exchanged': () => [
    { cert: own.keyPem, key: own.certPem },
    'ERR_IOT_CLIENT_CERT_INVALID',
    ['private key', 'cert'],
  ],
  'a certificate as key': () => [
    { cert: own.certPem, key: own.certPem },
    'ERR_IOT_CLIENT_KEY_INVALID',
    ['no private key in key'],
  ],
  'a public key as key': () => [
    { cert: own.certPem, key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'pem', type: 'spki' }) }, // prettier-ignore
    'ERR_IOT_CLIENT_KEY_INVALID',
    ['no private key in key'],
  ],
  'a damaged certificate': () => [
    { cert: cut(own.certPem), key: own.keyPem },
    'ERR_IOT_CLIENT_CERT_INVALID',
    ['certificate in cert is damaged'],
  ],
  'a damaged key': () => [
    { cert: own.certPem, key: cut(own.keyPem) },
    'ERR_IOT_CLIENT_KEY_INVALID',
    ['private key in key cannot be read'],
    /./,
  ],
  'a certificate that is no certificate': () => [
    { cert: Buffer.from('hello'), key: own.keyPem },
    'ERR_IOT_CLIENT_CERT_INVALID',
    ['no certificate in cert'],
  ],
  'a certificate file that does not exist': () => [
    { cert: '/nowhere/device.pem', key: own.keyPem },
    'ERR_IOT_CLIENT_CERT_NOT_FOUND',
    ['"/nowhere/device.pem"', 'does not exist'],
    /ENOENT/,
  ],
  'a key file that does not exist': () => [
    { cert: own.certPem, key: '/nowhere/device.key' },
    'ERR_IOT_CLIENT_KEY_NOT_FOUND',
    ['"/nowhere/device.key"', 'does not exist'],
    /ENOENT/,
  ],
  'a file without a key': () => [
    { cert: own.certPem, key: fileWith('empty.key', 'nothing\n') },
    'ERR_IOT_CLIENT_KEY_INVALID',
    ['empty.key'],
  ],
  'a number as certificate': () => [
    { cert: 5, key: own.keyPem },
    'ERR_IOT_CLIENT_CERT_INVALID',
    ['cert is number'],
  ],
  'a number as key': () => [{ cert: own.certPem, key: 5 }, 'ERR_IOT_CLIENT_KEY_INVALID', ['key is number']],
  'the passphrase in place of the key': () => [
    { cert: own.certPem, key: PASSPHRASE },
    'ERR_IOT_CLIENT_KEY_INVALID',
    ['no private key in key'],
  ],
  'the key without its PEM markers': () => [
    { cert: own.certPem, key: own.keyPem.replace(/-----.*-----|\n/g, '') },
    'ERR_IOT_CLIENT_KEY_INVALID',
    ['base64 without the lines BEGIN and END'],
  ],
  'an encrypted key without its passphrase': () => [
    { cert: own.certPem, key: encrypted(own.keyPem) },
    'ERR_IOT_CLIENT_KEY_PASSPHRASE',
    ['encrypted', 'no passphrase'],
  ],
  'an encrypted key with another passphrase': () => [
    { cert: own.certPem, key: encrypted(own.keyPem), passphrase: 'wrong' },
    'ERR_IOT_CLIENT_KEY_PASSPHRASE',
    ['cannot be decrypted'],
    /./,
  ],
  'a key that is too short': () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' });
    return [{ cert: own.certPem, key }, 'ERR_IOT_CLIENT_KEY_TYPE', ['rsa of 1024 bits']];
  },
  'a key on another curve': () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const key = privateKey.export({ format: 'pem', type: 'sec1' });
    return [{ cert: own.certPem, key }, 'ERR_IOT_CLIENT_KEY_TYPE', ['"secp256k1"']];
  },
  'a certificate that has expired': async () => {
    const notBefore = new Date(Date.now() - 3 * DAY);
    const notAfter = new Date(Date.now() - DAY);
    const { certPem, keyPem } = await createDeviceCertificate({ deviceId: 'd1', notBefore, notAfter });
    const date = notAfter.toISOString().slice(0, 10);
    return [{ cert: certPem, key: keyPem }, 'ERR_IOT_CLIENT_CERT_EXPIRED', ['"CN=d1"', date]];
  },
  'a certificate of tomorrow': async () => {
    const notBefore = new Date(Date.now() + DAY);
    const { certPem, keyPem } = await createDeviceCertificate({ deviceId: 'd1', notBefore });
    const date = notBefore.toISOString().slice(0, 10);
    return [{ cert: certPem, key: keyPem }, 'ERR_IOT_CLIENT_CERT_NOT_YET_VALID', ['"CN=d1"', date]];
  },
};

for (const face of faces) {
  for (const [name, make] of Object.entries(WRONG)) {
    test(`${face.name}: ${name}`, async (t) => {
      const [options, code, names, cause] = await make();
      const server = net.createServer(() => assert.fail('a socket was opened'));
      const gateway = await listening(t, server);
      const address = connectionStringTo(gateway, { SharedAccessKey: undefined, x509: 'true' });
      const error = await failureOf(face, address, options);
      const secrets = [PASSPHRASE, own.keyPem, own.keyPem.split('\n')[1], other.keyPem.split('\n')[1]];
      // What is only out of date may be renewed, and a clock set.
      const type = /EXPIRED|NOT_YET_VALID/.test(code) ? 'NotConnectedError' : 'ArgumentError';
      assertTold(error, { type, code, names, cause, secrets });
    });
  }
}

test('what goes with a certificate and what does not', async (t) => {
  const gateway = await listening(t, net.createServer());
  const withKey = connectionStringTo(gateway);
  const x509 = connectionStringTo(gateway, { SharedAccessKey: undefined, x509: 'true' });
  const renewal = { tokenRenewal: { tokenValidTimeInSeconds: 60, tokenRenewalMarginInSeconds: 6 } };
  for (const face of faces) {
    const beside = await failureOf(face, withKey, { cert: own.certPem, key: own.keyPem });
    assertTold(beside, { type: 'ArgumentError', code: 'ERR_IOT_OPTION', names: ['cert', 'key'] });
    const renewed = await failureOf(face, x509, { cert: own.certPem, key: own.keyPem, ...renewal });
    assertTold(renewed, {
      type: 'InvalidOperationError',
      code: 'ERR_IOT_TOKEN_RENEWAL',
      names: ['tokenRenewal'],
    });
  }
});

test('a provider shows no key, and wants certificate and key from the start', async () => {
  const x509 = { cert: own.certPem, key: own.keyPem, passphrase: PASSPHRASE };
  const provider = X509AuthenticationProvider.fromX509Options('d1', 'hub.example', x509);
  const secrets = [PASSPHRASE, own.keyPem.split('\n')[1]];
  assertNoSecret(provider, secrets);
  const credentials = await provider.getDeviceCredentials();
  assert.deepEqual({ ...credentials.x509 }, x509);
  assert.ok(!require('node:util').inspect(credentials).includes(PASSPHRASE));
  provider.setX509Options({ cert: other.certPem, key: other.keyPem });
  assert.equal((await provider.getDeviceCredentials()).x509.cert, other.certPem);
  assert.throws(
    () => X509AuthenticationProvider.fromX509Options('d1', 'hub.example', undefined),
    ReferenceError,
  );
  assert.throws(() => X509AuthenticationProvider.fromX509Options('', 'hub.example', x509), ReferenceError);
  for (const missing of ['cert', 'key']) {
    const part = { ...x509, [missing]: undefined };
    assert.throws(() => X509AuthenticationProvider.fromX509Options('d1', 'hub.example', part), {
      name: 'ArgumentError',
      code: 'ERR_IOT_CLIENT_CERT_MISSING',
      message: new RegExp(missing),
    });
  }
});

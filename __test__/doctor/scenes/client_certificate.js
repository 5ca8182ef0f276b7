'use strict';

const { createPrivateKey, generateKeyPairSync } = require('node:crypto');
const { createChain, createDeviceCertificate } = require('../../../gateway');
const { startDemandingServer } = require('../../wire/demanding_server');
const { DEVICE, connectionStringTo, gatewayFor } = require('../surroundings');

const DAY_MS = 86_400_000;
const day = (/** @type {number} */ days) => new Date(Date.now() + days * DAY_MS);

/**
 * A gateway, the device that proves itself by a certificate, and what it is given.
 *
 * @param {import('node:test').TestContext} t
 * @param {(made: { chain: any, own: any }) => any} [change] What is given instead.
 * @param {{ issued?: boolean, deviceId?: string, notBefore?: Date, notAfter?: Date }} [options] `issued`: by the CA of
 *   the gateway.
 */
async function deviceFor(t, change = () => ({}), { issued = false, deviceId = DEVICE, ...dates } = {}) {
  const chain = await createChain({ variant: 'good-dns' });
  const own = await createDeviceCertificate({ deviceId, ...(issued && { issuer: chain }), ...dates });
  const x509 = issued ? 'ca' : { primaryThumbprint: own.thumbprintSha256 };
  const { ca, at } = await gatewayFor(t, {}, { chain, devices: [{ deviceId: DEVICE, x509 }] });
  const connectionString = connectionStringTo(at, { SharedAccessKey: undefined, x509: 'true' });
  const given = { cert: own.certPem, key: own.keyPem, ...(await change({ chain, own })) };
  const secrets = typeof given.key === 'string' && given.key.includes('\n') ? [given.key.split('\n')[1]] : [];
  return { ca, connectionString, ...given, secrets };
}

const leafOf = (/** @type {string} */ pem) => /-----BEGIN[^]*?-----END CERTIFICATE-----\n/.exec(pem)?.[0];

/** Certificate and key of the device, and what the gateway makes of them. @type {import('./index').Scenes} */
module.exports = {
  'client-certificate-missing': (t) => deviceFor(t, () => ({ cert: undefined, key: undefined })),
  'client-certificate-missing, without its key': (t) => deviceFor(t, () => ({ key: undefined })),
  'client-certificate-not-found': (t) => deviceFor(t, () => ({ cert: '/nowhere/device.pem' })),
  'client-certificate-broken': (t) => deviceFor(t, () => ({ cert: Buffer.from('hello') })),
  'client-key-not-found': (t) => deviceFor(t, () => ({ key: '/nowhere/device.key' })),
  'client-key-broken': (t) => deviceFor(t, ({ own }) => ({ key: own.certPem })),
  'client-key-locked': (t) =>
    deviceFor(t, ({ own }) => ({
      key: createPrivateKey(own.keyPem).export({
        format: 'pem',
        type: 'pkcs8',
        cipher: 'aes-256-cbc',
        passphrase: 'one',
      }),
      passphrase: 'another',
    })),
  'client-key-type': (t) =>
    deviceFor(t, () => ({
      key: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey.export({
        format: 'pem',
        type: 'pkcs8',
      }),
    })),
  'client-key-mismatch': (t) =>
    deviceFor(t, async () => ({ key: (await createDeviceCertificate({ deviceId: DEVICE })).keyPem })),
  'client-certificate-expired': (t) => deviceFor(t, undefined, { notBefore: day(-9), notAfter: day(-2) }),
  'client-certificate-not-yet-valid': (t) => deviceFor(t, undefined, { notBefore: day(2), notAfter: day(9) }),
  'client-certificate-name': (t) => deviceFor(t, undefined, { issued: true, deviceId: 'd2' }),
  'client-certificate-chain': (t) =>
    deviceFor(t, ({ own }) => ({ cert: leafOf(own.certPem) }), { issued: true }),
  'client-certificate-thumbprint': (t) =>
    deviceFor(t, async () => {
      const { certPem: cert, keyPem: key } = await createDeviceCertificate({ deviceId: DEVICE });
      return { cert, key };
    }),
  'client-certificate-untrusted': (t) =>
    deviceFor(
      t,
      async () => {
        const issuer = await createChain({ variant: 'good-dns', rootName: 'Another Root' });
        const { certPem: cert, keyPem: key } = await createDeviceCertificate({ deviceId: DEVICE, issuer });
        return { cert, key };
      },
      { issued: true },
    ),
  ...Object.fromEntries(
    /** @type {const} */ (['TLSv1.2', 'TLSv1.3']).map((version) => [
      `client-certificate-refused, by ${version}`,
      async (/** @type {import('node:test').TestContext} */ t) => {
        const chain = await createChain({ variant: 'good-dns' });
        const own = await createDeviceCertificate({ deviceId: DEVICE });
        const at = `localhost:${await startDemandingServer(t, chain, version)}`;
        const connectionString = connectionStringTo(at, { SharedAccessKey: undefined, x509: 'true' });
        return { connectionString, ca: chain.rootPem, cert: own.certPem, key: own.keyPem };
      },
    ]),
  ),
};

// @ts-check
'use strict';

const assert = require('node:assert');
const { X509Certificate } = require('node:crypto');
const { test } = require('node:test');
const { ACCEPTED, REFUSED_5, answer, chain, gatewayFor } = require('./raw-device');
const { createChain, createDeviceCertificate } = require('..');
const { issue } = require('../certificates/certificate');
const { authorityExtensions } = require('../certificates/extensions');
const { generateKeys } = require('../certificates/keys');
const { NO_PASSWORD, gatewayOf, own, refusal, showing } = require('./x509_device');

/** @typedef {import('..').DeviceCertificate} DeviceCertificate */

const KEYS = /** @type {const} */ ({ caKey: 'P-256', serverKey: 'P-256' });

/**
 * @param {DeviceCertificate} certificate
 * @returns {DeviceCertificate} without the intermediates
 */
function alone(certificate) {
  return { ...certificate, certPem: new X509Certificate(certificate.certPem).toString() };
}

test('C6 CA: the name of the device, and a chain that leads to the trust bundle', async (t) => {
  const authority = await createChain(KEYS);
  const certificate = await createDeviceCertificate({ deviceId: 'd1', issuer: authority });
  const [leaf, ...authorities] = certificate.certPem.split(/(?<=END CERTIFICATE-----\n)/);
  assert.strictEqual(authorities.length, 2);
  const shuffled = { ...certificate, certPem: [leaf, ...authorities.reverse()].join('') };
  const bundles = {
    root: authority.rootPem,
    intermediate: /** @type {string} */ (authority.intermediatePem),
    'several texts': [(await chain).rootPem, authority.rootPem],
    'several in one': (await chain).rootPem + authority.rootPem,
  };
  for (const [name, trustBundle] of Object.entries(bundles)) {
    const gateway = await gatewayOf(t, 'ca', { trustBundle });
    assert.strictEqual(await answer(gateway, NO_PASSWORD, showing(certificate)), ACCEPTED, name);
    assert.strictEqual(await answer(gateway, NO_PASSWORD, showing(shuffled)), ACCEPTED, name);
  }
  const byDeviceCa = await gatewayOf(t, 'ca', { trustBundle: authority.deviceCaPem });
  assert.strictEqual(await answer(byDeviceCa, NO_PASSWORD, showing(alone(certificate))), ACCEPTED);
});

test('C6 CA: without a trust bundle it is the root of the gateway’s chain, also of a later one', async (t) => {
  const gateway = await gatewayOf(t, 'ca');
  const certificate = await createDeviceCertificate({ deviceId: 'd1', issuer: await chain });
  assert.strictEqual(await answer(gateway, NO_PASSWORD, showing(certificate)), ACCEPTED);
  await gateway.restart({ chain: await createChain({ ...KEYS, rootName: 'Later' }) });
  assert.match(await refusal(gateway, showing(certificate)), /does not lead to the trust bundle/);
});

test('C6 CA refused: name, CA, chain, signature, dates', async (t) => {
  const issuer = await chain;
  const gateway = await gatewayOf(t, 'ca');
  const good = await createDeviceCertificate({ deviceId: 'd1', issuer });
  const missing = "certificate of 'd1' does not lead to the trust bundle: its chain ends with ";

  for (const deviceId of ['D1', 'd10', 'd1/m']) {
    assert.strictEqual(
      await refusal(gateway, showing(await createDeviceCertificate({ deviceId, issuer }))),
      `certificate of 'd1' has the common name '${deviceId}'`,
    );
  }
  assert.strictEqual(
    await refusal(
      gateway,
      showing(await createDeviceCertificate({ deviceId: 'd1', issuer, authority: true })),
    ),
    "certificate of 'd1' is that of a CA",
  );
  assert.strictEqual(
    await refusal(gateway, showing(await own)),
    `${missing}'CN=d1', issued by 'CN=d1'`,
    'signed by itself',
  );
  assert.strictEqual(
    await refusal(gateway, showing(alone(good))),
    `${missing}'CN=d1', issued by 'CN=edge.ca'`,
    'no intermediates',
  );
  // All CAs of every chain have the same names; only keys and signatures differ.
  const namesake = await createChain(KEYS);
  const foreign = await createDeviceCertificate({ deviceId: 'd1', issuer: namesake });
  assert.match(
    await refusal(gateway, showing(foreign)),
    /: its chain ends with 'CN=Azure_IoT_Hub_Intermediate_Cert_Test_Only', issued by 'CN=Azure_IoT_Hub_CA_Cert_Test_Only'$/,
    'root of the same name and another key',
  );
  const intermediates = good.certPem.slice(alone(good).certPem.length);
  const grafted = { ...foreign, certPem: alone(foreign).certPem + intermediates };
  assert.strictEqual(
    await refusal(gateway, showing(grafted)),
    `${missing}'CN=d1', issued by 'CN=edge.ca'`,
    'not signed by the device CA that it shows',
  );
});

test('C6 CA: of many CAs of one name a few are tried, and of many certificates the first', async (t) => {
  const dates = { notBefore: new Date(Date.now() - 3600000), notAfter: new Date(Date.now() + 3600000) };
  const keys = await generateKeys('P-256');
  const root = issue({ commonName: 'R', keys, extensions: authorityExtensions(), ...dates });
  const namesakes = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const own = await generateKeys('P-256');
      return issue({ commonName: 'A', keys: own, issuer: root, extensions: authorityExtensions(), ...dates });
    }),
  );
  const gateway = await gatewayFor(t, { devices: [{ deviceId: 'd1', x509: 'ca' }], trustBundle: root.pem });
  const byIssuer = async (/** @type {number} */ n) => {
    // One of version 1 does not say which key signed it, so that it fits all of them.
    const own = issue({ commonName: 'd1', keys, issuer: namesakes[n], extensions: [], version: 1, ...dates });
    const cert = [own, ...namesakes].map(({ pem }) => pem).join('');
    return answer(gateway, NO_PASSWORD, { cert, key: own.keyPem });
  };
  assert.strictEqual(await byIssuer(2), ACCEPTED);
  assert.strictEqual(await byIssuer(11), REFUSED_5);
});

test('C6 CA refused: a certificate of the chain has expired', async (t) => {
  const notBefore = new Date(Date.UTC(2020, 0, 1));
  const notAfter = new Date(Date.UTC(2020, 1, 1));
  const issuer = await createChain({ ...KEYS, certificates: { intermediate: { notBefore, notAfter } } });
  const gateway = await gatewayOf(t, 'ca', { trustBundle: issuer.rootPem });
  assert.strictEqual(
    await refusal(gateway, showing(await createDeviceCertificate({ deviceId: 'd1', issuer }))),
    "certificate 'CN=Azure_IoT_Hub_Intermediate_Cert_Test_Only' in the chain of 'd1' expired at 2020-02-01T00:00:00.000Z",
  );
});

test('C6 CA: a common name with characters that names escape', async (t) => {
  const deviceId = 'a,b=c:d';
  const gateway = await gatewayFor(t, { devices: [{ deviceId, x509: 'ca' }] });
  const certificate = await createDeviceCertificate({ deviceId, issuer: await chain });
  assert.strictEqual(await answer(gateway, { deviceId, ...NO_PASSWORD }, showing(certificate)), ACCEPTED);
});

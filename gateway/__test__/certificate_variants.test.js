// @ts-check
'use strict';

const assert = require('node:assert');
const { X509Certificate } = require('node:crypto');
const { spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const tls = require('node:tls');
const { test } = require('node:test');
const { CHAIN_VARIANTS, createChain, createDeviceCertificate, startGateway } = require('..');

/** @typedef {import('..').ChainVariant} ChainVariant */

/**
 * What OpenSSL says of each, for the name or address a device connects to; `undefined` if nothing is wrong.
 * @type {Record<ChainVariant, RegExp | undefined>}
 */
const VERDICTS = {
  'good-dns': undefined,
  'good-ip': undefined,
  'quick-start': undefined,
  'quick-start-with-ca': undefined,
  'full-chain': undefined,
  'root-included': undefined,
  shuffled: undefined,
  'no-usage': undefined,
  'p-256': undefined,
  'p-384': undefined,
  'p-521': undefined,
  ed25519: undefined,
  'missing-intermediate': /unable to get local issuer certificate/,
  'wrong-root': /unable to get local issuer certificate/,
  // Debian's OpenSSL tells the root that does not fit by its key identifier.
  'same-name-root': /unable to get local issuer certificate|certificate signature failure/,
  'expired-leaf': /error 10 at 0 depth lookup: certificate has expired/,
  'expired-intermediate': /error 10 at 2 depth lookup: certificate has expired/,
  'expired-root': /error 10 at 3 depth lookup: certificate has expired/,
  'not-yet-valid-leaf': /error 9 at 0 depth lookup: certificate is not yet valid/,
  'not-yet-valid-intermediate': /error 9 at 2 depth lookup: certificate is not yet valid/,
  'not-yet-valid-root': /error 9 at 3 depth lookup: certificate is not yet valid/,
  // OpenSSL falls back to the common name.
  'common-name-only': undefined,
  'wrong-name': /hostname mismatch/,
  'ip-as-dns-name': /IP address mismatch/,
  'leaf-is-ca': undefined,
  'client-usage': /unsuitable certificate purpose/,
  'version-1': undefined,
  'rsa-1024': /EE certificate key too weak/,
  'sha-1': /CA signature digest algorithm too weak/,
  'path-length': /path length constraint exceeded/,
};

/** The host a variant is for, where it is not localhost. @type {Partial<Record<ChainVariant, string>>} */
const HOSTS = { 'good-ip': '127.0.0.1', 'ip-as-dns-name': '127.0.0.1' };

const variants = /** @type {ChainVariant[]} */ (Object.keys(CHAIN_VARIANTS));

test('every variant has a verdict here, and a line for people', () => {
  assert.deepStrictEqual([...variants].sort(), Object.keys(VERDICTS).sort());
  for (const variant of variants) assert.match(CHAIN_VARIANTS[variant], /^[^\n]{10,100}$/);
});

for (const variant of variants) {
  test(`T1 ${variant}: ${CHAIN_VARIANTS[variant]}`, async (t) => {
    const chain = await createChain({ variant });
    const host = HOSTS[variant] ?? 'localhost';
    const { status, output } = verify(t, chain, host);
    const verdict = VERDICTS[variant];
    if (verdict) assert.match(output, verdict);
    assert.strictEqual(status === 0, verdict === undefined, output);

    const gateway = await startGateway({ chain });
    t.after(() => gateway.close());
    const presented = await presentedBy(gateway);
    assert.deepStrictEqual(presented, new X509Certificate(chain.serverPem).fingerprint256);
  });
}

test('a variant combines with other options', async () => {
  const shared = await createChain({ variant: 'p-256' });
  const chain = await createChain({
    variant: 'expired-leaf',
    issuer: shared,
    host: 'gw.local',
    certificates: { server: { commonName: 'other' } },
  });
  const server = new X509Certificate(chain.serverPem);
  assert.strictEqual(server.subject, 'CN=other');
  assert.match(server.subjectAltName ?? '', /DNS:gw\.local/);
  assert.ok(Date.parse(server.validTo) < Date.now());
  assert.strictEqual(chain.rootPem, shared.rootPem);
  const wrong = createChain({ variant: /** @type {any} */ ('expired') });
  await assert.rejects(wrong, /certificate variant 'expired' is unknown; there are good-dns, /);
});

test('the root that devices are given by mistake is not the one the chain leads to', async () => {
  for (const [variant, sameName] of /** @type {const} */ ([
    ['wrong-root', false],
    ['same-name-root', true],
  ])) {
    const chain = await createChain({ variant });
    const given = new X509Certificate(chain.rootPem);
    const actual = new X509Certificate(chain.actualRootPem);
    assert.strictEqual(given.subject === actual.subject, sameName);
    assert.notStrictEqual(given.fingerprint256, actual.fingerprint256);
    assert.ok(new X509Certificate(chain.intermediatePem ?? '').verify(actual.publicKey));
  }
});

test('version, digest and keys are what the variant says', async () => {
  const text = async (/** @type {ChainVariant} */ variant) => {
    const { serverPem } = await createChain({ variant });
    return spawnSync('openssl', ['x509', '-noout', '-text'], { input: serverPem, encoding: 'utf8' }).stdout;
  };
  assert.match(await text('version-1'), /Version: 1 \(0x0\)/);
  assert.match(await text('sha-1'), /Signature Algorithm: ecdsa-with-SHA1/);
  assert.match(await text('rsa-1024'), /Public-Key: \(1024 bit\)/);
  assert.match(await text('ed25519'), /Public Key Algorithm: ED25519/);
  assert.match(await text('leaf-is-ca'), /CA:TRUE/);
  assert.doesNotMatch(await text('no-usage'), /Extended Key Usage/);
  assert.match(await text('client-usage'), /Extended Key Usage: *\n *TLS Web Client Authentication/);
});

test('a gateway whose clock is wrong makes its certificates by that clock', async () => {
  const now = new Date('2020-01-01T00:00:00Z');
  const { serverPem } = await createChain({ caKey: 'P-256', serverKey: 'P-256', now });
  assert.strictEqual(Date.parse(new X509Certificate(serverPem).validFrom), now.getTime());
});

test('a device certificate is self-signed, or issued by the device CA of a chain', async () => {
  const alone = await createDeviceCertificate({ deviceId: 'd1' });
  const self = new X509Certificate(alone.certPem);
  assert.strictEqual(self.subject, 'CN=d1');
  assert.ok(self.verify(self.publicKey));
  assert.strictEqual(alone.caPem, undefined);
  assert.strictEqual(alone.thumbprintSha256, self.fingerprint256.replaceAll(':', ''));
  assert.match(alone.thumbprintSha1, /^[0-9A-F]{40}$/);

  const chain = await createChain({ variant: 'p-256' });
  const issued = await createDeviceCertificate({ deviceId: 'd2', issuer: chain });
  const pems = issued.certPem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? [];
  const [leaf, deviceCa, intermediate] = pems.map((pem) => new X509Certificate(pem));
  assert.ok(leaf.verify(deviceCa.publicKey) && deviceCa.verify(intermediate.publicKey));
  assert.strictEqual(issued.caPem, chain.actualRootPem);
});

/**
 * OpenSSL's verdict, with the intermediates that the gateway sends and the root that the device has.
 * @param {import('node:test').TestContext} t
 * @param {import('..').Chain} chain
 * @param {string} host
 */
function verify(t, chain, host) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'chain-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  const file = (/** @type {string} */ name, /** @type {string} */ pem) => {
    fs.writeFileSync(path.join(directory, name), pem);
    return path.join(directory, name);
  };
  const name = host === 'localhost' ? ['-verify_hostname', host] : ['-verify_ip', host];
  const trusted = ['-no-CApath', '-no-CAstore', '-CAfile', file('root.pem', chain.rootPem)];
  const sent = ['-untrusted', file('sent.pem', chain.chainPem)];
  const args = ['verify', ...trusted, ...sent, ...name, '-purpose', 'sslserver', '-auth_level', '2'];
  const { status, stdout, stderr } = spawnSync('openssl', [...args, file('server.pem', chain.serverPem)], {
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/**
 * The fingerprint of the certificate that the gateway presents.
 * @param {import('..').Gateway} gateway
 */
async function presentedBy({ host, port }) {
  const socket = tls.connect({ host, port, rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=0' });
  await once(socket, 'secureConnect');
  const fingerprint = socket.getPeerX509Certificate()?.fingerprint256;
  socket.destroy();
  return fingerprint;
}

// @ts-check
'use strict';

const assert = require('node:assert');
const { X509Certificate } = require('node:crypto');
const { execFile, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');
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
    for (const version of ['tls1_2', 'tls1_3']) {
      assert.deepStrictEqual(await sentBy(gateway, version), certificatesIn(chain.chainPem), version);
    }
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

test('each certificate says what its variant says, and no other does', async () => {
  const marks = /** @type {const} */ ({
    'version-1': /Version: 1 \(0x0\)/,
    'sha-1': /Signature Algorithm: ecdsa-with-SHA1/,
    'rsa-1024': /Public-Key: \(1024 bit\)/,
    'p-384': /ASN1 OID: secp384r1/,
    'p-521': /ASN1 OID: secp521r1/,
    ed25519: /Public Key Algorithm: ED25519/,
    'leaf-is-ca': /CA:TRUE/,
    'wrong-name': /DNS:other\.example/,
    'good-ip': /IP Address:127\.0\.0\.1/,
    'ip-as-dns-name': /DNS:127\.0\.0\.1/,
    'client-usage': /Extended Key Usage: *\n *TLS Web Client Authentication/,
    'path-length': /Issuer: CN ?= ?iotedged workload ca edge/,
  });
  /** @type {Record<string, RegExp>} */
  const absent = {
    'no-usage': /Extended Key Usage/,
    'common-name-only': /Subject Alternative Name/,
  };
  for (const variant of variants) {
    const { serverPem } = await createChain({ variant });
    const { stdout } = spawnSync('openssl', ['x509', '-noout', '-text'], {
      input: serverPem,
      encoding: 'utf8',
    });
    for (const [marked, mark] of Object.entries(marks)) {
      assert.strictEqual(mark.test(stdout), marked === variant, `${variant}: ${mark}`);
    }
    for (const [unmarked, mark] of Object.entries(absent)) {
      const without = unmarked === variant || variant === 'version-1';
      assert.strictEqual(mark.test(stdout), !without, `${variant}: ${mark}`);
    }
  }
});

test('the CAs of a variant about keys have them, too', async () => {
  for (const [variant, curve] of /** @type {const} */ ([
    ['p-256', 'prime256v1'],
    ['p-384', 'secp384r1'],
    ['p-521', 'secp521r1'],
    ['ed25519', undefined],
  ])) {
    const { rootPem, intermediatePem = '', deviceCaPem, serverPem } = await createChain({ variant });
    for (const pem of [rootPem, intermediatePem, deviceCaPem, serverPem]) {
      const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(pem).publicKey;
      assert.strictEqual(asymmetricKeyType, curve ? 'ec' : 'ed25519');
      assert.strictEqual(asymmetricKeyDetails?.namedCurve, curve);
    }
  }
});

test('a variant is for the host that it is given, and for the usual one where undefined is given', async () => {
  const options = { host: '10.1.2.3', variant: /** @type {const} */ ('ip-as-dns-name') };
  const chain = await createChain(options);
  assert.strictEqual(chain.host, '10.1.2.3');
  assert.strictEqual(new X509Certificate(chain.serverPem).subjectAltName, 'DNS:10.1.2.3, DNS:edgeHub');
  const usual = await createChain({ ...options, host: undefined, caKey: undefined });
  assert.strictEqual(usual.host, '127.0.0.1');
  assert.strictEqual(new X509Certificate(usual.rootPem).publicKey.asymmetricKeyType, 'ec');
  const large = await createChain({ variant: 'good-dns', caKeySize: 1536 });
  const { asymmetricKeyDetails } = new X509Certificate(large.rootPem).publicKey;
  assert.strictEqual(asymmetricKeyDetails?.modulusLength, 1536);
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

test('OpenSSL takes a device certificate for a client’s, and for nobody else’s', async (t) => {
  const chain = await createChain({ variant: 'p-256' });
  const { certPem, caPem = '' } = await createDeviceCertificate({ deviceId: 'd1', issuer: chain });
  const [leaf] = certificatesIn(certPem);
  const judge = (/** @type {string} */ purpose) =>
    opensslVerify(t, { leaf, sent: certPem, trusted: caPem }, ['-purpose', purpose]);
  assert.strictEqual(judge('sslclient').status, 0, judge('sslclient').output);
  assert.match(judge('sslserver').output, /unsuitable certificate purpose/);
});

test('createDeviceCertificate names the value that it cannot use', async () => {
  /** @type {Array<[any, RegExp]>} */
  const refused = [
    [{}, /deviceId must be a string that is not empty/],
    [{ deviceId: 'd1', notAfter: '2020' }, /notAfter must be a valid Date, not '2020'/],
    [{ deviceId: 'd1', names: ['d1'] }, /'names' is unknown; there are deviceId, /],
    [{ deviceId: 'd1', key: 'dsa' }, /key kind 'dsa' is not one of/],
    [{ deviceId: 'd1', issuer: {} }, /'issuer' is not a chain/],
  ];
  for (const [options, words] of refused) await assert.rejects(createDeviceCertificate(options), words);
});

/**
 * OpenSSL's verdict, with the intermediates that the gateway sends and the root that the device has.
 * @param {import('node:test').TestContext} t
 * @param {import('..').Chain} chain
 * @param {string} host
 */
function verify(t, chain, host) {
  const name = host === 'localhost' ? ['-verify_hostname', host] : ['-verify_ip', host];
  const files = { leaf: chain.serverPem, sent: chain.chainPem, trusted: chain.rootPem };
  return opensslVerify(t, files, [...name, '-purpose', 'sslserver', '-auth_level', '2']);
}

/**
 * @param {import('node:test').TestContext} t
 * @param {{ leaf: string, sent: string, trusted: string }} pems
 * @param {string[]} options
 */
function opensslVerify(t, pems, options) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'chain-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  const file = (/** @type {keyof typeof pems} */ name) => {
    fs.writeFileSync(path.join(directory, name), pems[name]);
    return path.join(directory, name);
  };
  const trusted = ['-no-CApath', '-no-CAstore', '-CAfile', file('trusted')];
  const args = ['verify', ...trusted, '-untrusted', file('sent'), ...options, file('leaf')];
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/**
 * The certificates that the gateway sends, in order.
 * @param {import('..').Gateway} gateway
 * @param {string} version
 */
async function sentBy({ host, port }, version) {
  const args = ['s_client', '-showcerts', '-connect', `${host}:${port}`, `-${version}`];
  const client = promisify(execFile)('openssl', [...args, '-cipher', 'DEFAULT@SECLEVEL=0']);
  client.child.stdin?.end();
  const { stdout } = await client;
  // Behind the chain, the server certificate is shown once more.
  return certificatesIn(stdout.slice(0, stdout.indexOf('Server certificate')));
}

/**
 * @param {string} pem
 * @returns {string[]}
 */
function certificatesIn(pem) {
  return pem.match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g) ?? [];
}

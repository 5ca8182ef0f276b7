// @ts-check
'use strict';

const assert = require('node:assert');
const { X509Certificate, createPrivateKey } = require('node:crypto');
const { execFileSync } = require('node:child_process');
const { test } = require('node:test');
const { createChain } = require('..');

const DAY = 24 * 3600 * 1000;

/** @param {string} pem */
const parse = (pem) => new X509Certificate(pem);

/** @param {string} pem */
const bundle = (pem) => (pem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----\n/g) || []).map(parse);

/**
 * The text that OpenSSL prints, white space collapsed.
 * @param {string} pem
 */
function opensslText(pem) {
  const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: pem, encoding: 'utf8' });
  return text.replace(/\s+/g, ' ');
}

/**
 * Extensions in order, each as `name[: critical]`.
 * @param {string} pem
 */
function extensionNames(pem) {
  const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: pem, encoding: 'utf8' });
  return [...text.matchAll(/^ {12}(X509v3 .*?): ?(critical)?$/gm)].map(([, name, critical]) =>
    critical ? `${name}: critical` : name,
  );
}

/**
 * @param {string} pem
 * @param {'Subject' | 'Authority'} whose
 */
function keyIdentifier(pem, whose) {
  const identifier = new RegExp(`X509v3 ${whose} Key Identifier: ([0-9A-F:]{59})`).exec(opensslText(pem));
  assert.ok(identifier, `${whose} Key Identifier`);
  return identifier[1];
}

test('T1 the server certificate is edgeHub’s, field by field', async () => {
  const before = Date.now();
  const chain = await createChain({ host: 'gw.local' });
  const after = Date.now();
  const server = parse(chain.serverPem);
  const text = opensslText(chain.serverPem);

  assert.match(text, /Version: 3 \(0x2\) Serial Number: 0 \(0x0\)/);
  assert.strictEqual(server.subject, 'CN=gw.local');
  assert.strictEqual(server.issuer, 'CN=edge.ca');
  assert.strictEqual(server.subjectAltName, 'DNS:gw.local, DNS:edgeHub');
  assert.match(text, /X509v3 Extended Key Usage: TLS Web Server Authentication X509v3/);
  assert.strictEqual(
    keyIdentifier(chain.serverPem, 'Authority'),
    keyIdentifier(chain.deviceCaPem, 'Subject'),
  );
  assert.deepStrictEqual(extensionNames(chain.serverPem), [
    'X509v3 Subject Alternative Name',
    'X509v3 Extended Key Usage',
    'X509v3 Subject Key Identifier',
    'X509v3 Authority Key Identifier',
  ]);
  assert.strictEqual(server.ca, false);
  assert.strictEqual(server.publicKey.asymmetricKeyType, 'rsa');
  assert.strictEqual(server.publicKey.asymmetricKeyDetails?.modulusLength, 2048);
  assert.match(text, /Signature Algorithm: sha256WithRSAEncryption/);
  const notBefore = Date.parse(server.validFrom);
  assert.ok(notBefore > before - 1000 && notBefore <= after, server.validFrom);
  assert.strictEqual(Date.parse(server.validTo) - notBefore, 30 * DAY);
  assert.ok(server.checkPrivateKey(createPrivateKey(chain.serverKeyPem)));
  assert.ok(server.checkIssued(parse(chain.deviceCaPem)));
  assert.ok(server.verify(parse(chain.deviceCaPem).publicKey));
});

test('T1 the CAs are certGen’s', async () => {
  const chain = await createChain({ edgeDeviceName: 'line7' });
  const { rootPem, intermediatePem = '', deviceCaPem } = chain;
  const root = parse(rootPem);
  const intermediate = parse(intermediatePem);
  const deviceCa = parse(deviceCaPem);

  assert.strictEqual(root.subject, 'CN=Azure_IoT_Hub_CA_Cert_Test_Only');
  assert.strictEqual(intermediate.subject, 'CN=Azure_IoT_Hub_Intermediate_Cert_Test_Only');
  assert.strictEqual(deviceCa.subject, 'CN=line7.ca');
  assert.ok(root.verify(root.publicKey));
  assert.ok(intermediate.verify(root.publicKey) && intermediate.checkIssued(root));
  assert.ok(deviceCa.verify(intermediate.publicKey) && deviceCa.checkIssued(intermediate));
  for (const pem of [rootPem, intermediatePem, deviceCaPem]) {
    const text = opensslText(pem);
    assert.match(text, /Basic Constraints: critical CA:TRUE X509v3/);
    assert.match(text, /Key Usage: critical Digital Signature, Certificate Sign, CRL Sign X509v3/);
    assert.match(text, /Version: 3 /);
    assert.deepStrictEqual(extensionNames(pem), [
      'X509v3 Basic Constraints: critical',
      'X509v3 Key Usage: critical',
      'X509v3 Subject Key Identifier',
      'X509v3 Authority Key Identifier',
    ]);
    const { ca, publicKey, validFrom, validTo } = parse(pem);
    assert.strictEqual(ca, true);
    assert.strictEqual(publicKey.asymmetricKeyDetails?.modulusLength, 2048);
    assert.strictEqual(Date.parse(validTo) - Date.parse(validFrom), 30 * DAY);
  }
});

test('T1 presented: server, device CA, intermediate; the root is left out', async () => {
  const chain = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
  assert.deepStrictEqual(
    bundle(chain.chainPem).map(({ subject }) => subject),
    ['CN=localhost', 'CN=edge.ca', 'CN=Azure_IoT_Hub_Intermediate_Cert_Test_Only'],
  );
  const missing = await createChain({ issuer: chain, present: ['server', 'deviceCa'] });
  assert.deepStrictEqual(
    bundle(missing.chainPem).map(({ subject }) => subject),
    ['CN=localhost', 'CN=edge.ca'],
  );
  const shuffled = await createChain({
    issuer: chain,
    present: ['server', 'root', 'intermediate', 'deviceCa'],
  });
  assert.strictEqual(bundle(shuffled.chainPem)[1].subject, 'CN=Azure_IoT_Hub_CA_Cert_Test_Only');
});

test('T1 quick start: self-signed Edge CA with path length 0 for 90 days, leaf only', async () => {
  const chain = await createChain({ quickStart: true, edgeDeviceName: 'line7', caKey: 'P-256' });
  const authority = parse(chain.rootPem);
  assert.strictEqual(authority.subject, 'CN=aziot-edge CA line7');
  assert.strictEqual(authority.issuer, authority.subject);
  assert.strictEqual(chain.deviceCaPem, chain.rootPem);
  assert.strictEqual(chain.intermediatePem, undefined);
  assert.strictEqual(chain.chainPem, chain.serverPem);
  assert.match(opensslText(chain.rootPem), /Basic Constraints: critical CA:TRUE, pathlen:0 /);
  assert.match(opensslText(chain.rootPem), /Key Usage: critical Digital Signature, Certificate Sign X509v3/);
  assert.strictEqual(Date.parse(authority.validTo) - Date.parse(authority.validFrom), 90 * DAY);
  assert.ok(parse(chain.serverPem).verify(authority.publicKey));
});

test('T1 IP addresses are iPAddress names', async () => {
  const host = ['10.0.0.5', 'gw.local', '2001:db8::1', '::ffff:10.1.2.3'];
  const chain = await createChain({ host, caKey: 'P-256', serverKey: 'P-256' });
  const server = parse(chain.serverPem);
  assert.strictEqual(server.subject, 'CN=10.0.0.5');
  assert.strictEqual(
    server.subjectAltName,
    'IP Address:10.0.0.5, DNS:gw.local, IP Address:2001:DB8:0:0:0:0:0:1, ' +
      'IP Address:0:0:0:0:0:FFFF:A01:203, DNS:edgeHub',
  );
});

test('T1 curves sign with the digest of their strength', async () => {
  for (const [kind, digest] of /** @type {const} */ ([
    ['P-256', 'SHA256'],
    ['P-384', 'SHA384'],
    ['P-521', 'SHA512'],
  ])) {
    const chain = await createChain({ caKey: kind, serverKey: kind });
    assert.match(opensslText(chain.serverPem), new RegExp(`Signature Algorithm: ecdsa-with-${digest} `));
    assert.ok(parse(chain.serverPem).verify(parse(chain.deviceCaPem).publicKey));
    assert.ok(parse(chain.rootPem).verify(parse(chain.rootPem).publicKey));
  }
});

test('T1 validity of the server certificate can be set; it ends with its issuer by default', async () => {
  const good = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
  const now = Math.floor(Date.now() / 1000) * 1000;
  const day = (/** @type {number} */ n) => new Date(now + n * DAY);
  const expired = await createChain({
    issuer: good,
    certificates: { server: { notBefore: day(-40), notAfter: day(-1) } },
  });
  assert.strictEqual(Date.parse(parse(expired.serverPem).validTo), day(-1).getTime());
  const future = await createChain({ issuer: good, certificates: { server: { notBefore: day(5) } } });
  assert.strictEqual(Date.parse(parse(future.serverPem).validFrom), day(5).getTime());
  assert.strictEqual(parse(future.serverPem).validTo, parse(good.deviceCaPem).validTo);
  const late = await createChain({
    issuer: good,
    certificates: { server: { notAfter: new Date('2055-01-02T03:04:05Z') } },
  });
  assert.strictEqual(Date.parse(parse(late.serverPem).validTo), Date.parse('2055-01-02T03:04:05Z'));
});

test('T1 a new root has the same name and another key; root and issuer share keys', async () => {
  const first = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
  const again = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
  assert.strictEqual(parse(again.rootPem).subject, parse(first.rootPem).subject);
  assert.strictEqual(parse(again.deviceCaPem).verify(parse(first.rootPem).publicKey), false);
  assert.strictEqual(parse(again.intermediatePem || '').verify(parse(first.rootPem).publicKey), false);

  const sameRoot = await createChain({ root: first, caKey: 'P-256', serverKey: 'P-256' });
  assert.strictEqual(sameRoot.rootPem, first.rootPem);
  assert.notStrictEqual(sameRoot.deviceCaPem, first.deviceCaPem);
  assert.ok(parse(sameRoot.intermediatePem || '').verify(parse(first.rootPem).publicKey));

  const renewed = await createChain({ issuer: first, serverKey: 'P-256' });
  assert.strictEqual(renewed.deviceCaPem, first.deviceCaPem);
  assert.notStrictEqual(renewed.serverPem, first.serverPem);

  const named = await createChain({ rootName: 'Plant Root', caKey: 'P-256', serverKey: 'P-256' });
  assert.strictEqual(parse(named.rootPem).subject, 'CN=Plant Root');
});

test('createChain names the value that it cannot use', async () => {
  await assert.rejects(createChain({ caKey: /** @type {any} */ ('dsa') }), /key kind 'dsa' is not one of/);
  await assert.rejects(
    createChain({
      quickStart: true,
      caKey: 'P-256',
      serverKey: 'P-256',
      present: ['server', 'intermediate'],
    }),
    /'present' names 'intermediate', which this chain does not have/,
  );
  await assert.rejects(createChain({ issuer: /** @type {any} */ ({}) }), /'issuer' is not a chain/);
});

test('createChain refuses what it would ignore', async () => {
  const shared = await createChain({ variant: 'p-256' });
  /** @type {Array<[any, RegExp]>} */
  const refused = [
    [{ certificates: { leaf: {} } }, /certificates\.leaf is not made here; .* there are server, root, /],
    [{ hosts: ['a'] }, /^TypeError: createChain: 'hosts' is unknown; there are variant, host, present, /],
    [{ host: 5 }, /host must be a name or an address/],
    [{ host: [] }, /host must be a name or an address/],
    [{ present: 'server' }, /present must be an array/],
    [{ rootName: 5 }, /rootName must be a string/],
    [{ certificates: { server: { notafter: new Date() } } }, /certificates\.server: 'notafter' is unknown; /],
    [{ certificates: { root: { names: ['a'] } } }, /certificates\.root: 'names' is unknown; there are /],
    [{ certificates: { server: { pathLength: 0 } } }, /certificates\.server: 'pathLength' is unknown; /],
    [
      { certificates: { server: { notAfter: new Date(NaN) } } },
      /notAfter must be a valid Date, not 'Invalid/,
    ],
    [{ certificates: { server: { digest: 'md5' } } }, /digest must be one of sha1, sha256, .*, not 'md5'/],
    [{ certificates: { server: { usages: ['code'] } } }, /usages must be false or an array, .*, not 'code'/],
    [
      { certificates: { deviceCa: { pathLength: -1 } } },
      /pathLength must be a whole number from 0 to 127, not '-1'/,
    ],
    [
      { caKey: 'Ed25519', certificates: { server: { digest: 'sha1' } } },
      /Ed25519 key cannot sign with 'sha1'/,
    ],
    [
      { variant: 'expired-root', issuer: shared },
      /certificates\.root is not made here; .* there are server$/,
    ],
    [{ variant: 'expired-root', root: shared }, /certificates\.root is not made here; /],
    [{ variant: 'expired-root', quickStart: true }, /root is not made here; .* there are server, deviceCa$/],
    [{ variant: 'path-length', quickStart: true }, /certificates\.workloadCa is not made here; /],
    [{ quickStart: true, root: shared }, /it cannot share 'root'/],
    [{ variant: 'good-ip', host: 'gw.local' }, /'good-ip' needs an IP address as host, .*, not 'gw\.local'/],
    [{ rootGiven: 'another' }, /rootGiven must be one of actual, stranger, namesake, not 'another'/],
    [{ now: '2020-01-01' }, /now must be a valid Date, not '2020-01-01'/],
  ];
  for (const [options, words] of refused) {
    await assert.rejects(createChain({ caKey: 'P-256', serverKey: 'P-256', ...options }), words);
  }
});

test('T1 presented by default is what the chain has, also when another chain issues', async () => {
  const small = /** @type {const} */ ({ caKey: 'P-256', serverKey: 'P-256' });
  const sent = (/** @type {import('..').Chain} */ { chainPem }) =>
    bundle(chainPem).map(({ subject }) => subject);
  const quick = await createChain({ ...small, quickStart: true });
  assert.deepStrictEqual(sent(await createChain({ ...small, issuer: quick })), ['CN=localhost']);
  const long = await createChain({ ...small, certificates: { workloadCa: {} } });
  assert.deepStrictEqual(sent(long), [
    'CN=localhost',
    'CN=iotedged workload ca edge',
    'CN=edge.ca',
    'CN=Azure_IoT_Hub_Intermediate_Cert_Test_Only',
  ]);
  assert.deepStrictEqual(sent(await createChain({ ...small, issuer: long })), sent(long));
});

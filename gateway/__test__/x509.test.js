// @ts-check
'use strict';

const assert = require('node:assert');
const { X509Certificate } = require('node:crypto');
const { once } = require('node:events');
const { test } = require('node:test');
const {
  ACCEPTED,
  PINGREQ,
  PINGRESP,
  RawDevice,
  answer,
  chain,
  connectPacket,
  gatewayFor,
  sas,
} = require('./raw-device');
const { createDeviceCertificate, startGateway } = require('..');
const { NO_PASSWORD, gatewayOf, own, refusal, showing } = require('./x509_device');

const DAY = 24 * 3600 * 1000;
const other = createDeviceCertificate({ deviceId: 'd1' });

test('C6 thumbprint: SHA-1 or SHA-256, primary or secondary, any letter case, TLS 1.2 and 1.3', async (t) => {
  const { thumbprintSha1, thumbprintSha256 } = await own;
  const { thumbprintSha256: foreign } = await other;
  const choices = [
    { primaryThumbprint: thumbprintSha1 },
    { primaryThumbprint: thumbprintSha256.toLowerCase() },
    { primaryThumbprint: foreign, secondaryThumbprint: thumbprintSha1.toLowerCase() },
    { primaryThumbprint: foreign, secondaryThumbprint: thumbprintSha256 },
    { primaryThumbprint: new X509Certificate((await own).certPem).fingerprint256 },
  ];
  for (const x509 of choices) {
    const gateway = await gatewayOf(t, x509);
    for (const maxVersion of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
      const connected = once(gateway, 'connected');
      const options = { ...showing(await own), maxVersion };
      assert.strictEqual(await answer(gateway, NO_PASSWORD, options), ACCEPTED, JSON.stringify(x509));
      assert.strictEqual((await connected)[0].authentication, 'x509');
    }
  }
});

test('C6 thumbprint: another certificate and one that is not valid are refused', async (t) => {
  const { thumbprintSha1: primaryThumbprint } = await own;
  const { thumbprintSha1, thumbprintSha256 } = await other;
  const gateway = await gatewayOf(t, { primaryThumbprint });
  assert.strictEqual(
    await refusal(gateway, showing(await other)),
    `certificate of 'd1' has the thumbprint ${thumbprintSha1.toLowerCase()}, ` +
      `SHA-256 ${thumbprintSha256.toLowerCase()}, and not one of its own`,
  );
  // Certificates count whole seconds, and all dates here are of one of them.
  const now = Math.floor(Date.now() / 1000) * 1000;
  const at = (/** @type {number} */ days) => new Date(now + days * DAY);
  const expired = await createDeviceCertificate({ deviceId: 'd1', notBefore: at(-2), notAfter: at(-1) });
  const early = await createDeviceCertificate({ deviceId: 'd1', notBefore: at(1), notAfter: at(2) });
  gateway.rotateKeys('d1', {
    primaryThumbprint: expired.thumbprintSha1,
    secondaryThumbprint: early.thumbprintSha1,
  });
  assert.strictEqual(
    await refusal(gateway, showing(expired)),
    `certificate of 'd1' expired at ${at(-1).toISOString()}`,
  );
  assert.strictEqual(
    await refusal(gateway, showing(early)),
    `certificate of 'd1' is not valid before ${at(1).toISOString()}`,
  );
});

test('C6 clock: dates of certificates and tokens are judged by the gateway’s clock', async (t) => {
  const { thumbprintSha1: primaryThumbprint } = await own;
  const devices = [{ deviceId: 'd1', x509: { primaryThumbprint } }, { deviceId: 'd2' }];
  const gateway = await gatewayFor(t, { devices, clockOffsetMs: 40 * DAY });
  assert.match(await refusal(gateway, showing(await own)), /^certificate of 'd1' expired at /);
  assert.match(await refusal(gateway, {}, { deviceId: 'd2' }), /^SAS token expired at /);
  gateway.clockOffsetMs = -1 * DAY;
  assert.match(await refusal(gateway, showing(await own)), /^certificate of 'd1' is not valid before /);
  assert.strictEqual(await answer(gateway, { deviceId: 'd2' }), ACCEPTED);
  gateway.clockOffsetMs = 0;
  assert.strictEqual(await answer(gateway, NO_PASSWORD, showing(await own)), ACCEPTED);
});

test('the default chain is valid from now by the gateway’s clock', async (t) => {
  const gateway = await startGateway({ clockOffsetMs: -400 * DAY });
  t.after(() => gateway.close());
  const before = Date.now() - 400 * DAY;
  for (const pem of [gateway.rootPem, gateway.chain.serverPem]) {
    const from = Date.parse(new X509Certificate(pem).validFrom);
    assert.ok(from <= before && from > before - DAY, pem);
  }
});

test('C5, C6 the wrong kind of credentials, and none → CONNACK 5', async (t) => {
  const { thumbprintSha1: primaryThumbprint } = await own;
  const primaryKey = 'a2V5';
  const modules = [{ moduleId: 'm' }];
  const gateway = await gatewayFor(t, {
    devices: [
      { deviceId: 'd1', x509: { primaryThumbprint }, modules },
      { deviceId: 'd2', primaryKey },
    ],
  });
  const { hubHostName } = gateway;
  const token = (/** @type {string} */ id) => {
    return Buffer.from(sas(primaryKey, { resource: `${hubHostName}/devices/${id}` }));
  };
  const certificate = showing(await own);
  const needsToken = "device 'd2' authenticates by key, and sent a certificate and no token";
  const needsCertificate = "device 'd1' authenticates by X.509, and sent a token";
  assert.strictEqual(
    await refusal(gateway, certificate, { deviceId: 'd2', password: undefined }),
    needsToken,
  );
  assert.strictEqual(await refusal(gateway, {}, { password: token('d1') }), needsCertificate);
  assert.strictEqual(await refusal(gateway, {}), "'d1' sent neither a password nor a certificate");
  assert.strictEqual(
    await refusal(gateway, certificate, { deviceId: 'd1/m', password: undefined }),
    "module 'd1/m' sent a certificate: modules need a token",
  );
  // A password goes before a certificate, for better or worse.
  const both = { password: token('d1') };
  assert.strictEqual(await refusal(gateway, certificate, both), needsCertificate);
  const connected = once(gateway, 'connected');
  const good = { deviceId: 'd2', password: token('d2') };
  assert.strictEqual(await answer(gateway, good, certificate), ACCEPTED);
  assert.strictEqual((await connected)[0].authentication, 'key');
  assert.strictEqual(await answer(gateway, { deviceId: 'd1/m' }), ACCEPTED);
});

test('C7 X.509: unknown and disabled devices → CONNACK 5', async (t) => {
  const { thumbprintSha1: primaryThumbprint } = await own;
  const gateway = await gatewayOf(t, { primaryThumbprint });
  const certificate = showing(await own);
  const unknown = { deviceId: 'd9', password: undefined };
  assert.strictEqual(await refusal(gateway, certificate, unknown), "'d9' is not a child of this gateway");
  gateway.disableDevice('d1');
  assert.strictEqual(await refusal(gateway, certificate), "device 'd1' is disabled");
});

test('T1 a resumed TLS session keeps the client certificate and its chain', async (t) => {
  const { thumbprintSha256: primaryThumbprint } = await own;
  const devices = [
    { deviceId: 'd1', x509: { primaryThumbprint } },
    { deviceId: 'd2', x509: /** @type {const} */ ('ca') },
  ];
  const gateway = await gatewayFor(t, { devices });
  const certificates = {
    d1: await own,
    d2: await createDeviceCertificate({ deviceId: 'd2', issuer: await chain }),
  };
  for (const [deviceId, certificate] of Object.entries(certificates)) {
    for (const maxVersion of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
      const options = { ...showing(certificate), maxVersion };
      const first = await RawDevice.open(gateway, options);
      const ticket = once(first.secure, 'session');
      first.send(connectPacket(gateway, { deviceId, ...NO_PASSWORD }));
      assert.strictEqual(await first.bytes(4), ACCEPTED);
      const session = maxVersion === 'TLSv1.2' ? first.secure.getSession() : (await ticket)[0];
      first.vanish();
      const second = await RawDevice.open(gateway, { ...options, session });
      assert.strictEqual(second.secure.isSessionReused(), true, maxVersion);
      second.send(connectPacket(gateway, { deviceId, ...NO_PASSWORD }));
      assert.strictEqual(await second.bytes(4), ACCEPTED, `${deviceId} ${maxVersion}`);
      second.vanish();
    }
  }
});

test('T1 clientCertificate required: no handshake without one; none: it is not asked for', async (t) => {
  const { thumbprintSha1: primaryThumbprint } = await own;
  const required = await gatewayOf(t, { primaryThumbprint }, { clientCertificate: 'required' });
  for (const maxVersion of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
    const failed = once(required, 'handshakeFailed');
    // With TLS 1.3 the client's part of the handshake is over when the server refuses.
    const code = await RawDevice.open(required, { maxVersion }).then(
      ({ end }) => end,
      (error) => error.code,
    );
    assert.match(String(code), /^ERR_SSL_.*(HANDSHAKE_FAILURE|CERTIFICATE_REQUIRED)$/, maxVersion);
    assert.match((await failed)[0].reason, /peer did not return a certificate/);
    const options = { ...showing(await own), maxVersion };
    assert.strictEqual(await answer(required, NO_PASSWORD, options), ACCEPTED);
  }
  const none = await gatewayOf(t, { primaryThumbprint }, { clientCertificate: 'none' });
  const reason = await refusal(none, showing(await own));
  assert.strictEqual(reason, "'d1' sent neither a password nor a certificate");
});

test('D4 other thumbprints, disabling and removing close an X.509 client', async (t) => {
  const { thumbprintSha1: primaryThumbprint } = await own;
  const { thumbprintSha1: foreign } = await other;
  const gateway = await gatewayOf(t, { primaryThumbprint });
  const changes = {
    rotate: () => gateway.rotateKeys('d1', { primaryThumbprint: foreign }),
    disable: () => gateway.disableDevice('d1'),
    remove: () => gateway.removeDevice('d1'),
  };
  for (const [name, change] of Object.entries(changes)) {
    const device = await RawDevice.connected(gateway, NO_PASSWORD, showing(await own));
    const disconnected = once(gateway, 'disconnected');
    change();
    assert.strictEqual(await device.rest(), '', name);
    assert.strictEqual(await device.end, 'FIN', name);
    assert.strictEqual((await disconnected)[0].authentication, 'x509');
    if (name === 'rotate') gateway.rotateKeys('d1', { primaryThumbprint });
    if (name === 'disable') gateway.enableDevice('d1');
  }
});

test('D4 the thumbprint that a client does not use can change', async (t) => {
  const { thumbprintSha1: primaryThumbprint } = await own;
  const { thumbprintSha1: foreign } = await other;
  const gateway = await gatewayOf(t, { primaryThumbprint });
  const device = await RawDevice.connected(gateway, NO_PASSWORD, showing(await own));
  const { x509 } = gateway.rotateKeys('d1', { secondaryThumbprint: foreign });
  assert.deepStrictEqual(x509, {
    primaryThumbprint: primaryThumbprint.toLowerCase(),
    secondaryThumbprint: foreign.toLowerCase(),
  });
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  assert.strictEqual(await answer(gateway, NO_PASSWORD, showing(await other)), ACCEPTED);
});

test('D5 the sweep closes clients whose certificate has expired meanwhile', async (t) => {
  const gateway = await gatewayOf(t, 'ca', { limits: { reauthenticateIntervalMs: 5 } });
  const certificate = await createDeviceCertificate({ deviceId: 'd1', issuer: await chain });
  const device = await RawDevice.connected(gateway, NO_PASSWORD, showing(certificate));
  const disconnected = once(gateway, 'disconnected');
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  gateway.clockOffsetMs = 31 * DAY;
  assert.match((await disconnected)[0].reason, /^certificate of 'd1' expired at /);
  assert.strictEqual(await device.rest(), '');
});

test('the connection string of an X.509 device has x509=true and no key', async (t) => {
  const gateway = await gatewayOf(t, 'ca');
  const { hubHostName, port } = gateway;
  assert.strictEqual(
    gateway.connectionString('d1'),
    `HostName=${hubHostName};DeviceId=d1;x509=true;GatewayHostName=localhost:${port}`,
  );
  assert.strictEqual(
    gateway.connectionString('d1', { direct: true }),
    `HostName=localhost:${port};DeviceId=d1;x509=true`,
  );
});

test('bad thumbprints, keys beside X.509 and bad trust bundles are named at once', async (t) => {
  const { thumbprintSha1: primaryThumbprint } = await own;
  const gateway = await gatewayFor(t, {
    devices: [
      { deviceId: 'd1', x509: { primaryThumbprint } },
      { deviceId: 'd2', x509: 'ca' },
      { deviceId: 'd3' },
    ],
  });
  /**
   * @param {() => unknown} action
   * @param {string} message
   */
  const wrong = (action, message) => assert.throws(action, { name: 'TypeError', message });
  const adding = (/** @type {any} */ options) => () => gateway.addDevice({ deviceId: 'd4', ...options });
  wrong(
    adding({ x509: { primaryThumbprint: 'abc' } }),
    "device 'd4': primaryThumbprint 'abc' is not a SHA-1 or SHA-256 in hexadecimal (40 or 64 digits)",
  );
  wrong(
    adding({ x509: { primaryThumbprint, secondaryThumbprint: 'abc' } }),
    "device 'd4': secondaryThumbprint 'abc' is not a SHA-1 or SHA-256 in hexadecimal (40 or 64 digits)",
  );
  wrong(adding({ x509: 'CA' }), "device 'd4': x509 is neither 'ca' nor an object with a primaryThumbprint");
  wrong(
    adding({ x509: 'ca', primaryKey: 'a2V5' }),
    "device 'd4' authenticates by X.509: it cannot have keys besides",
  );
  wrong(
    () => gateway.rotateKeys('d1', { primaryKey: 'a2V5' }),
    "device 'd1' authenticates by X.509: it has no keys",
  );
  wrong(
    () => gateway.rotateKeys('d1'),
    "device 'd1': say which thumbprints it has now; they cannot be made up",
  );
  wrong(() => gateway.rotateKeys('d2'), "device 'd2' has certificates of a CA: it has nothing to rotate");
  wrong(
    () => gateway.rotateKeys('d3', { primaryThumbprint }),
    "device 'd3' authenticates by key: it has no thumbprints",
  );

  const starting = (/** @type {any} */ options) => startGateway(options);
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const bundle = (await chain).rootPem + broken;
  await assert.rejects(starting({ trustBundle: bundle }), {
    name: 'TypeError',
    message: /^startGateway: certificate 2 of trustBundle cannot be read: /,
  });
  await assert.rejects(starting({ trustBundle: 'root.pem' }), {
    message: "startGateway: trustBundle has no 'BEGIN CERTIFICATE' section",
  });
  await assert.rejects(starting({ trustBundle: 5 }), {
    message: 'startGateway: trustBundle is not PEM text but number',
  });
  await assert.rejects(starting({ clientCertificate: 'yes' }), {
    message: `startGateway: clientCertificate cannot be 'yes'; it is 'optional', 'required' or 'none'`,
  });
});

// @ts-check
'use strict';

const assert = require('node:assert');
const { execFile } = require('node:child_process');
const { once } = require('node:events');
const net = require('node:net');
const tls = require('node:tls');
const { test } = require('node:test');
const { promisify } = require('node:util');
const { ACCEPTED, RawDevice, chain, connectPacket, gatewayFor } = require('./raw-device');
const { ALERT, recordTypes, tap } = require('./tap');
const { createChain, startGateway } = require('..');

test('T1 TLS 1.2 and 1.3, the whole chain without the root, client certificate optional', async (t) => {
  const gateway = await gatewayFor(t);
  for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
    const device = await RawDevice.open(gateway, { minVersion: version, maxVersion: version });
    assert.strictEqual(device.secure.getProtocol(), version);
    assert.strictEqual(device.secure.authorized, true);
    const names = [];
    for (let c = device.secure.getPeerX509Certificate(); c; c = c.issuerCertificate) names.push(c.subject);
    assert.deepStrictEqual(names.slice(0, 3), [
      'CN=localhost',
      'CN=edge.ca',
      'CN=Azure_IoT_Hub_Intermediate_Cert_Test_Only',
    ]);
    device.vanish();
  }
});

test('T1 versions can be restricted; a failed handshake is reported', async (t) => {
  const gateway = await gatewayFor(t, { maxVersion: 'TLSv1.2' });
  const failed = once(gateway, 'handshakeFailed');
  await assert.rejects(RawDevice.open(gateway, { minVersion: 'TLSv1.3' }), /alert protocol version/);
  const [{ reason, connectionNumber }] = await failed;
  assert.match(reason, /unsupported protocol/);
  assert.strictEqual(connectionNumber, 1);
});

test('T1 a client certificate is requested without naming CAs, and accepted whatever it is', async (t) => {
  const gateway = await gatewayFor(t);
  const options = ['s_client', '-connect', `${gateway.host}:${gateway.port}`];
  const openssl = promisify(execFile)('openssl', options);
  openssl.child.stdin?.end();
  const { stdout } = await openssl;
  assert.match(stdout, /No client certificate CA names sent\nRequested Signature Algorithms: /);
  const stranger = await createChain({ host: 'd1', caKey: 'P-256', serverKey: 'P-256' });
  const device = await RawDevice.open(gateway, { cert: stranger.serverPem, key: stranger.serverKeyPem });
  device.send(connectPacket(gateway));
  assert.strictEqual(await device.bytes(4), ACCEPTED);
  device.vanish();
});

test('T1 a TLS session can be resumed', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await RawDevice.open(gateway, { maxVersion: 'TLSv1.2' });
  const session = first.secure.getSession();
  first.vanish();
  const second = await RawDevice.open(gateway, { maxVersion: 'TLSv1.2', session });
  assert.strictEqual(second.secure.isSessionReused(), true);
  second.send(connectPacket(gateway));
  assert.strictEqual(await second.bytes(4), ACCEPTED);
  second.vanish();
});

test('T2 TCP without TLS, and TLS without CONNECT, are closed after the time limit', async (t) => {
  const gateway = await gatewayFor(t, { limits: { connectTimeoutMs: 300 } });
  const failed = once(gateway, 'handshakeFailed');
  const refused = once(gateway, 'refused');
  const tcp = net.connect(gateway.port, gateway.host);
  tcp.resume();
  const closed = once(tcp, 'close');
  const device = await RawDevice.open(gateway);
  await closed;
  assert.strictEqual((await failed)[0].reason, 'no CONNECT within 300 ms');
  assert.strictEqual((await refused)[0].reason, 'no CONNECT within 300 ms');
  assert.strictEqual(await device.rest(), '');
  assert.strictEqual(await device.end, 'FIN');
});

test('T3 the gateway closes without close_notify, and with it on request', async (t) => {
  for (const cleanClose of [false, true]) {
    const gateway = await gatewayFor(t, { cleanClose });
    const { bytes, port } = await tap(t, gateway.port);
    const secure = tls.connect({
      port,
      host: gateway.host,
      servername: 'localhost',
      ca: gateway.rootPem,
      maxVersion: 'TLSv1.2',
    });
    secure.resume();
    await once(secure, 'secureConnect');
    secure.write(connectPacket(gateway, { username: 'nonsense' }));
    await once(secure, 'close');
    assert.strictEqual(recordTypes(bytes()).includes(ALERT), cleanClose);
  }
});

test('the server certificate of the default chain is RSA for localhost', async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.close());
  assert.match(gateway.rootPem, /BEGIN CERTIFICATE/);
  assert.strictEqual(gateway.hostname, 'localhost');
  assert.notStrictEqual(gateway.rootPem, (await chain).rootPem);
  const device = await RawDevice.open(gateway);
  assert.strictEqual(device.secure.getPeerX509Certificate()?.publicKey.asymmetricKeyType, 'rsa');
  device.vanish();
});

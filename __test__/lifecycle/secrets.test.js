'use strict';

const assert = require('node:assert/strict');
const { createPrivateKey } = require('node:crypto');
const { test } = require('node:test');
const { inspect } = require('node:util');
const edge = require('../..');
const { createChain, createDeviceCertificate, startGateway } = require('../../gateway');
const { startTinyproxy } = require('../wire/tinyproxy');
const { gatewayFor, launch } = require('./child');

/** Whatever an app prints of ours, in whatever state: neither key nor token. */

/** @param {string} connectionString */
function secretOf(connectionString) {
  return /SharedAccessKey=([^;]+)/.exec(connectionString)[1];
}

/**
 * @param {string} key
 * @param {Record<string, any>} things By name.
 */
function assertHidden(key, things) {
  const bytes = Buffer.from(key, 'base64');
  for (const [name, thing] of Object.entries(things)) {
    const views = [
      inspect(thing, { depth: 10 }),
      inspect(thing, { depth: 10, showHidden: true, getters: true }),
      String(thing),
      jsonOf(thing),
    ];
    for (const text of views) {
      assert.ok(text.length > 0);
      for (const secret of [key, encodeURIComponent(key), inspect(bytes).slice(8, 60)]) {
        assert.ok(!text.includes(secret), `the key is in ${name}: ${text}`);
      }
      assert.doesNotMatch(text, /SharedAccessSignature sr=/, `a token is in ${name}`);
    }
  }
}

/** Rings are left out, as loggers do. */
function jsonOf(thing) {
  const seen = new Set();
  return String(
    JSON.stringify(thing, (key, value) => {
      if (typeof value !== 'object' || value === null) return value;
      if (seen.has(value)) return undefined;
      seen.add(value);
      return value;
    }),
  );
}

for (const [kind, textOf] of [
  ['a key', (text) => text],
  [
    'a token',
    (text) => {
      const expiry = Math.floor(Date.now() / 1000) + 600;
      const hub = 'local.azure-devices.net';
      const token = edge.SharedAccessSignature.create(hub, 'd1', secretOf(text), expiry);
      return text.replace(/SharedAccessKey=[^;]+/, `SharedAccessSignature=${token}`);
    },
  ],
]) {
  test(`a client with ${kind}, before, while and after it is connected`, async (t) => {
    const gateway = await gatewayFor(t);
    const key = secretOf(gateway.connectionString('d1'));
    let provider;
    class Watched extends edge.Mqtt {
      constructor(given) {
        super(given);
        provider = given;
      }
    }
    const client = edge.Client.fromConnectionString(textOf(gateway.connectionString('d1')), Watched);
    const things = () => ({ client, transport: client._transport, provider });
    assertHidden(key, things());
    await client.setOptions({ ca: gateway.rootPem });
    client.on('message', () => {});
    await client.open();
    assertHidden(key, { ...things(), result: await client.sendEvent(new edge.Message('x')) });
    assertHidden(key, { credentials: inspect(await provider.getDeviceCredentials(), { showHidden: true }) });
    await client.close();
    assertHidden(key, things());
  });

  test(`a device with ${kind}`, async (t) => {
    const gateway = await gatewayFor(t);
    const connectionString = textOf(gateway.connectionString('d1'));
    const key = secretOf(gateway.connectionString('d1'));
    const device = await edge.connect({ connectionString, ca: gateway.rootPem });
    assertHidden(key, { device, stats: device.stats(), stream: device.messages() });
    await device.close();
    assertHidden(key, { device });
  });
}

test('a client and a device with a certificate, through a proxy with a password', async (t) => {
  const chain = await createChain({ host: 'localhost', caKey: 'P-256', serverKey: 'P-256' });
  const own = await createDeviceCertificate({ deviceId: 'd1', key: 'P-256' });
  const x509 = { primaryThumbprint: own.thumbprintSha256 };
  const gateway = await startGateway({ chain, devices: [{ deviceId: 'd1', x509 }] });
  t.after(() => gateway.close());
  const { port } = await startTinyproxy(t, { user: 'dev:a-password-of-length' });
  const options = {
    ca: chain.rootPem,
    cert: own.certPem,
    // Encrypted: what is shown of it, and what it is within.
    key: createPrivateKey(own.keyPem).export({
      ...{ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc' },
      passphrase: 'a passphrase of length',
    }),
    passphrase: 'a passphrase of length',
    proxy: `http://dev:a-password-of-length@127.0.0.1:${port}`,
  };
  const der = createPrivateKey(own.keyPem).export({ format: 'der', type: 'pkcs8' });
  const secrets = [
    'a passphrase of length',
    'a-password-of-length',
    Buffer.from('dev:a-password-of-length').toString('base64'),
    own.keyPem.split('\n')[1],
    options.key.split('\n')[1],
    der.toString('base64'),
  ];
  const connectionString = gateway.connectionString('d1');
  const client = edge.Client.fromConnectionString(connectionString, edge.Mqtt);
  await client.setOptions(options);
  client.on('message', () => {});
  await client.open();
  for (const secret of secrets) assertHidden(secret, { client, transport: client._transport });
  await client.close();
  const device = await edge.connect({ connectionString, ...options });
  for (const secret of secrets) assertHidden(secret, { device });
  await device.close();
  const failures = [
    edge.connect({ connectionString, ...options, passphrase: 'another' }),
    edge.connect({ connectionString, ...options, proxy: 'http://dev:a-password-of-length@127.0.0.1:1' }),
    edge.connect({ connectionString, ...options, proxy: 'socks5://dev:a-password-of-length@127.0.0.1:1' }),
  ];
  for (const { status, reason } of await Promise.allSettled(failures)) {
    assert.equal(status, 'rejected');
    for (const secret of secrets) assertHidden(secret, { reason });
  }
});

test('what parses a connection string prints without the key', async (t) => {
  const gateway = await gatewayFor(t);
  const text = gateway.connectionString('d1');
  const common = require('../../lib/compat/azure_iot_common');
  for (const parsed of [common.ConnectionString.parse(text), edge.ConnectionString.parse(text)]) {
    assert.equal(parsed.SharedAccessKey, secretOf(text), 'it is there');
    assert.ok(!inspect(parsed, { showHidden: true }).includes(secretOf(text)));
    assert.match(inspect(parsed), /<hidden>/);
  }
});

test('a crash report of Node shows no secret of a connected client', async (t) => {
  const gateway = await gatewayFor(t);
  const program = `
    client.open(() => {
      client.on('message', () => {});
      console.error(client, process.report.getReport().javascriptStack);
      throw Object.assign(new Error('with everything'), { client, provider: client._transport });
    });
  `;
  const { code, stderr } = await launch(t, gateway, program).ended;
  assert.equal(code, 1);
  assert.match(stderr, /with everything/);
  assert.ok(!stderr.includes(secretOf(gateway.connectionString('d1'))), stderr);
  assert.doesNotMatch(stderr, /sig=/);
});

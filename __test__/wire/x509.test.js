'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { createPrivateKey, X509Certificate } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, test } = require('node:test');
const edge = require('../..');
const { createChain, createDeviceCertificate, startGateway } = require('../../gateway');
const { SMALL, assertTold } = require('../bad_input/telling');
const { startDemandingServer } = require('./demanding_server');

/** Devices that prove themselves by a certificate: keys of every form, every way to give them, and the refusals. */

const { Client, Mqtt, MqttWs } = edge;
const PASSPHRASE = 'correct horse';

let chain, gateway, directory, own, issued;
before(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-x509-'));
  chain = await createChain({ ...SMALL, host: 'localhost' });
  own = await createDeviceCertificate({ deviceId: 'own' });
  issued = await createDeviceCertificate({ deviceId: 'issued', issuer: chain });
  gateway = await startGateway({
    chain,
    devices: [
      { deviceId: 'own', x509: { primaryThumbprint: own.thumbprintSha256 } },
      { deviceId: 'issued', x509: 'ca' },
      { deviceId: 'other', x509: 'ca' },
    ],
  });
});
after(async () => {
  await gateway.close();
  fs.rmSync(directory, { recursive: true });
});

function fileWith(name, content) {
  const file = path.join(directory, name);
  fs.writeFileSync(file, content, { mode: 0o600 });
  return file;
}

/** @param {string} id @param {any} transport */
function addressOf(id, transport = Mqtt, direct = false) {
  const address = gateway.connectionString(id, { direct });
  return transport === MqttWs ? address.replace(`:${gateway.port}`, `:${gateway.webSocketPort}`) : address;
}

async function sendOne(id, options, transport = Mqtt, direct = false) {
  const device = await edge.connect({
    connectionString: addressOf(id, transport, direct),
    ca: chain.rootPem,
    transport,
    ...options,
  });
  const arrived = once(gateway, 'telemetry');
  await device.sendEvent('x');
  const [{ clientId }] = await arrived;
  assert.equal(clientId, id);
  await device.close();
}

function failureWith(id, options, transport) {
  return sendOne(id, options, transport).then(() => assert.fail('it connected'), (error) => error); // prettier-ignore
}

for (const transport of [Mqtt, MqttWs]) {
  describe(transport.name, () => {
    test('through the gateway and direct, self-signed and signed by a CA', async () => {
      for (const direct of [false, true]) {
        await sendOne('own', { cert: own.certPem, key: own.keyPem }, transport, direct);
        await sendOne('issued', { cert: issued.certPem, key: issued.keyPem }, transport, direct);
      }
    });

    test('the gateway says 5, and the error what is wrong with the certificate', async () => {
      const [leaf] = /-----BEGIN[^]*?-----END CERTIFICATE-----\n/.exec(issued.certPem) ?? [];
      const stranger = await createDeviceCertificate({ deviceId: 'own' });
      const other = await createChain({ ...SMALL, host: 'localhost', rootName: 'Another Root' });
      const elsewhere = await createDeviceCertificate({ deviceId: 'issued', issuer: other });
      for (const [id, { certPem: cert, keyPem: key }, code, names, hint] of [
        [
          'issued',
          { ...issued, certPem: leaf },
          'ERR_IOT_CLIENT_CERT_CHAIN',
          ['no certificate above'],
          /Append the intermediates/,
        ],
        ['own', stranger, 'ERR_IOT_CLIENT_CERT_THUMBPRINT', [stranger.thumbprintSha256], /Register/],
        ['other', issued, 'ERR_IOT_CLIENT_CERT_NAME', ['"other"', '"CN=issued"'], /CN=other/],
        ['issued', elsewhere, 'ERR_IOT_CLIENT_CERT_UNTRUSTED', ['"CN=Another Root"'], /trust bundle/],
      ]) {
        const error = await failureWith(id, { cert, key }, transport);
        assertTold(error, {
          type: 'UnauthorizedError',
          code,
          names,
          hint,
          cause: /5/,
          secrets: [key.split('\n')[1]],
        });
        assert.match(error.hint, /doctor --ca <file> --cert <file> --key <file>/);
        assert.equal(error.returnCode, 5);
      }
    });
  });
}

describe('keys', () => {
  const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  /** A self-signed certificate by another program, and its thumbprint made known. */
  function certificateOf(name, algorithm) {
    const [cert, key] = ['pem', 'key'].map((extension) => path.join(directory, `${name}.${extension}`));
    openssl('req', '-x509', '-newkey', ...algorithm, '-nodes', '-subj', `/CN=${name}`, '-days', '2', '-keyout', key, '-out', cert); // prettier-ignore
    const certPem = fs.readFileSync(cert, 'utf8');
    const thumbprint = new X509Certificate(certPem).fingerprint256.replaceAll(':', '');
    gateway.addDevice({ deviceId: name, x509: { primaryThumbprint: thumbprint } });
    return { certPem, keyPem: fs.readFileSync(key, 'utf8') };
  }
  const ALGORITHMS = {
    rsa2048: ['rsa:2048'],
    rsa4096: ['rsa:4096'],
    p256: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    p384: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
    p521: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521'],
    ed25519: ['ed25519'],
  };
  for (const [name, algorithm] of Object.entries(ALGORITHMS)) {
    test(`${name}, in every form`, async () => {
      const { certPem: cert, keyPem } = certificateOf(name, algorithm);
      const key = createPrivateKey(keyPem);
      const legacy = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' && 'sec1';
      const cipher = 'aes-256-cbc';
      const forms = {
        'PKCS#8': { key: keyPem },
        'PKCS#8 in DER': { key: key.export({ format: 'der', type: 'pkcs8' }) },
        'PKCS#8, encrypted': {
          key: key.export({ format: 'pem', type: 'pkcs8', cipher, passphrase: PASSPHRASE }),
          passphrase: PASSPHRASE,
        },
        'with a passphrase it does not need': { key: keyPem, passphrase: '' },
        'on one line, as in an environment variable': { key: keyPem.trim().replace(/\n/g, '\\n') },
        'with a byte order mark and CRLF': { key: `\ufeff${keyPem.replace(/\n/g, '\r\n')}` },
        'behind its certificate': { key: `${cert}${keyPem}` },
        ...(legacy && {
          [legacy]: { key: key.export({ format: 'pem', type: legacy }) },
          [`${legacy} in DER`]: { key: key.export({ format: 'der', type: legacy }) },
          [`${legacy}, encrypted`]: {
            key: key.export({ format: 'pem', type: legacy, cipher, passphrase: PASSPHRASE }),
            passphrase: PASSPHRASE,
          },
        }),
      };
      for (const [form, options] of Object.entries(forms)) {
        await sendOne(name, { cert, ...options }).catch((cause) => {
          throw new Error(`as ${form}`, { cause });
        });
      }
      await sendOne(name, { cert: new X509Certificate(cert).raw, key: keyPem });
    });
  }
});

describe('ways to give them', () => {
  test('without waiting for setOptions, as the sample does', async () => {
    const client = Client.fromConnectionString(addressOf('own'), Mqtt);
    client.setOptions({ cert: own.certPem, key: own.keyPem, passphrase: '', ca: chain.rootPem });
    await client.open();
    await client.close();
  });

  test('as paths, as certFile and keyFile, as an array, in the wrong order', async () => {
    const cert = fileWith('device.pem', issued.certPem);
    const key = fileWith('device.key', issued.keyPem);
    await sendOne('issued', { cert, key });
    const parts = issued.certPem.match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/g);
    await sendOne('issued', { cert: parts, key });
    await sendOne('issued', { cert: [...parts].reverse(), key });
    await sendOne('issued', { cert: [...parts].reverse().join(''), key });
    const client = Client.fromConnectionString(addressOf('issued'), Mqtt);
    await client.setOptions({ ca: chain.rootPem, certFile: cert, keyFile: key });
    await client.open();
    await client.close();
  });

  test('a provider of ours, one of the app, and one that is given them later', async () => {
    const x509 = { cert: own.certPem, key: own.keyPem };
    const place = { host: `localhost:${gateway.port}`, deviceId: 'own' };
    const providers = [
      edge.X509AuthenticationProvider.fromX509Options(place.deviceId, place.host, x509),
      new edge.X509AuthenticationProvider({
        host: 'hub.example',
        deviceId: 'own',
        gatewayHostName: place.host,
        x509,
      }),
      { type: 0, getDeviceCredentials: (callback) => callback(null, { ...place, x509 }) },
      { type: 0, getDeviceCredentials: (callback) => setImmediate(callback, null, { ...place, x509 }) },
    ];
    for (const provider of providers) {
      const client = Client.fromAuthenticationProvider(provider, Mqtt);
      await client.setOptions({ ca: chain.rootPem });
      await client.open();
      await client.close();
    }
    for (const bare of [
      new edge.X509AuthenticationProvider(place),
      { type: 0, getDeviceCredentials: (callback) => callback(null, place) },
    ]) {
      const client = Client.fromAuthenticationProvider(bare, Mqtt);
      await client.setOptions({ ca: chain.rootPem, ...x509 });
      await client.open();
      await client.close();
    }
  });

  test('files are read again at each reconnect; options set later serve from the next on', async () => {
    const before = await createDeviceCertificate({ deviceId: 'renewed' });
    const next = await createDeviceCertificate({ deviceId: 'renewed' });
    const last = await createDeviceCertificate({ deviceId: 'renewed' });
    gateway.addDevice({ deviceId: 'renewed', x509: { primaryThumbprint: before.thumbprintSha256 } });
    const cert = fileWith('renewed.pem', before.certPem);
    const key = fileWith('renewed.key', before.keyPem);
    const client = Client.fromConnectionString(addressOf('renewed'), Mqtt);
    await client.setOptions({ ca: chain.rootPem, cert, key });
    await client.open();
    fs.writeFileSync(cert, next.certPem);
    fs.writeFileSync(key, next.keyPem);
    const again = once(client, 'connect');
    // Closes it, as it is no longer the device's.
    gateway.rotateKeys('renewed', { primaryThumbprint: next.thumbprintSha256 });
    await again;
    await client.setOptions({ cert: last.certPem, key: last.keyPem });
    const once_more = once(client, 'connect');
    gateway.rotateKeys('renewed', { primaryThumbprint: last.thumbprintSha256 });
    await once_more;
    await client.close();
  });

  test('a name that is not the device id is told before the gateway does, and is no error by thumbprint', async () => {
    const named = await createDeviceCertificate({ deviceId: 'serial-4711', issuer: chain });
    gateway.addDevice({ deviceId: 'pinned', x509: { primaryThumbprint: named.thumbprintSha256 } });
    const warned = once(process, 'warning');
    await sendOne('pinned', { cert: named.certPem, key: named.keyPem });
    const [warning] = await warned;
    assert.equal(warning.code, 'WARN_IOT_CLIENT_CERT_NAME');
    assert.match(warning.message, /"pinned" is for "CN=serial-4711"/);
  });
});

test('a server that does not know the CA of the certificate says so within TLS', async (t) => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const port = await startDemandingServer(t, chain, version);
    const connectionString = addressOf('own').replace(`:${gateway.port}`, `:${port}`);
    const error = await failureWith('own', { connectionString, cert: own.certPem, key: own.keyPem });
    assertTold(error, {
      type: 'UnauthorizedError',
      code: 'ERR_IOT_CLIENT_CERT_REFUSED',
      names: ['"CN=own"', /alert/i],
      cause: /alert/i,
    });
  }
});

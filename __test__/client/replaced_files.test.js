'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { Client, connect, Mqtt } = require('../..');
const { createChain, createDeviceCertificate, startGateway } = require('../../gateway');
const { SMALL } = require('../bad_input/telling');

// Files are read again at every reconnect. One that is being replaced just then keeps nobody away for good.

let directory, chain, own, other;
before(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-replaced-'));
  chain = await createChain(SMALL);
  own = await createDeviceCertificate({ deviceId: 'd1' });
  other = await createDeviceCertificate({ deviceId: 'd1' });
});
after(() => fs.rmSync(directory, { recursive: true }));

/** @param {import('node:test').TestContext} t */
async function gatewayOf(t, device = {}) {
  const gateway = await startGateway({ chain, devices: [{ deviceId: 'd1', ...device }] });
  t.after(() => gateway.close());
  return gateway;
}

/** By what becomes of the root's file: how, and what is told meanwhile. */
const ROOTS = {
  'is away': [(file) => fs.unlinkSync(file), 'ERR_IOT_CA_NOT_FOUND'],
  'is empty': [(file) => fs.writeFileSync(file, ''), 'ERR_IOT_CA_NO_CERTIFICATE'],
  'is half written': [(file) => fs.writeFileSync(file, chain.rootPem.slice(0, 300)), 'ERR_IOT_CA_BROKEN'],
};

for (const [name, [spoil, code]] of Object.entries(ROOTS)) {
  test(`connect(): a root that ${name} for a while is waited for`, async (t) => {
    const gateway = await gatewayOf(t);
    const ca = path.join(directory, `${name}.pem`);
    fs.writeFileSync(ca, chain.rootPem);
    const device = await connect({ connectionString: gateway.connectionString('d1'), ca });
    t.after(() => device.close());
    await loses(gateway, device, () => spoil(ca), code);
    fs.writeFileSync(ca, chain.rootPem);
    await device.sendEvent('after');
  });
}

test('Client: a root that is away for a while is waited for, as far as the policy goes', async (t) => {
  const gateway = await gatewayOf(t);
  const ca = path.join(directory, 'client.pem');
  fs.writeFileSync(ca, chain.rootPem);
  const client = Client.fromConnectionString(gateway.connectionString('d1'), Mqtt);
  t.after(() => client.close());
  await client.setOptions({ ca });
  await client.open();
  client.on('disconnect', (error) => assert.fail(error));
  client.on('message', () => {});
  await once(gateway, 'subscribed');
  const again = once(gateway, 'connected');
  fs.unlinkSync(ca);
  gateway.cut('d1');
  await new Promise((resolve) => setTimeout(resolve, 300));
  fs.writeFileSync(ca, chain.rootPem);
  await again;
});

test('connect(): a certificate that is replaced before its key is waited for', async (t) => {
  const thumbprints = {
    primaryThumbprint: own.thumbprintSha256,
    secondaryThumbprint: other.thumbprintSha256,
  };
  const gateway = await gatewayOf(t, { x509: thumbprints });
  const [cert, key] = ['device.pem', 'device.key'].map((name) => path.join(directory, name));
  fs.writeFileSync(cert, own.certPem);
  fs.writeFileSync(key, own.keyPem);
  const connectionString = gateway.connectionString('d1');
  const device = await connect({ connectionString, ca: chain.rootPem, cert, key });
  t.after(() => device.close());
  await loses(gateway, device, () => fs.writeFileSync(cert, other.certPem), 'ERR_IOT_CLIENT_KEY_MISMATCH');
  fs.writeFileSync(key, other.keyPem);
  await device.sendEvent('after');
});

test('a device whose clock is not set yet is told, or waits for its certificate as it is asked to', async (t) => {
  const notBefore = new Date(Math.ceil(Date.now() / 1000) * 1000 + 2000);
  const early = await createDeviceCertificate({ deviceId: 'd1', notBefore });
  const gateway = await gatewayOf(t, { x509: { primaryThumbprint: early.thumbprintSha256 } });
  const options = {
    ...{ connectionString: gateway.connectionString('d1'), ca: chain.rootPem },
    ...{ cert: early.certPem, key: early.keyPem },
  };
  const code = 'ERR_IOT_CLIENT_CERT_NOT_YET_VALID';
  await assert.rejects(connect(options), { name: 'NotConnectedError', code });
  const device = await connect({ ...options, retry: 'forever' });
  t.after(() => device.close());
  assert.ok(new Date() >= notBefore);
  await device.sendEvent('after');
});

/** Loses the connection while something is at fault, and resolves once that was told. */
async function loses(gateway, device, spoil, code) {
  const told = new Promise((resolve) => {
    device.on('state', ({ state, reason }) => {
      assert.notEqual(state, 'closed', reason?.code);
      if (state === 'waiting' && reason.code === code) resolve(undefined);
    });
  });
  spoil();
  gateway.cut('d1');
  await told;
  device.removeAllListeners('state');
}

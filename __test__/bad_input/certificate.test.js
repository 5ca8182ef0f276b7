'use strict';

const assert = require('node:assert/strict');
const { X509Certificate } = require('node:crypto');
const { once } = require('node:events');
const { test } = require('node:test');
const { createChain, startGateway } = require('../../gateway');
const { KEY, SMALL, assertTold, connectionStringTo, faces, failureOf } = require('./telling');

/** Chains a device must not trust. The gateway sees no CONNECT, and hears why in an alert. */

const DAY_MS = 86_400_000;
const ROOT = 'CN=Azure_IoT_Hub_CA_Cert_Test_Only';
const INTERMEDIATE = 'CN=Azure_IoT_Hub_Intermediate_Cert_Test_Only';
const isoDate = (date) => new Date(date).toISOString().replace(/\.\d+/, '');

/** By name: what the gateway presents, what the device trusts, and what the error tells. */
const refused = {
  'another root': async () => {
    const other = await createChain({ ...SMALL, rootName: 'Somebody else' });
    return {
      chain: await createChain(SMALL),
      ca: other.rootPem,
      code: 'ERR_IOT_CERT_UNKNOWN_ISSUER',
      names: [INTERMEDIATE, ROOT, 'CN=Somebody else'],
      hint: /root of the gateway/,
      cause: /UnknownIssuer/,
    };
  },
  'a root of the same name with another key': async () => {
    const former = await createChain(SMALL);
    return {
      chain: await createChain(SMALL),
      ca: former.rootPem,
      code: 'ERR_IOT_CERT_ROOT_KEY',
      names: [INTERMEDIATE, ROOT, 'same name, other key'],
      hint: new RegExp(new X509Certificate(former.rootPem).fingerprint256),
      cause: /BadSignature|UnknownIssuer/,
    };
  },
  'a missing intermediate': async () => {
    const chain = await createChain({ ...SMALL, present: ['server', 'deviceCa'] });
    return {
      chain,
      ca: chain.rootPem,
      code: 'ERR_IOT_CERT_UNKNOWN_ISSUER',
      names: ['CN=edge.ca', INTERMEDIATE, ROOT],
      hint: /intermediate/,
      cause: /UnknownIssuer/,
    };
  },
  'a server certificate alone': async () => {
    const chain = await createChain({ ...SMALL, present: ['server'] });
    return {
      chain,
      ca: chain.rootPem,
      code: 'ERR_IOT_CERT_UNKNOWN_ISSUER',
      names: ['CN=localhost', 'CN=edge.ca'],
      hint: /chain/,
      cause: /UnknownIssuer/,
    };
  },
  'a quick-start gateway, whose CA is not the root given': async () => ({
    chain: await createChain({ ...SMALL, quickStart: true }),
    ca: (await createChain(SMALL)).rootPem,
    code: 'ERR_IOT_CERT_UNKNOWN_ISSUER',
    names: ['CN=localhost', 'aziot-edge CA edge'],
    cause: /UnknownIssuer/,
  }),
  'a certificate for other names': async () => {
    const chain = await createChain({ ...SMALL, host: ['gateway.local', 'gw', '192.168.1.9'] });
    return {
      chain,
      ca: chain.rootPem,
      code: 'ERR_IOT_CERT_NAME',
      names: ['not for localhost', 'gateway.local, gw, 192.168.1.9, edgeHub'],
      hint: /GatewayHostName=gateway\.local/,
      cause: /not valid for name/,
    };
  },
  'a certificate without the address that was dialled': async () => {
    const chain = await createChain(SMALL);
    return {
      chain,
      ca: chain.rootPem,
      host: '127.0.0.1',
      code: 'ERR_IOT_CERT_NAME',
      names: ['not for 127.0.0.1', 'localhost, edgeHub'],
      hint: /GatewayHostName=localhost/,
      cause: /not valid for name/,
    };
  },
  'an expired certificate': async () => {
    const notAfter = new Date(Date.now() - DAY_MS);
    const chain = await createChain({
      ...SMALL,
      certificates: { server: { notBefore: new Date(Date.now() - 30 * DAY_MS), notAfter } },
    });
    return {
      chain,
      ca: chain.rootPem,
      code: 'ERR_IOT_CERT_EXPIRED',
      names: ['CN=localhost', isoDate(notAfter)],
      hint: new RegExp(`clock.*${isoDate(Date.now()).slice(0, 4)}`),
      cause: /expired/,
    };
  },
  'a certificate that is not yet valid': async () => {
    const notBefore = new Date(Date.now() + 2 * DAY_MS);
    const chain = await createChain({ ...SMALL, certificates: { server: { notBefore } } });
    return {
      chain,
      ca: chain.rootPem,
      code: 'ERR_IOT_CERT_NOT_YET_VALID',
      names: ['CN=localhost', isoDate(notBefore)],
      hint: /clock/,
      cause: /not valid yet/,
    };
  },
  'a certificate of which the clock of this device is a little behind': async () => {
    const notBefore = new Date(Date.now() + DAY_MS / 24);
    const chain = await createChain({ ...SMALL, certificates: { server: { notBefore } } });
    return {
      chain,
      ca: chain.rootPem,
      code: 'ERR_IOT_CLOCK',
      names: ['clock of this device says', 'CN=localhost', 'CN=edge.ca', isoDate(notBefore)],
      hint: /time zone/,
      cause: /not valid yet/,
    };
  },
};

for (const [name, make] of Object.entries(refused)) {
  test(name, async (t) => {
    const { chain, ca, host = 'localhost', ...expected } = await make();
    for (const maxVersion of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
      const devices = [{ deviceId: 'd1', primaryKey: KEY }];
      const gateway = await startGateway({ chain, devices, maxVersion });
      t.after(() => gateway.close());
      let connects = 0;
      gateway.on('connected', () => (connects += 1)).on('refused', () => (connects += 1));

      for (const face of faces) {
        await t.test(`${face.name}, ${maxVersion}`, async () => {
          const failed = once(gateway, 'handshakeFailed');
          const error = await failureOf(face, connectionStringTo(`${host}:${gateway.port}`), { ca });
          assertTold(error, { type: 'NotConnectedError', ...expected });
          await failed;
          assert.equal(connects, 0);
        });
      }
    }
  });
}

test('two chains with the same names: each is trusted by its own root only, or by both roots together', async (t) => {
  const chains = [await createChain(SMALL), await createChain(SMALL)];
  for (const chain of chains) {
    const gateway = await startGateway({ chain, devices: [{ deviceId: 'd1', primaryKey: KEY }] });
    t.after(() => gateway.close());
    const connectionString = connectionStringTo(`localhost:${gateway.port}`);
    for (const face of faces) {
      const close = await face.open(connectionString, { ca: chains.map(({ rootPem }) => rootPem) });
      await close();
      const { rootPem } = chains.find((each) => each !== chain);
      const error = await failureOf(face, connectionString, { ca: rootPem });
      assert.equal(error.code, 'ERR_IOT_CERT_ROOT_KEY', error.message);
    }
  }
});

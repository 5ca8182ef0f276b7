'use strict';

const { SharedAccessSignature } = require('../../..');
const { createChain, createDeviceCertificate } = require('../../../gateway');
const { startTinyproxy } = require('../../wire/tinyproxy');
const { DEVICE, HUB, KEY, connectionStringTo, gatewayFor } = require('../surroundings');

const IN_AN_HOUR = Math.floor(Date.now() / 1000) + 3600;

/** Set-ups in order, of which there is nothing to tell. @type {import('./index').Scenes} */
module.exports = {
  'a DNS name': (t) => gatewayFor(t),
  'an IPv4 address': (t) => gatewayFor(t, { variant: 'good-ip' }, { dial: '127.0.0.1' }),
  'an IPv6 address': (t) => gatewayFor(t, { host: '::1' }, { host: '::1', dial: '[::1]' }),
  'a quick-start gateway': (t) => gatewayFor(t, { variant: 'quick-start' }),
  'a quick-start gateway that sends its CA': (t) => gatewayFor(t, { variant: 'quick-start-with-ca' }),
  'the full chain': (t) => gatewayFor(t, { variant: 'full-chain' }),
  'the root included': (t) => gatewayFor(t, { variant: 'root-included' }),
  'a shuffled chain': (t) => gatewayFor(t, { variant: 'shuffled' }),
  'RSA keys': (t) => gatewayFor(t, { caKey: 'rsa-2048', serverKey: 'rsa-2048' }),
  'EC keys, P-384': (t) => gatewayFor(t, { variant: 'p-384' }),
  'EC keys, P-521': (t) => gatewayFor(t, { variant: 'p-521' }),
  'no extended key usage': (t) => gatewayFor(t, { variant: 'no-usage' }),
  'two roots, the old and the new': async (t) => {
    const scene = await gatewayFor(t);
    return { ...scene, ca: [(await createChain({ variant: 'good-dns' })).rootPem, scene.ca] };
  },
  'an intermediate as root': async (t) => {
    const scene = await gatewayFor(t, { present: ['server', 'deviceCa'] });
    return { ...scene, ca: scene.chain.intermediatePem };
  },
  'only TLS 1.2': (t) => gatewayFor(t, {}, { maxVersion: 'TLSv1.2' }),
  'a token': async (t) => {
    const { ca, at } = await gatewayFor(t);
    const token = SharedAccessSignature.create(HUB, DEVICE, KEY, IN_AN_HOUR).toString();
    const credential = { SharedAccessKey: undefined, SharedAccessSignature: token };
    return { ca, connectionString: connectionStringTo(at, credential) };
  },
  'the gateway as HostName': async (t) => {
    const { ca, at } = await gatewayFor(t);
    return { ca, connectionString: connectionStringTo(undefined, { HostName: at }) };
  },
  'MQTT over WebSocket': async (t) => {
    const { ca, gateway } = await gatewayFor(t);
    return { ca, connectionString: connectionStringTo(`localhost:${gateway.webSocketPort}`), protocol: 'ws' };
  },
  'a proxy': async (t) => {
    const { ca, connectionString } = await gatewayFor(t);
    const { port } = await startTinyproxy(t, { user: 'dev:s3cret-password' });
    return { ca, connectionString, proxy: `http://dev:s3cret-password@127.0.0.1:${port}` };
  },
  'WebSocket through a proxy, and a certificate of its own': async (t) => {
    const own = await createDeviceCertificate({ deviceId: DEVICE });
    const x509 = { primaryThumbprint: own.thumbprintSha256 };
    const { ca, gateway } = await gatewayFor(t, {}, { devices: [{ deviceId: DEVICE, x509 }] });
    const { port } = await startTinyproxy(t);
    const at = `localhost:${gateway.webSocketPort}`;
    return {
      ca,
      connectionString: connectionStringTo(at, { SharedAccessKey: undefined, x509: 'true' }),
      protocol: 'ws',
      proxy: `http://127.0.0.1:${port}`,
      cert: own.certPem,
      key: own.keyPem,
    };
  },
  'a certificate that a CA signed': async (t) => {
    const chain = await createChain({ variant: 'good-dns' });
    const own = await createDeviceCertificate({ deviceId: DEVICE, issuer: chain });
    const { ca, at } = await gatewayFor(t, {}, { chain, devices: [{ deviceId: DEVICE, x509: 'ca' }] });
    const connectionString = connectionStringTo(at, { SharedAccessKey: undefined, x509: 'true' });
    return { ca, connectionString, cert: own.certPem, key: own.keyPem };
  },
  'a message': async (t) => ({ ...(await gatewayFor(t)), send: true }),
  'a slow admission': (t) => gatewayFor(t, {}, { faults: { connack: { delayMs: 300 } } }),
};

'use strict';

const dns = require('node:dns/promises');
const net = require('node:net');
const os = require('node:os');
const tls = require('node:tls');
const { createChain } = require('../../../gateway');
const { connectionStringTo, freePort, gatewayFor, listening } = require('../surroundings');

/**
 * @param {(socket: tls.TLSSocket, data: Buffer) => void} answer To the first bytes.
 * @param {tls.TlsOptions} [options]
 * @returns {(t: any) => Promise<import('./index').Scene>} Something over TLS with the right certificate.
 */
const behindTls = (answer, options) => async (t) => {
  const chain = await createChain({ variant: 'good-dns' });
  const server = tls.createServer({ cert: chain.chainPem, key: chain.serverKeyPem, ...options }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (data) => answer(socket, data));
  });
  server.on('tlsClientError', () => {});
  const port = await listening(t, server);
  return { connectionString: connectionStringTo(`localhost:${port}`), ca: chain.rootPem };
};
/** @param {number} code Of CONNACK. */
const connack = (code) => behindTls((socket) => socket.end(Buffer.from([0x20, 2, 0, code])));
/** @param {(socket: net.Socket) => void} answer @returns {(t: any) => Promise<import('./index').Scene>} */
const withoutTls = (answer) => async (t) => {
  const { ca } = await gatewayFor(t);
  const port = await listening(t, net.createServer(answer));
  return { connectionString: connectionStringTo(`localhost:${port}`), ca };
};
const OLD = { maxVersion: /** @type {const} */ ('TLSv1.2') };

/** What answers, and how, where something else than a gateway does or a gateway is ill. @type {import('./index').Scenes} */
module.exports = {
  'client-id-refused': connack(2),
  'credentials-refused': connack(4),
  'not-a-gateway, an unknown code': connack(77),
  'not-a-gateway, garbage': behindTls((socket) => socket.end('220 mail.example ESMTP\r\n')),
  'connect-closed, reset': (t) => gatewayFor(t, {}, { faults: { connack: 'reset' } }),
  'closed-after-connack': behindTls((socket) => socket.end(Buffer.from([0x20, 2, 0, 0]))),
  'closed-after-connack, reset': (t) => gatewayFor(t, {}, { faults: { connected: 'reset' } }),
  'tls-cipher, CBC alone': behindTls(() => {}, {
    ...OLD,
    ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0',
  }),
  'tls-cipher, a curve alone': behindTls(() => {}, {
    ...OLD,
    ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384',
    ecdhCurve: 'secp224r1',
  }),
  'tls-plain-mqtt, of the gateway': (t) => gatewayFor(t, {}, { faults: { hello: 'mqtt' } }),
  'tls-web-server, of a proxy': (t) => gatewayFor(t, {}, { faults: { hello: 'http' } }),
  'tls-cut, at the first bytes': (t) => gatewayFor(t, {}, { faults: { hello: 'reset' } }),
  'tls-silent, behind the first bytes': (t) => gatewayFor(t, {}, { faults: { hello: 'silent' } }),
  'tls-other-service, a mail server': withoutTls((socket) => socket.write('220 mail.example ESMTP\r\n')),
  'name-is-this-device': async (t) => {
    const { ca } = await gatewayFor(t);
    const found = await dns.lookup(os.hostname()).catch(() => undefined);
    const connectionString = connectionStringTo(`${os.hostname()}:${await freePort()}`);
    return { connectionString, ca, code: found ? 'name-is-this-device' : 'name-not-found' };
  },
  'send-lost, reset': async (t) => {
    const scene = await gatewayFor(t, {}, { faults: { publish: 'reset-before-store' } });
    return { ...scene, send: true };
  },
  'gateway-unavailable, after a while': (t) =>
    gatewayFor(t, {}, { faults: { connack: { code: 3, delayMs: 300 } } }),
};

'use strict';

const net = require('node:net');
const tls = require('node:tls');
const { createChain } = require('../../../gateway');
const { startTinyproxy } = require('../../wire/tinyproxy');
const { connectionStringTo, freePort, gatewayFor, listening } = require('../surroundings');

/** Not proxies, or bad ones: what comes back upon CONNECT. */
const answering = (answer) => net.createServer((socket) => socket.once('data', () => socket.end(answer)));

/**
 * @param {import('node:test').TestContext} t
 * @param {net.Server} server What listens where a proxy should.
 */
async function behind(t, server) {
  const { ca, connectionString } = await gatewayFor(t);
  return { ca, connectionString, proxy: `http://127.0.0.1:${await listening(t, server)}` };
}

/** Proxies between the device and its gateway. @type {import('./index').Scenes} */
module.exports = {
  'proxy-invalid': async (t) => {
    const { ca, connectionString } = await gatewayFor(t);
    const secrets = ['s3cret-password'];
    return { ca, connectionString, proxy: `socks5://dev:${secrets}@127.0.0.1:1080`, secrets };
  },
  'proxy-not-found': async (t) => {
    const { ca, connectionString } = await gatewayFor(t);
    return { ca, connectionString, surroundings: { env: { HTTPS_PROXY: 'http://nowhere.invalid:3128' } } };
  },
  'proxy-unreachable': async (t) => {
    const { ca, connectionString } = await gatewayFor(t);
    return { ca, connectionString, proxy: `http://127.0.0.1:${await freePort()}` };
  },
  'proxy-auth': async (t) => {
    const { ca, connectionString } = await gatewayFor(t);
    const { port } = await startTinyproxy(t, { user: 'dev:the-right-one' });
    const secrets = ['s3cret-password'];
    return { ca, connectionString, proxy: `http://dev:${secrets}@127.0.0.1:${port}`, secrets };
  },
  'proxy-auth, by status 407': (t) =>
    behind(t, answering('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')),
  'proxy-forbidden': async (t) => {
    const { ca, connectionString } = await gatewayFor(t);
    const { port } = await startTinyproxy(t, { ports: [1] });
    return { ca, connectionString, proxy: `http://127.0.0.1:${port}` };
  },
  'proxy-gateway': async (t) => {
    const { ca } = await gatewayFor(t);
    const { port } = await startTinyproxy(t);
    const connectionString = connectionStringTo(`localhost:${await freePort()}`);
    return { ca, connectionString, proxy: `http://127.0.0.1:${port}` };
  },
  'proxy-page': (t) =>
    behind(t, answering('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Please sign in</html>')),
  'proxy-not-http': (t) => behind(t, answering('<html>Please sign in</html>')),
  'proxy-silent': async (t) => ({
    ...(await behind(t, net.createServer())),
    surroundings: { limits: { tunnelMs: 300 } },
  }),
  'proxy-cut': (t) => behind(t, answering('')),
  'interception, by a proxy': async (t) => {
    // It copies the names of the certificate it replaces.
    const { chainPem: cert, serverKeyPem: key } = await createChain({
      variant: 'good-dns',
      rootName: 'Example TLS Inspection',
      certificates: { server: { names: ['localhost'] } },
    });
    const intercept = (/** @type {net.Socket} */ socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        new tls.TLSSocket(socket, { isServer: true, cert, key }).on('error', () => {});
      });
    return behind(t, net.createServer(intercept));
  },
};

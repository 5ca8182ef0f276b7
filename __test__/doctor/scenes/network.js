'use strict';

const dns = require('node:dns/promises');
const http = require('node:http');
const net = require('node:net');
const tls = require('node:tls');
const { createChain } = require('../../../gateway');
const { fillBacklog, stoppedListener } = require('../stopped_listener');
const { connectionStringTo, freePort, gatewayFor, listening } = require('../surroundings');

/** A gateway whose network, or whose port, is not as it should be. @type {import('./index').Scenes} */
module.exports = {
  'name-not-found, or name-unresolved without a network': async (t) => {
    const { ca } = await gatewayFor(t);
    const { code } = await dns.lookup('nowhere.invalid').catch((error) => error);
    return {
      connectionString: connectionStringTo('nowhere.invalid'),
      ca,
      code: code === 'ENOTFOUND' ? 'name-not-found' : 'name-unresolved',
    };
  },
  'port-refused': async (t) => {
    const { ca } = await gatewayFor(t);
    return { connectionString: connectionStringTo(`localhost:${await freePort()}`), ca };
  },
  'port-binding-missing': async (t) => {
    const { ca, gateway } = await gatewayFor(t);
    const port = await freePort();
    // The gateway's own port stands for 443, which is bound.
    const surroundings = { otherPorts: [gateway.port, await freePort()] };
    return { connectionString: connectionStringTo(`localhost:${port}`), ca, surroundings };
  },
  'port-wrong': async (t) => {
    const { ca } = await gatewayFor(t);
    // Whatever has that port already does as well.
    await listening(t, net.createServer(), { port: 8883 }).catch((error) => {
      if (error.code !== 'EADDRINUSE') throw error;
    });
    return { connectionString: connectionStringTo(`localhost:${await freePort()}`), ca };
  },
  'port-filtered': async (t) => {
    const { ca } = await gatewayFor(t);
    const port = await stoppedListener(t);
    await fillBacklog(t, port);
    return { connectionString: connectionStringTo(`127.0.0.1:${port}`), ca };
  },
  // TCP to a group address fails as to any address without a route.
  'host-unreachable': async (t) => {
    const { ca } = await gatewayFor(t);
    return { connectionString: connectionStringTo('224.0.0.1'), ca };
  },
  'tls-silent': async (t) => {
    const { ca, connectionString } = await gatewayFor(t, {}, { faults: { accept: 'silent' } });
    return { connectionString, ca };
  },
  'tls-cut': async (t) => {
    const { ca, connectionString } = await gatewayFor(t, {}, { faults: { accept: 'refuse' } });
    return { connectionString, ca };
  },
  'tls-web-server': async (t) => {
    const { ca } = await gatewayFor(t);
    const port = await listening(
      t,
      http.createServer((request, response) => response.end()),
    );
    return { connectionString: connectionStringTo(`localhost:${port}`), ca, surroundings: { webPorts: [] } };
  },
  'tls-plain-mqtt': async (t) => {
    const { ca } = await gatewayFor(t);
    const answer = (/** @type {net.Socket} */ socket) =>
      socket.on('data', (data) =>
        data[0] === 0x10 ? socket.write(Buffer.from('20020000', 'hex')) : socket.end(),
      );
    const port = await listening(t, net.createServer(answer));
    return { connectionString: connectionStringTo(`localhost:${port}`), ca };
  },
  'tls-other-service': async (t) => {
    const { ca } = await gatewayFor(t);
    const port = await listening(
      t,
      net.createServer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n')),
    );
    return { connectionString: connectionStringTo(`localhost:${port}`), ca };
  },
  'tls-version': async (t) => {
    const chain = await createChain({ variant: 'good-dns', serverKey: 'rsa-2048' });
    const ciphers = 'DEFAULT@SECLEVEL=0';
    const versions = /** @type {const} */ ({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers });
    const server = tls.createServer({ cert: chain.chainPem, key: chain.serverKeyPem, ...versions });
    server.on('tlsClientError', () => {});
    const port = await listening(t, server);
    return { connectionString: connectionStringTo(`localhost:${port}`), ca: chain.rootPem };
  },
  'client-certificate-required': async (t) => {
    const chain = await createChain({ variant: 'good-dns' });
    const demand = { requestCert: true, rejectUnauthorized: true, ca: chain.rootPem };
    const server = tls.createServer({ cert: chain.chainPem, key: chain.serverKeyPem, ...demand });
    server.on('tlsClientError', () => {});
    const port = await listening(t, server);
    return { connectionString: connectionStringTo(`localhost:${port}`), ca: chain.rootPem };
  },
  'not-a-gateway': async (t) => {
    const chain = await createChain({ variant: 'good-dns' });
    const server = tls.createServer({ cert: chain.chainPem, key: chain.serverKeyPem }, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    const port = await listening(t, server);
    return { connectionString: connectionStringTo(`localhost:${port}`), ca: chain.rootPem };
  },
};

'use strict';

const assert = require('node:assert/strict');
const dns = require('node:dns/promises');
const http = require('node:http');
const net = require('node:net');
const { before, test } = require('node:test');
const { connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { SMALL, assertTold, connectionStringTo, faces, failureOf, freePort, listening } = require('./telling');

/** What is wrong with name, port and peer; every case against the real thing. */

let chain;
before(async () => {
  chain = await createChain(SMALL);
});

/** What the resolver of this machine says of a name that cannot exist: without a network it only fails for now. */
const unresolved = {
  ENOTFOUND: { code: 'ERR_IOT_HOST_NOT_FOUND', names: ['"nowhere.invalid"', 'does not resolve'] },
  EAI_AGAIN: { code: 'ERR_IOT_NAME_RESOLUTION', names: ['"nowhere.invalid"', 'at the moment'] },
};

/**
 * By name: a server, and what the error tells.
 *
 * @type {Record<string, { serve: () => net.Server, code: string, names: (string | RegExp)[], cause: RegExp }>}
 */
const strangers = {
  'a web server': {
    serve: () => http.createServer((request, response) => response.end('hello')),
    code: 'ERR_IOT_NOT_TLS',
    names: ['does not speak TLS'],
    cause: /InvalidContentType/,
  },
  'a server that greets first, like SSH': {
    serve: () => net.createServer((socket) => socket.on('error', () => {}).write('SSH-2.0-OpenSSH_9.2\r\n')),
    code: 'ERR_IOT_NOT_TLS',
    names: ['does not speak TLS'],
    cause: /InvalidContentType/,
  },
  'a plain MQTT port that answers': {
    serve: () =>
      net.createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', () => socket.write(Buffer.from('20020001', 'hex')));
      }),
    code: 'ERR_IOT_NOT_TLS',
    names: ['does not speak TLS'],
    cause: /InvalidContentType/,
  },
  'a plain MQTT port that hangs up on what is no CONNECT': {
    serve: () => net.createServer((socket) => socket.on('error', () => {}).on('data', () => socket.end())),
    code: 'ERR_IOT_CLOSED_DURING_TLS',
    names: ['closed during the TLS handshake'],
    cause: /eof/,
  },
  'a server that closes at once': {
    serve: () => net.createServer((socket) => socket.on('error', () => {}).end()),
    code: 'ERR_IOT_CLOSED_DURING_TLS',
    names: ['closed during the TLS handshake'],
    cause: /\w/,
  },
  'a server that resets': {
    serve: () =>
      net.createServer((socket) => socket.on('error', () => {}).on('data', () => socket.resetAndDestroy())),
    code: 'ERR_IOT_RESET_DURING_TLS',
    names: ['reset during the TLS handshake'],
    cause: /reset/,
  },
  'a server that says nothing': {
    serve: () => net.createServer((socket) => socket.on('error', () => {}).resume()),
    code: 'ERR_IOT_TIMEOUT_TLS',
    names: [/timed out after \d+ ms/, 'nobody answered TLS'],
    cause: /\w/,
  },
};

for (const face of faces) {
  test(`${face.name}: the name does not resolve`, async () => {
    const { code } = await dns.lookup('nowhere.invalid').catch((error) => error);
    const error = await failureOf(face, connectionStringTo('nowhere.invalid'), { ca: chain.rootPem });
    assertTold(error, {
      type: 'NotConnectedError',
      ...unresolved[code],
      hint: /network|DNS/,
      cause: /address|name/i,
    });
  });

  for (const host of ['localhost', '127.0.0.1']) {
    test(`${face.name}: ${host} refuses the port`, async () => {
      const gateway = `${host}:${await freePort()}`;
      const error = await failureOf(face, connectionStringTo(gateway), { ca: chain.rootPem });
      assertTold(error, {
        type: 'NotConnectedError',
        code: 'ERR_IOT_CONNECTION_REFUSED',
        names: [gateway],
        hint: /edgeHub/,
        cause: /refused/i,
      });
    });
  }

  test(`${face.name}: ::1 refuses the port`, async () => {
    const gateway = `[::1]:${await freePort()}`;
    const error = await failureOf(face, connectionStringTo(gateway), { ca: chain.rootPem });
    const [code, cause] = (await hasIPv6())
      ? ['ERR_IOT_CONNECTION_REFUSED', /refused/i]
      : ['ERR_IOT_NETWORK', /assign|support/i];
    assertTold(error, { type: 'NotConnectedError', code, names: [gateway], cause });
  });

  test(`${face.name}: GatewayHostName is missing, so that the hub itself was tried`, async () => {
    const connectionString = connectionStringTo('', { GatewayHostName: undefined });
    // Nobody is asked for the hub: a proxy that is not there stands before it.
    const proxy = `http://127.0.0.1:${await freePort()}`;
    const error = await failureOf(face, connectionString, { ca: chain.rootPem, proxy });
    assertTold(error, {
      type: 'NotConnectedError',
      code: 'ERR_IOT_PROXY_UNREACHABLE',
      names: [proxy.slice('http://'.length)],
      hint: /^There is no GatewayHostName.*add ;GatewayHostName=<gateway>/,
      cause: /refused/i,
    });
  });

  for (const [name, { serve, ...expected }] of Object.entries(strangers)) {
    test(`${face.name}: ${name}`, async (t) => {
      const gateway = await listening(t, serve());
      // Only who is silent is not waited for.
      const timeouts = expected.code === 'ERR_IOT_TIMEOUT_TLS' ? { tlsMs: 300 } : {};
      const error = await failureOf(face, connectionStringTo(gateway), { ca: chain.rootPem, timeouts });
      assertTold(error, {
        type: 'NotConnectedError',
        ...expected,
        names: [gateway, ...expected.names],
        hint: /port|TLS/,
      });
    });
  }

  test(`${face.name}: a gateway that does not answer CONNECT`, async (t) => {
    const gateway = await startGateway({ chain, devices: [], faults: { connack: 'silent' } });
    t.after(() => gateway.close());
    const at = `localhost:${gateway.port}`;
    const options = { ca: chain.rootPem, timeouts: { connackMs: 300 } };
    const error = await failureOf(face, connectionStringTo(at), options);
    assertTold(error, {
      type: 'NotConnectedError',
      code: 'ERR_IOT_TIMEOUT_CONNACK',
      names: [at, /timed out after \d+ ms/, 'CONNECT'],
      hint: /device exists/,
      cause: /\w/,
    });
  });

  for (const [fault, how] of [
    ['cut', 'closed'],
    ['reset', 'reset'],
  ]) {
    test(`${face.name}: a gateway that has ${how} the connection instead of answering CONNECT`, async (t) => {
      const gateway = await startGateway({ chain, devices: [], faults: { connack: fault } });
      t.after(() => gateway.close());
      const at = `localhost:${gateway.port}`;
      const error = await failureOf(face, connectionStringTo(at), { ca: chain.rootPem });
      assertTold(error, {
        type: 'NotConnectedError',
        code: 'ERR_IOT_CLOSED_BEFORE_CONNACK',
        names: [at, how],
        cause: /\w/,
      });
    });
  }
}

test('a module calls a method at a port of MQTT alone', async (t) => {
  const devices = [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }] }];
  const gateway = await startGateway({ chain, devices });
  t.after(() => gateway.close());
  const module = await connect({ connectionString: gateway.connectionString('d1/m1'), ca: chain.rootPem });
  t.after(() => module.close());
  const error = await module.invokeMethod('d1', 'reboot').then(assert.fail, (failure) => failure);
  assertTold(error, {
    type: 'NotConnectedError',
    code: 'ERR_IOT_HTTP_BROKEN',
    names: [`localhost:${gateway.port}`, 'POST /twins/d1/methods'],
    hint: /^It may be restarting.*port may be that of MQTT alone/,
    cause: /hang up/,
  });
});

async function hasIPv6() {
  const server = net.createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(0, '::1', () => server.close(() => resolve(true)));
  });
}

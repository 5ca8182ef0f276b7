'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const { after, before, test } = require('node:test');
const { Client, Message, Mqtt, NoRetry, errors } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { KEY, SMALL, connectionStringTo } = require('../bad_input/telling');

/** What speaks TLS to hurt: each attempt ends by its deadline with a code, and a session beside it goes on. */

const TLS_MS = 600;
const HANDSHAKE = 22;
const ALERT = 21;
const CHANGE_CIPHER_SPEC = 20;

let gateway;
let healthy;

before(async () => {
  gateway = await startGateway({
    chain: await createChain(SMALL),
    devices: ['healthy', 'd1'].map((deviceId) => ({ deviceId, primaryKey: KEY })),
  });
  healthy = await clientTo(gateway.port, 'healthy');
  await healthy.open();
});

after(async () => {
  await healthy.close();
  await gateway.close();
});

async function clientTo(port, DeviceId = 'd1') {
  const client = Client.fromConnectionString(connectionStringTo(`localhost:${port}`, { DeviceId }), Mqtt);
  client.setRetryPolicy(new NoRetry());
  await client.setOptions({ ca: gateway.rootPem, timeouts: { tlsMs: TLS_MS, connackMs: 2000 } });
  return client;
}

/** @param {import('node:test').TestContext} t @param {(socket: net.Socket) => void} serve */
async function listening(t, serve) {
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return /** @type {any} */ (server.address()).port;
}

/** @returns {Promise<any>} The error of an attempt. */
async function failureAt(port) {
  const client = await clientTo(port);
  const failure = await client.open().then(
    () => assert.fail('it is open'),
    (error) => error,
  );
  assert.ok(failure instanceof errors.NotConnectedError, failure.stack);
  return failure;
}

/** @param {number} type @param {Buffer} content */
const record = (type, content) =>
  Buffer.concat([Buffer.from([type, 3, 3, content.length >> 8, content.length & 0xff]), content]);

/** Writes `chunk` as long as it is taken. @param {net.Socket} socket @param {Buffer} chunk */
function flood(socket, chunk) {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
}

/** @type {Record<string, (socket: net.Socket) => void>} */
const SERVERS = {
  'says nothing': () => {},
  'closes at once': (socket) => socket.end(),
  'resets at once': (socket) => socket.resetAndDestroy(),
  'sends a record byte by byte': (socket) => {
    const all = record(HANDSHAKE, Buffer.alloc(16_000, 2));
    let sent = 0;
    const timer = setInterval(() => socket.write(all.subarray(sent, (sent += 1))), 10);
    socket.on('close', () => clearInterval(timer));
  },
  'announces a handshake of 16 MiB': (socket) =>
    flood(
      socket,
      record(HANDSHAKE, Buffer.concat([Buffer.from([11, 0xff, 0xff, 0xff]), Buffer.alloc(16_000)])),
    ),
  'changes ciphers without end': (socket) => flood(socket, record(CHANGE_CIPHER_SPEC, Buffer.from([1]))),
  'warns without end': (socket) => flood(socket, record(ALERT, Buffer.from([1, 0]))),
  'sends empty records without end': (socket) => flood(socket, record(HANDSHAKE, Buffer.alloc(0))),
  'sends records of an unknown kind': (socket) => flood(socket, record(99, Buffer.alloc(100))),
  'sends zeros without end': (socket) => flood(socket, Buffer.alloc(65_536)),
  'answers as a web server': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'sends back what it gets': (socket) => socket.pipe(socket),
};

for (const [name, serve] of Object.entries(SERVERS)) {
  test(`a server that ${name}`, async (t) => {
    const port = await listening(t, serve);
    const before = process.memoryUsage().rss;
    const [failure] = await Promise.all([failureAt(port), healthy.sendEvent(new Message('beside it'))]);
    assert.match(failure.code, /^ERR_IOT_[A-Z_]+$/);
    assert.ok(!failure.message.includes(KEY));
    assert.ok(process.memoryUsage().rss - before < 64e6, 'what it sends is not kept');
  });
}

/** The same numbers for the same seed. */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('a real handshake with a byte changed, cut or doubled somewhere ends with a code, or stands', async (t) => {
  const random = randomOf(20260);
  let seed = 0;
  const port = await listening(t, (socket) => {
    const behind = net.connect(gateway.port, '127.0.0.1').on('error', () => {});
    const place = Math.floor(random() * 2200);
    const how = Math.floor(random() * 3);
    let passed = 0;
    socket.pipe(behind);
    behind.on('data', (data) => {
      const at = place - passed;
      passed += data.length;
      if (at < 0 || at >= data.length) return socket.write(data);
      if (how === 0) data[at] ^= 1 + Math.floor(random() * 255);
      if (how === 1) return socket.end(data.subarray(0, at));
      socket.write(data);
      if (how === 2) socket.write(data.subarray(at));
    });
    behind.on('close', () => socket.destroy());
    socket.on('close', () => behind.destroy());
  });
  const codes = new Map();
  for (; seed < 60; seed += 1) {
    const client = await clientTo(port);
    const code = await client.open().then(
      () => 'open',
      (error) => error.code,
    );
    assert.match(String(code), /^(open|ERR_IOT_[A-Z_]+)$/, `attempt ${seed}`);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    await client.close();
  }
  assert.ok(codes.size > 2, `several endings were seen: ${[...codes]}`);
  await healthy.sendEvent(new Message('after all that'));
});

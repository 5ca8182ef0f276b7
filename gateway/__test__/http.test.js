// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const { RawDevice, gatewayFor, passwordOf, publishPacket, subscribePacket } = require('./raw-device');
const { exchange, httpServer } = require('./http_server');
const { httpHead } = require('./raw_web_socket');
const { WatchedGateway } = require('./watched');

/** Kestrel's, but for the patience of a test. Milliseconds, and bytes a second. */
const TIMES = { idleMs: 100, headMs: 200, graceMs: 50, leastRate: 240 };
const LONG = 60000;

/** A route that reads every body. */
const READER = {
  method: 'POST',
  path: /^\/read$/,
  handle: async (/** @type {import('../http/routes').HttpRequest} */ { readBody }) => {
    const body = await readBody(10);
    return { status: 200, body: body ? body.toString() : 'long' };
  },
};

/**
 * @param {string} path
 * @param {number} length
 * @param {string} [more]
 */
const post = (path, length, more = '') =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\n${more}content-length: ${length}\r\n\r\n`;

test('a route gets path, headers and body, and answers with status, headers and body', async (t) => {
  /** @type {any[]} */
  const requests = [];
  const routes = [
    {
      method: 'POST',
      path: /^\/twins\/[^/]+\/methods$/,
      handle: async (/** @type {import('../http/routes').HttpRequest} */ { path, headers, readBody }) => {
        requests.push([path, headers['x-ms-edge-moduleid'], (await readBody(2))?.toString()]);
        return { status: 201, headers: { 'content-type': 'application/json' }, body: '{"é":1}' };
      },
    },
  ];
  const { port, told } = await httpServer(t, { routes });
  const url = `http://127.0.0.1:${port}/twins/d1/methods`;
  const answered = once(told, 'request');
  const headers = { 'x-ms-edge-moduleId': 'edge/m', connection: 'close' };
  const response = await fetch(`${url}?api-version=2020-03-13`, { method: 'POST', headers, body: 'ü' });
  assert.strictEqual(response.status, 201);
  assert.strictEqual(response.headers.get('content-type'), 'application/json');
  assert.strictEqual(await response.text(), '{"é":1}');
  assert.deepStrictEqual(requests, [['/twins/d1/methods', 'edge/m', 'ü']]);
  assert.deepStrictEqual(await answered, [{ method: 'POST', path: '/twins/d1/methods', status: 201 }]);
  assert.strictEqual((await fetch(url, { headers: { connection: 'close' } })).status, 404);
  const long = await fetch(url, { method: 'POST', headers, body: Buffer.alloc(30000001) });
  assert.strictEqual(long.status, 413);
  assert.strictEqual(requests.length, 1);
  await fetch(url, { method: 'POST', headers, body: 'üü' });
  assert.strictEqual(requests[1][2], undefined);
});

test('a body that comes slowly, or not at all, is given up', async (t) => {
  const { port, ends } = await httpServer(t, { routes: [READER], times: TIMES });
  const slow = await exchange(port, post('/read', 1000), 'a', 'b');
  assert.match(slow, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  assert.deepStrictEqual(ends, ['HTTP: a body of less than 240 bytes a second']);
});

test('a body that comes as fast as it must is read to its end', async (t) => {
  const { port } = await httpServer(t, { routes: [READER], times: { ...TIMES, graceMs: 100 } });
  const [first, ...pieces] = Array(10).fill('x'.repeat(100));
  const answer = await exchange(port, post('/read', 1000, 'connection: close\r\n') + first, ...pieces);
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nlong$/);
});

test('a body that nobody reads is waited for no longer than its grace', async (t) => {
  const { port, ends } = await httpServer(t, { routes: [], times: { ...TIMES, idleMs: LONG } });
  assert.match(await exchange(port, post('/x', 1000), 'a'), /^HTTP\/1\.1 404 Not Found\r\n/);
  assert.deepStrictEqual(ends, ['HTTP: a body behind its answer']);
});

test('a connection ends when no request comes, and when half of one comes', async (t) => {
  const { port, ends } = await httpServer(t, { routes: [], times: TIMES });
  const get = 'GET /x HTTP/1.1\r\nhost: x\r\n\r\n';
  assert.match(await exchange(port, get, get), /^HTTP\/1\.1 404 [^]*HTTP\/1\.1 404 /);
  assert.match(await exchange(port, get, 'GET /x HT'), /^HTTP\/1\.1 404 [^]*HTTP\/1\.1 408 /);
  assert.deepStrictEqual(ends, ['HTTP: no request within 100 ms', 'HTTP: no head within 200 ms']);
});

test('a body is asked for only where somebody reads it', async (t) => {
  const { port } = await httpServer(t, { routes: [READER] });
  const more = 'expect: 100-continue\r\nconnection: close\r\n';
  assert.match(await exchange(port, post('/x', 1, more)), /^HTTP\/1\.1 404 /);
  const read = await exchange(port, post('/read', 1, more), 'x');
  assert.match(read, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*x$/);
  const long = await exchange(port, post('/read', 30000001, more));
  assert.match(long, /^HTTP\/1\.1 413 /);
});

test('requests that nobody waits to be answered end the connection', async (t) => {
  const never = { ...READER, handle: () => new Promise(() => {}) };
  const { port, ends } = await httpServer(t, { routes: [never], times: { ...TIMES, headMs: LONG } });
  assert.strictEqual(await exchange(port, post('/read', 0).repeat(101)), '');
  assert.deepStrictEqual(ends, ['HTTP: more than 100 requests without an answer']);
});

test('a body of somebody who is not authenticated is never read', async (t) => {
  const watched = await WatchedGateway.start(t);
  const { gateway } = watched;
  const before = await watched.state();
  const length = 29000000;
  const devices = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const device = await RawDevice.open(gateway, { port: gateway.webSocketPort });
      const token = n % 2 ? 'nonsense' : passwordOf(gateway, 'd2');
      const proof = `x-ms-edge-moduleId: d1/m1\r\nauthorization: ${token}\r\n`;
      device.send(Buffer.from(post('/twins/d1/methods', length, proof)), Buffer.alloc(length));
      return device;
    }),
  );
  for (const device of devices) assert.match(await httpHead(device), /^HTTP\/1\.1 401 Unauthorized\r\n/);
  const after = await watched.state();
  const grown = after.rss - before.rss;
  assert.ok(grown < 20000000, `${grown} bytes more`);
  devices.forEach((device) => device.vanish());
});

test('a method answer of many levels reaches the module that called, as text', async (t) => {
  const devices = [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }] }];
  const gateway = await gatewayFor(t, { devices });
  const answer = '['.repeat(60000) + ']'.repeat(60000);
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket('$iothub/methods/POST/#', { qos: 0 }));
  await device.bytes(5);
  const module = await RawDevice.open(gateway, { port: gateway.webSocketPort });
  const proof = `x-ms-edge-moduleId: d1/m1\r\nauthorization: ${passwordOf(gateway, 'd1/m1')}\r\n`;
  const body = '{"methodName":"m","payload":1}';
  module.send(Buffer.from(post('/twins/d1/methods', body.length, proof) + body));
  const packet = await device.packet();
  const { topic } = /** @type {import('mqtt-packet').IPublishPacket} */ (packet);
  const rid = topic.slice(topic.indexOf('=') + 1);
  device.send(publishPacket(`$iothub/methods/res/200/?$rid=${rid}`, { payload: answer }));
  assert.match(await httpHead(module), /^HTTP\/1\.1 200 OK\r\n/);
  device.vanish();
  module.vanish();
});

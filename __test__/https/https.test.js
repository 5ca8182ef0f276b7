'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { Readable } = require('node:stream');
const { after, before, test } = require('node:test');
const { HttpsProxyAgent } = require('https-proxy-agent');
const { errors } = require('../..');
const { createChain, createDeviceCertificate } = require('../../gateway');
const { HttpsClient } = require('../../lib/https/client');
const { refusedBy } = require('../../lib/https/refused');
const { readAgent } = require('../../lib/proxy/agent');
const { readTrust } = require('../../lib/tls/trust');
const { SMALL, freePort } = require('../bad_input/telling');
const { startProxy } = require('../reference/proxy');

/** Requests over HTTPS. Which chains are accepted stands in `__test__/trust`. */

const WORDS = { clientId: 'd1', cloud: 'hub', field: 'HostName' };
const TOKEN = 'SharedAccessSignature sr=x&sig=thisissecret&se=1';

let chain;
/** Who serves, and what it was asked. */
let server;
/** @type {{ method: string, url: string, headers: any, body: Buffer, certificate: any }[]} */
const asked = [];
/** The sockets that were opened. */
let connections = 0;
/** @type {(request: http.IncomingMessage, response: http.ServerResponse, body: Buffer) => void} */
let answer;

before(async () => {
  chain = await createChain(SMALL);
  server = https.createServer(
    { cert: chain.chainPem, key: chain.serverKeyPem, requestCert: true, rejectUnauthorized: false },
    async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method, url, headers } = request;
      const certificate = request.socket.getPeerCertificate();
      asked.push({ method, url, headers, body: Buffer.concat(chunks), certificate });
      answer(request, response, Buffer.concat(chunks));
    },
  );
  server.on('secureConnection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

after(() => {
  server.closeAllConnections();
  server.close();
});

/** @param {import('node:test').TestContext} t */
function clientFor(t, way = {}, options = {}) {
  asked.length = 0;
  connections = 0;
  answer = (_, response) => response.end('{}');
  const client = new HttpsClient({ trusts: [readTrust(chain.rootPem)], words: WORDS, ...way }, options);
  t.after(() => client.close());
  return client;
}

const place = () => ({ host: 'localhost', port: server.address().port });
const post = (more = {}) => ({ ...place(), method: 'POST', path: '/a/b?api-version=1', ...more });

test('a request goes out as it is given, and its answer comes back plain', async (t) => {
  const client = clientFor(t);
  answer = (_, response) => response.writeHead(201, { ETag: '"x"' }).end('{"a":1}');
  const { status, statusText, headers, body } = await client.request(
    post({ headers: { Authorization: TOKEN }, body: '{"ä":1}' }),
  );
  assert.deepEqual([status, statusText, headers.etag, body.toString()], [201, 'Created', '"x"', '{"a":1}']);
  const [request] = asked;
  assert.equal(request.method, 'POST');
  assert.equal(request.url, '/a/b?api-version=1');
  assert.equal(request.headers.authorization, TOKEN);
  assert.equal(request.headers['content-length'], '8');
  assert.equal(request.headers.host, `localhost:${place().port}`);
  assert.equal(request.body.toString(), '{"ä":1}');
});

test('a stream is sent as it comes, and its own error is the error', async (t) => {
  const client = clientFor(t);
  await client.request(post({ body: Readable.from(['one ', 'two']) }));
  assert.equal(asked[0].body.toString(), 'one two');
  const fault = new Error('the disk is gone');
  const failing = new Readable({ read: () => {} });
  failing.push('x');
  process.nextTick(() => failing.destroy(fault));
  await assert.rejects(client.request(post({ body: failing })), fault);
});

test('a server that is not trusted is told nothing', async (t) => {
  const { rootPem } = await createChain({ ...SMALL, rootName: 'Another root' });
  const client = clientFor(t, { trusts: [readTrust(rootPem)] });
  await assert.rejects(client.request(post({ headers: { Authorization: TOKEN } })), (error) => {
    assert.ok(error instanceof errors.NotConnectedError);
    assert.equal(error.code, 'ERR_IOT_CERT_UNKNOWN_ISSUER');
    assert.match(error.message, /^The chain of the server at localhost:\d+ ends at "CN=.*", issued by /);
    assert.doesNotMatch(`${error.message} ${error.hint}`, /gateway|doctor/);
    return true;
  });
  assert.deepEqual(asked, []);
});

test('a server is accepted that one of several kinds of trust accepts', async (t) => {
  const { rootPem } = await createChain({ ...SMALL, rootName: 'Another root' });
  const client = clientFor(t, { trusts: [readTrust(rootPem), readTrust(chain.rootPem)] });
  assert.equal((await client.request(post())).status, 200);
});

test('the name that was asked for must be in the certificate', async (t) => {
  const client = clientFor(t);
  await assert.rejects(client.request(post({ host: '127.0.0.1' })), (error) => {
    assert.equal(error.code, 'ERR_IOT_CERT_NAME');
    assert.match(error.message, /is not for 127\.0\.0\.1: it is for localhost/);
    return true;
  });
  assert.deepEqual(asked, []);
});

test('a device with a certificate shows it', async (t) => {
  const device = await createDeviceCertificate({ deviceId: 'x1', key: 'P-256' });
  const client = clientFor(t, { x509: { cert: device.certPem, key: device.keyPem } });
  await client.request(post());
  assert.equal(asked[0].certificate.subject.CN, 'x1');
});

test('a connection serves several requests only where that is wanted', async (t) => {
  const once = clientFor(t);
  for (const _ of [1, 2]) await once.request(post());
  assert.equal(connections, 2);
  const again = clientFor(t, {}, { keepAlive: true });
  for (const _ of [1, 2]) await again.request(post());
  assert.equal(connections, 1);
});

test('a proxy is gone through: of the environment, of an agent, or none', async (t) => {
  const proxy = await startProxy({});
  t.after(() => proxy.close());
  const address = `http://127.0.0.1:${proxy.port}`;
  process.env.HTTPS_PROXY = address;
  t.after(() => delete process.env.HTTPS_PROXY);
  await clientFor(t).request(post());
  assert.equal(proxy.tunnels(), 1);
  await clientFor(t, { proxy: null }).request(post());
  assert.equal(proxy.tunnels(), 1);
  delete process.env.HTTPS_PROXY;
  await clientFor(t, { detour: readAgent(new HttpsProxyAgent(address)) }).request(post());
  assert.equal(proxy.tunnels(), 2);
  assert.equal(asked.length, 1, 'of each');
});

test('what a proxy says against it is told', async (t) => {
  const proxy = http.createServer().on('connect', (request, socket) => {
    assert.equal(request.headers['proxy-authorization'], 'Basic dTpw');
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => proxy.close());
  const through = (port) => ({
    proxy: { host: '127.0.0.1', port, authorization: 'Basic dTpw', origin: 'proxy' },
  });
  await assert.rejects(clientFor(t, through(proxy.address().port)).request(post()), (error) => {
    assert.equal(error.code, 'ERR_IOT_PROXY_AUTH');
    assert.equal(error.statusCode, 407);
    assert.doesNotMatch(`${error.message} ${error.hint}`, /dTpw|gateway/);
    return true;
  });
  await assert.rejects(clientFor(t, through(await freePort())).request(post()), {
    code: 'ERR_IOT_PROXY_UNREACHABLE',
  });
  const silent = await silentServer(t);
  await assert.rejects(clientFor(t, { ...through(silent), timeouts: { connectMs: 50 } }).request(post()), {
    code: 'ERR_IOT_TIMEOUT_PROXY',
  });
});

/** @returns {Promise<number>} The port of one that takes connections and says nothing. */
async function silentServer(t, onConnection = () => {}) {
  const sockets = new Set();
  const silent = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => {
    silent.close();
    for (const socket of sockets) socket.destroy();
  });
  return silent.address().port;
}

test('a connection that is not made says how far it came', async (t) => {
  const client = clientFor(t);
  const refused = client.request(post({ port: await freePort() }));
  await assert.rejects(refused, { code: 'ERR_IOT_CONNECTION_REFUSED', stage: 'tcp' });
  const unknown = client.request(post({ host: 'does-not-exist.invalid' }));
  await assert.rejects(unknown, ({ code, stage }) => {
    assert.match(code, /^ERR_IOT_(HOST_NOT_FOUND|NAME_RESOLUTION)$/);
    return stage === 'resolve';
  });
  const impatient = clientFor(t, { timeouts: { tlsMs: 50 } });
  const silent = impatient.request(post({ port: await silentServer(t) }));
  await assert.rejects(silent, { code: 'ERR_IOT_TIMEOUT_TLS', stage: 'tls' });
  const plain = await silentServer(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await assert.rejects(client.request(post({ port: plain })), { code: 'ERR_IOT_NOT_TLS', stage: 'tls' });
  const closing = await silentServer(t, (socket) => socket.once('data', () => socket.end()));
  await assert.rejects(client.request(post({ port: closing })), { code: 'ERR_IOT_CLOSED_DURING_TLS' });
});

test('an answer that does not come is waited for no longer than the limit', async (t) => {
  const client = clientFor(t);
  answer = () => {};
  await assert.rejects(client.request(post({ timeoutMs: 50 })), (error) => {
    assert.ok(error instanceof errors.TimeoutError);
    assert.equal(error.code, 'ERR_IOT_HTTP_TIMEOUT');
    assert.match(error.message, /^IoT Hub at localhost:\d+ did not answer POST \/a\/b within 50 ms$/);
    return true;
  });
});

test('a signal ends a request, before and while it is under way', async (t) => {
  const client = clientFor(t);
  answer = () => {};
  const reason = new Error('enough');
  const early = client.request(post({ signal: AbortSignal.abort(reason) }));
  await assert.rejects(early, { code: 'ERR_IOT_ABORTED', cause: reason });
  assert.deepEqual(asked, []);
  const controller = new AbortController();
  const late = client.request(post({ signal: controller.signal }));
  setTimeout(() => controller.abort(reason), 50);
  await assert.rejects(late, { name: 'OperationCancelledError', code: 'ERR_IOT_ABORTED', cause: reason });
});

test('an answer that breaks off, or has no end, is none', async (t) => {
  const client = clientFor(t);
  answer = ({ socket }) => socket.destroy();
  await assert.rejects(client.request(post()), { name: 'NotConnectedError', code: 'ERR_IOT_HTTP_BROKEN' });
  answer = (_, response) => {
    response.writeHead(200, { 'Content-Length': 100 }).write('half');
    setTimeout(() => response.destroy(), 20);
  };
  await assert.rejects(client.request(post()), { code: 'ERR_IOT_HTTP_BROKEN' });
  answer = (_, response) => response.end(Buffer.alloc(2000));
  await assert.rejects(client.request(post({ mostBytes: 1000 })), {
    name: 'FormatError',
    code: 'ERR_IOT_HTTP_ANSWER',
  });
});

test('a status is an error of the class for it, with what the hub says of it', () => {
  const body = Buffer.from('{"Message":"ErrorCode:DeviceNotFound;no such device"}');
  const told = refusedBy({ status: 404, statusText: 'Not Found', headers: {}, body }, post(), 'hub');
  assert.ok(told instanceof errors.DeviceNotFoundError);
  assert.equal(told.code, 'ERR_IOT_HTTP_STATUS');
  assert.equal(told.statusCode, 404);
  assert.equal(told.responseBody, body.toString());
  assert.match(
    told.message,
    /refused POST \/a\/b: HTTP 404 Not Found, "ErrorCode:DeviceNotFound;no such device"$/,
  );
  const classes = { 401: 'UnauthorizedError', 429: 'ThrottlingError', 403: 'IotHubQuotaExceededError' };
  const others = { 599: 'InternalServerError', 302: 'NotConnectedError', 418: 'ArgumentError' };
  for (const [status, name] of Object.entries({ ...classes, ...others })) {
    const answer = { status: Number(status), statusText: '', headers: {}, body: Buffer.from('<html>') };
    assert.equal(refusedBy(answer, post()).name, name);
  }
});

test('closing ends what is under way, and leaves nothing behind', async (t) => {
  const silent = await silentServer(t);
  const client = clientFor(t);
  const pending = client.request(post({ port: silent }));
  setTimeout(() => client.close(), 20);
  await assert.rejects(pending, { code: 'ERR_IOT_HTTP_BROKEN' });
});

'use strict';

const assert = require('node:assert/strict');
const { X509Certificate } = require('node:crypto');
const { once } = require('node:events');
const net = require('node:net');
const tls = require('node:tls');
const { before, test } = require('node:test');
const { Worker } = require('node:worker_threads');
const native = require('../../lib/native/add_on');
const { createChain, startGateway } = require('../../gateway');
const { SMALL, freePort, listening } = require('../bad_input/telling');

/** What a diagnosis asks the add-on: `probe` looks at an endpoint, `judge` at a chain. */

const DAY_MS = 86_400_000;

let chain;
let root;

before(async () => {
  chain = await createChain(SMALL);
  root = derOf(chain.rootPem);
});

const derOf = (pem) => new X509Certificate(pem).raw;
const presented = ({ chainPem }) => chainPem.split(/(?=-----BEGIN)/).map(derOf);

/** @returns {Promise<import('../../lib/native/binding').NativeProbeResult>} */
function probe(request) {
  return new Promise((resolve) => {
    native.probe({ host: 'localhost', roots: [root], systemRoots: false, ...request }, resolve);
  });
}

async function gatewayOf(t, options) {
  const gateway = await startGateway({ chain, ...options });
  t.after(() => gateway.close());
  return gateway;
}

for (const maxVersion of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
  test(`a probe tells address, times, ${maxVersion}, suite and chain of a healthy gateway`, async (t) => {
    const gateway = await gatewayOf(t, { maxVersion });
    const ended = once(gateway, 'refused');
    const result = await probe({ port: gateway.port });
    assert.equal(result.failure, undefined);
    assert.equal(result.address, '127.0.0.1');
    assert.ok(result.tcpMs >= 0 && result.tlsMs > 0);
    assert.equal(result.tlsVersion, maxVersion);
    assert.match(result.cipherSuite, maxVersion === 'TLSv1.3' ? /^TLS_AES_/ : /^TLS_ECDHE_ECDSA_WITH_/);
    assert.equal(result.clientCertificateRequested, true, 'edgeHub asks everyone');
    assert.deepEqual(result.chain, presented(chain));
    const [{ returnCode, reason }] = await ended;
    assert.equal(returnCode, undefined, `the gateway read a packet: ${reason}`);
  });
}

test('a probe connects to the address it is given, and verifies the host', async (t) => {
  const gateway = await gatewayOf(t, {
    chain: await createChain({ ...SMALL, host: 'gw.invalid', root: chain }),
  });
  const { port } = gateway;
  assert.equal((await probe({ host: 'gw.invalid', port, address: '127.0.0.1' })).failure, undefined);
  const { failure } = await probe({ host: 'other.invalid', port, address: '127.0.0.1' });
  assert.equal(failure.kind, 'certificate-wrong-name');
});

test('a probe shows a chain that is refused, and why', async (t) => {
  const gateway = await gatewayOf(t);
  const other = await createChain({ ...SMALL, rootName: 'Another root' });
  const result = await probe({ port: gateway.port, roots: [derOf(other.rootPem)] });
  assert.equal(result.failure.kind, 'certificate-unknown-issuer');
  assert.deepEqual(result.chain, presented(chain));
  assert.deepEqual(result.failure.chain, result.chain);
  assert.equal(result.address, '127.0.0.1');
  assert.ok(result.tcpMs >= 0);
  assert.equal(result.tlsMs, undefined);
  assert.equal(result.tlsVersion, undefined);
});

for (const maxVersion of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
  test(`a probe notes whether a client certificate is asked for (${maxVersion})`, async (t) => {
    for (const requestCert of [true, false]) {
      const options = { cert: chain.chainPem, key: chain.serverKeyPem, requestCert, maxVersion };
      const server = tls.createServer({ ...options, rejectUnauthorized: false });
      await listening(t, server);
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      assert.equal((await probe({ port })).clientCertificateRequested, requestCert);
      const refused = await probe({ port, host: '127.0.0.1' });
      assert.equal(refused.failure.kind, 'certificate-wrong-name');
      assert.equal(refused.clientCertificateRequested, requestCert, 'also where the chain is refused');
    }
  });
}

test('a probe tells at which stage it ended', async (t) => {
  const closed = await freePort();
  const silent = net.createServer();
  const http = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await listening(t, silent);
  await listening(t, http);
  const portOf = (server) => server.address().port;
  for (const [request, stage, kind] of /** @type {const} */ ([
    [{ host: 'no-such-host.invalid', port: 1 }, 'resolve', 'name-not-found'],
    [{ host: 'no host', port: 1 }, 'resolve', 'invalid-name'],
    [{ port: closed }, 'tcp', 'refused'],
    [{ port: portOf(silent), tlsMs: 50 }, 'tls', 'timed-out'],
    [{ port: portOf(http) }, 'tls', 'not-tls'],
    [{ port: closed, address: '127.0.0.1', roots: [] }, 'tcp', 'refused'],
    [{ port: portOf(silent), roots: [] }, 'tls', 'no-roots'],
  ])) {
    const { failure, chain: seen, clientCertificateRequested } = await probe(request);
    assert.deepEqual([failure.stage, failure.kind], [stage, kind], failure.detail);
    assert.deepEqual(seen, []);
    assert.equal(clientCertificateRequested, false);
  }
});

test('an address that is none is told at once', () => {
  const request = { host: 'localhost', port: 1, roots: [root], systemRoots: false, address: 'localhost' };
  assert.throws(() => native.probe(request, assert.fail), /"localhost" is no IP address/);
});

test('a probe answers once, and keeps the process alive until then and no longer', async (t) => {
  const { spawnSync } = require('node:child_process');
  const silent = net.createServer();
  await listening(t, silent);
  const { port } = /** @type {net.AddressInfo} */ (silent.address());
  const request = { host: 'localhost', port, roots: [], systemRoots: true, tlsMs: 200 };
  const program = `
    const { probe } = require(${JSON.stringify(require.resolve('../../lib/native/add_on'))});
    probe(${JSON.stringify(request)}, ({ failure }) => console.log(failure.kind));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  // The parent is blocked meanwhile, so the connection waits in the backlog: silence enough.
  assert.match(stdout, /^(timed-out|no-roots)\n$/);
});

test('a worker may end while it probes', async (t) => {
  const server = net.createServer();
  await listening(t, server);
  const connected = once(server, 'connection');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  const request = { host: 'localhost', port, roots: [root], systemRoots: false };
  const worker = new Worker(
    `const { workerData } = require('node:worker_threads');
     require(workerData.native).probe(workerData.request, () => process.exit(7));`,
    { eval: true, workerData: { native: require.resolve('../../lib/native/add_on'), request } },
  );
  const [socket] = await connected;
  await worker.terminate();
  // The probe fails now, and finds nobody to tell.
  socket.end();
  assert.equal(
    (await probe({ port: await freePort() })).failure.kind,
    'refused',
    'the thread of probes lives on',
  );
});

test('a chain is judged at any time, for any name and root', async () => {
  const other = derOf((await createChain({ ...SMALL, rootName: 'Another root' })).rootPem);
  const now = Date.now();
  for (const [change, kind] of [
    [{}, undefined],
    [{ roots: [other, root] }, undefined],
    [{ host: 'edgeHub' }, undefined],
    [{ atMs: now + 31 * DAY_MS }, 'certificate-expired'],
    [{ atMs: now - DAY_MS }, 'certificate-not-yet-valid'],
    [{ atMs: 0 }, 'certificate-not-yet-valid'],
    [{ atMs: Number.NaN }, 'certificate-not-yet-valid'],
    [{ host: 'other' }, 'certificate-wrong-name'],
    [{ host: '127.0.0.1' }, 'certificate-wrong-name'],
    [{ host: 'no host' }, 'invalid-name'],
    [{ roots: [other] }, 'certificate-unknown-issuer'],
    [{ roots: [] }, 'no-roots'],
    [{ roots: [Buffer.from([0x30, 0])] }, 'bad-root'],
    [{ chain: presented(chain).slice(0, 1) }, 'certificate-unknown-issuer'],
    [{ chain: presented(chain).toReversed() }, 'certificate-invalid'],
    [{ chain: [] }, 'certificate-invalid'],
    [{ chain: [Buffer.from('nothing')] }, 'certificate-invalid'],
  ]) {
    const request = {
      chain: presented(chain),
      host: 'localhost',
      roots: [root],
      systemRoots: false,
      atMs: now,
    };
    const verdict = native.judge({ ...request, ...change });
    assert.equal(verdict?.kind, kind, `${JSON.stringify(Object.keys(change))}: ${verdict?.detail}`);
    if (verdict?.kind.startsWith('certificate-')) {
      assert.deepEqual(verdict.chain, change.chain ?? presented(chain));
    }
  }
});

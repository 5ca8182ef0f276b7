'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const path = require('node:path');
const { before, test } = require('node:test');
const { createChain } = require('../../gateway');
const { environmentOf, gatewayFor, start } = require('./child');

/** However and whenever the process or the thread ends: as Node's own do, and the gateway sees the connection gone. */

const PROGRAM = path.join(__dirname, 'program.js');
let chain;
before(async () => {
  chain = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
});

/** By name: starts a gateway; gives the environment, and a promise that the connection is gone. */
const phases = {
  async tls(t) {
    const gateway = await gatewayFor(t, { chain });
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const gone = once(server, 'connection').then(async ([socket]) => {
      socket.on('error', () => {}).resume();
      await once(socket, 'close');
    });
    const environment = environmentOf(gateway);
    const port = String(/** @type {net.AddressInfo} */ (server.address()).port);
    environment.CONNECTION_STRING = environment.CONNECTION_STRING.replace(/\d+$/, port);
    return { environment, gone };
  },
  async connack(t) {
    const gateway = await gatewayFor(t, { chain, faults: { connack: 'silent' } });
    return { environment: environmentOf(gateway), gone: once(gateway, 'refused') };
  },
  async connected(t) {
    const gateway = await gatewayFor(t, { chain });
    return { environment: environmentOf(gateway), gone: once(gateway, 'disconnected') };
  },
  async sending(t) {
    const gateway = await gatewayFor(t, { chain, keep: 0 });
    return { environment: environmentOf(gateway), gone: once(gateway, 'disconnected') };
  },
};

for (const phase of Object.keys(phases)) {
  const ending = (name, check) =>
    test(`${phase}: ${name}`, { timeout: 30_000 }, async (t) => {
      const { environment, gone } = await phases[phase](t);
      const program = (way) => start(t, [PROGRAM, phase, way], environment);
      await check({ program, gone });
    });

  ending('process.exit()', async ({ program, gone }) => {
    const { code, signal, stdout, stderr } = await program('exit').ended;
    assert.deepEqual([code, signal, stdout, stderr], [7, null, ['ready'], '']);
    await gone;
  });

  ending('an uncaught exception', async ({ program, gone }) => {
    const { code, signal, stdout, stderr } = await program('throw').ended;
    assert.deepEqual([code, signal, stdout], [1, null, ['ready']]);
    assert.match(stderr, /\n\nError: as planned\n {4}at ready \(\S*program\.js/, 'where it was thrown');
    assert.match(stderr, /\n\nNode\.js v[\d.]+\n$/);
    assert.equal(stderr.match(/^\w*Error/gm).length, 1, stderr);
    assert.doesNotMatch(stderr, /panic|abort|fatal|segmentation/i);
    await gone;
  });

  for (const signal of ['SIGTERM', 'SIGKILL']) {
    ending(signal, async ({ program, gone }) => {
      const running = program('wait');
      await running.said('ready');
      running.child.kill(signal);
      const ended = await running.ended;
      assert.deepEqual([ended.code, ended.signal, ended.stderr], [null, signal, '']);
      await gone;
    });
  }

  for (const [way, ended, before] of [
    ['worker-terminate', 'worker ended 1', ['ready']],
    ['worker-exit', 'worker ended 7', ['ready']],
    ['worker-throw', 'worker ended 1', ['ready', 'worker threw as planned']],
  ]) {
    ending(way, async ({ program, gone }) => {
      const running = program(way);
      await running.said(ended);
      await gone;
      assert.equal(running.child.exitCode, null, 'the main thread goes on');
      running.child.stdin.end();
      const { code, stdout, stderr } = await running.ended;
      assert.deepEqual([code, stderr], [0, '']);
      assert.equal(stdout.pop(), ended);
      assert.deepEqual(
        stdout.sort(),
        before,
        'messages and errors come by ports of their own, in either order',
      );
    });
  }
}

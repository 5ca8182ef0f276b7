'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const tls = require('node:tls');
const { after, before, test } = require('node:test');
const { Client, Message, Mqtt, NoRetry } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { KEY, SMALL, connectionStringTo } = require('../bad_input/telling');
const { HOSTILE, authority, pemOf } = require('./chains');

/** Servers that present what is dear to verify: each is refused by name, and a session beside them goes on. */

/** How often each chain is shown, at the same time. */
const ATTEMPTS = 20;

let gateway;
let healthy;
let ca;

before(async () => {
  gateway = await startGateway({
    chain: await createChain(SMALL),
    devices: [{ deviceId: 'd1', primaryKey: KEY }],
  });
  // Roots that cannot be the end of a path, which another search is made for each of.
  const unfit = await Promise.all(
    ['X', 'X', 'X'].map((name, number) => authority(name, undefined, { number: 90 + number })),
  );
  ca = [gateway.rootPem, pemOf(unfit)];
  healthy = Client.fromConnectionString(connectionStringTo(`localhost:${gateway.port}`), Mqtt);
  await healthy.setOptions({ ca });
  await healthy.open();
});

after(async () => {
  await healthy.close();
  await gateway.close();
});

/** @param {import('node:test').TestContext} t @param {any[]} chain */
async function presenting(t, chain) {
  const server = tls.createServer({ cert: pemOf(chain), key: chain[0].keyPem }, (socket) => socket.destroy());
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return /** @type {any} */ (server.address()).port;
}

/** @returns {Promise<string>} The code of the error. */
async function refusal(port, trusted) {
  const client = Client.fromConnectionString(connectionStringTo(`localhost:${port}`), Mqtt);
  client.setRetryPolicy(new NoRetry());
  await client.setOptions({ ca: trusted });
  return client.open().then(
    () => assert.fail('it was accepted'),
    (error) => error.code,
  );
}

for (const [name, { make, codes }] of Object.entries(HOSTILE)) {
  test(`${name}: refused, every time`, async (t) => {
    const port = await presenting(t, await make());
    const attempts = Array.from({ length: ATTEMPTS }, () => refusal(port, ca));
    const sends = Array.from({ length: 50 }, () => healthy.sendEvent(new Message('beside it')));
    for (const code of await Promise.all(attempts)) assert.ok(codes.includes(code), code);
    const results = await Promise.all(sends);
    assert.ok(results.every(({ constructor }) => constructor.name === 'MessageEnqueued'));
  });
}

test('under the roots of the operating system they are refused as well', async (t) => {
  for (const { make, codes } of Object.values(HOSTILE)) {
    const code = await refusal(await presenting(t, await make()), undefined);
    assert.ok(codes.includes(code), code);
  }
});

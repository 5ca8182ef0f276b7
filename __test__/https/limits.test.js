'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const https = require('node:https');
const net = require('node:net');
const { after, before, test } = require('node:test');
const { createChain } = require('../../gateway');
const { HttpsClient } = require('../../lib/https/client');
const { readTrust } = require('../../lib/tls/trust');
const { SMALL } = require('../bad_input/telling');

/** Limits that a timer of Node takes for none: what is longer than 2^31 - 1 ms would end everything at once. */

const LATE_MS = 60;
const LONGEST_MS = 2 ** 32 - 1;
const WORDS = { clientId: 'd1', cloud: 'hub', field: 'HostName' };

let chain;
/** Answers late. */
let server;
/** Leads to it, by CONNECT or by itself, and begins late. */
let relay;

before(async () => {
  chain = await createChain(SMALL);
  server = https.createServer({ cert: chain.chainPem, key: chain.serverKeyPem }, (_, response) => {
    setTimeout(() => response.end('{}'), LATE_MS);
  });
  relay = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (first) => {
      const onward = net.connect(portOf(server), '127.0.0.1').on('error', () => {});
      setTimeout(() => {
        if (/^CONNECT/.test(first.toString('latin1'))) socket.write('HTTP/1.1 200 OK\r\n\r\n');
        else onward.write(first);
        socket.pipe(onward).pipe(socket);
      }, LATE_MS);
    });
  });
  for (const each of [server, relay]) {
    each.listen(0, '127.0.0.1');
    await once(each, 'listening');
  }
});

after(() => {
  server.closeAllConnections();
  server.close();
  relay.close();
});

const portOf = (listening) => listening.address().port;

/** @param {import('node:test').TestContext} t */
async function statusBy(t, way, request) {
  const client = new HttpsClient({ trusts: [readTrust(chain.rootPem)], words: WORDS, proxy: null, ...way });
  t.after(() => client.close());
  const { status } = await client.request({ host: 'localhost', method: 'POST', path: '/', ...request });
  return status;
}

for (const timeoutMs of [2 ** 31 - 1, 2 ** 31, 3e9, Infinity])
  test(`an answer that may take ${timeoutMs} ms is waited for`, async (t) => {
    assert.equal(await statusBy(t, {}, { port: portOf(server), timeoutMs }), 200);
  });

test('so is a handshake that may take as long', async (t) => {
  const way = { timeouts: { tlsMs: LONGEST_MS } };
  assert.equal(await statusBy(t, way, { port: portOf(relay) }), 200);
});

test('and a proxy', async (t) => {
  const proxy = { host: '127.0.0.1', port: portOf(relay), origin: 'proxy' };
  const way = { proxy, timeouts: { connectMs: LONGEST_MS } };
  assert.equal(await statusBy(t, way, { port: portOf(server) }), 200);
});

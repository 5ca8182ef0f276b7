// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { assertServed } = require('./hostile_peer');
const { MutatingPeers } = require('./mutation');
const { WatchedGateway } = require('./watched');

/** `long/mutation.long.js` goes on for minutes. */
const CONNECTIONS = 150;
const SEED = 1;

test('packets, frames and requests changed by chance: the gateway lives and serves others', async (t) => {
  const watched = await WatchedGateway.start(t);
  const peers = new MutatingPeers(watched.gateway, SEED);
  for (let n = 0; n < CONNECTIONS; n++) await peers.visit();
  await assertServed(watched);
  await watched.state();
  assert.strictEqual(watched.errors, '');
});

// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { assertServed } = require('../hostile_peer');
const { MutatingPeers } = require('../mutation');
const { WatchedGateway } = require('../watched');

/** `SEED=7 npm run test:long -- mutation` goes another way. */
const SEED = Number(process.env.SEED ?? 1);
const MINUTES = Number(process.env.MINUTES ?? 10);
/** Peers at the same time. */
const PEERS = 8;

/** Before memory is measured for the first time: code is compiled, caches fill. Milliseconds. */
const WARM_UP_MS = 30_000;
/** What may be left over when everything is as it was. Bytes. */
const LEFT_OVER = 6 * 1024 * 1024;
const SLACK = 40 * 1024 * 1024;

test(`${MINUTES} minutes of packets, frames and requests changed by chance, seed ${SEED}`, async (t) => {
  const watched = await WatchedGateway.start(t, { limits: { connectTimeoutMs: 5000 } });
  const peers = Array.from(
    { length: PEERS },
    (_, n) => new MutatingPeers(watched.gateway, SEED * 1_000_000_007 + n * 10_000_000),
  );
  /** @param {number} milliseconds */
  const visits = async (milliseconds) => {
    const end = Date.now() + milliseconds;
    await Promise.all(
      peers.map(async (peer) => {
        while (Date.now() < end) await peer.visit();
      }),
    );
    // Until the last connection has lingered.
    await new Promise((resolve) => setTimeout(resolve, 7000));
    return watched.state();
  };
  const early = await visits(WARM_UP_MS);
  const late = await visits(MINUTES * 60_000 - WARM_UP_MS);
  await assertServed(watched);
  assert.strictEqual(watched.errors, '');
  assert.strictEqual(late.open, 0);
  const heap = (/** @type {import('../watched').State} */ state) => state.heapUsed + state.external;
  const connections = peers.reduce((sum, { counts }) => sum + counts.connections, 0);
  const pieces = peers.reduce((sum, { counts }) => sum + counts.pieces, 0);
  t.diagnostic(
    `${connections} connections, ${pieces} pieces; heap ${heap(early)} → ${heap(late)}, rss ${early.rss} → ${late.rss}`,
  );
  assert.ok(heap(late) - heap(early) < LEFT_OVER, `${heap(early)} bytes grew to ${heap(late)}`);
  assert.ok(late.rss - early.rss < SLACK, `${early.rss} bytes grew to ${late.rss}`);
});

// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { HOSTILITIES } = require('../hostile');
const { HostilePeer, assertServed } = require('../hostile_peer');
const { WatchedGateway } = require('../watched');

/** How long one packet or request may hold all others up. Milliseconds of CPU. */
const LONGEST_MS = 50;
/** The first time is that of the compiler, and whatever the machine does besides is in some of the others. */
const ROUNDS = 4;
/** Until what was sent has had its effect. Milliseconds. */
const EFFECT_MS = 400;

test(`no packet and no request holds the gateway for more than ${LONGEST_MS} ms`, async (t) => {
  const watched = await WatchedGateway.start(t);
  for (const hostility of HOSTILITIES) {
    await t.test(hostility.name, async (t) => {
      const turns = [];
      for (let round = 0; round < ROUNDS; round++) {
        const peer = await HostilePeer.open(watched, hostility);
        // Garbage of earlier peers is not this one's.
        await watched.state();
        await watched.longestTurn();
        peer.attack(watched.gateway);
        await new Promise((resolve) => setTimeout(resolve, EFFECT_MS));
        turns.push(await watched.longestTurn());
        peer.leave();
        await assertServed(watched);
      }
      const least = Math.min(...turns);
      t.diagnostic(turns.map((turn) => turn.toFixed(1)).join(', '));
      assert.ok(least < LONGEST_MS, `${least} ms`);
    });
  }
});

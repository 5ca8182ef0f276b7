// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { HOSTILITIES } = require('./hostile');
const { HostilePeer, assertServed } = require('./hostile_peer');
const { WatchedGateway } = require('./watched');

test('whatever a peer sends, the gateway lives and serves others', async (t) => {
  const watched = await WatchedGateway.start(t);
  for (const hostility of HOSTILITIES) {
    await t.test(hostility.name, async () => {
      const peer = await HostilePeer.open(watched, hostility);
      peer.attack(watched.gateway);
      await assertServed(watched);
      await assertServed(watched);
      peer.leave();
      await watched.state();
      assert.strictEqual(watched.errors, '');
    });
  }
});

'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { newDevice, onEachBroker } = require('./brokers');
const { counting, cutOff, next, numbers, openClient, quickly, sendNumbered, upTo } = require('./client');

/**
 * Every message was read, in order; what was read again was a replay: DUP, and the packet id of the first time.
 *
 * @param {import('./record').Publish[]} publishes
 */
function assertNothingLost(publishes, count) {
  const packetIds = new Map();
  for (const [i, n] of numbers(publishes).entries()) {
    const { dup, packetId } = publishes[i];
    if (packetIds.has(n)) {
      assert.equal(dup, true, `message ${n} was sent again as if it were new`);
      assert.equal(packetId, packetIds.get(n), `message ${n} changed its packet id`);
    } else {
      assert.equal(n, packetIds.size, 'messages changed their order');
      packetIds.set(n, packetId);
    }
  }
  assert.equal(packetIds.size, count);
}

function assertAllEnqueued(outcomes) {
  for (const [error, result] of outcomes) {
    assert.equal(error, null);
    assert.equal(result.constructor.name, 'MessageEnqueued');
  }
}

onEachBroker((broker) => {
  for (const how of ['fin', 'rst']) {
    test(`after a ${how.toUpperCase()} what was not acknowledged is replayed first, in order, as DUP with its packet id`, async (t) => {
      const device = newDevice(broker);
      const client = await openClient(t, broker, device);
      client.setRetryPolicy(quickly);
      assertAllEnqueued(await Promise.all(sendNumbered(client, 0, 5)));
      broker.relay.hold('down');
      const written = sendNumbered(client, 5, 25);
      await broker.until('all were read', () => device.publishes.length === 25);
      await cutOff(broker, client, how);
      const queued = sendNumbered(client, 25, 35);
      const connected = next(client, 'connect');
      broker.relay.admit();
      await connected;
      const afterwards = sendNumbered(client, 35, 40);
      assertAllEnqueued(await Promise.all([...written, ...queued, ...afterwards]));
      await broker.until('all were read', () => device.publishes.length === 60);
      const first = device.publishes.slice(5, 25);
      const replayed = device.publishes.slice(25, 45);
      assert.deepEqual(
        replayed,
        first.map((publish) => ({ ...publish, dup: true })),
      );
      assert.deepEqual(numbers(device.publishes.slice(45)), upTo(40).slice(25));
      assertNothingLost(device.publishes, 40);
      assert.ok(device.publishes.slice(45).every(({ dup }) => !dup));
    });

    test(`a ${how.toUpperCase()} in the middle of a packet loses nothing`, async (t) => {
      const device = newDevice(broker);
      const client = await openClient(t, broker, device);
      client.setRetryPolicy(quickly);
      const counts = counting(client, 'connect', 'disconnect');
      broker.relay.cutAfter(3333, how);
      const outcomes = await Promise.all(sendNumbered(client, 0, 300));
      assertAllEnqueued(outcomes);
      await broker.until('all were read', () => new Set(numbers(device.publishes)).size === 300);
      assertNothingLost(device.publishes, 300);
      assert.deepEqual(counts, { connect: 1, disconnect: 0 });
      assert.equal(device.connects.length, 2);
    });
  }

  test('losses in a row, each before the replay is acknowledged, lose nothing', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    client.setRetryPolicy(quickly);
    broker.relay.hold('down');
    const sent = sendNumbered(client, 0, 50);
    await broker.until('all were read', () => device.publishes.length === 50);
    for (const how of ['rst', 'fin', 'rst']) {
      const before = device.publishes.length;
      await cutOff(broker, client, how);
      const connected = next(client, 'connect');
      broker.relay.admit();
      await connected;
      broker.relay.hold('down');
      await broker.until('some were read again', () => device.publishes.length > before);
    }
    await cutOff(broker, client, 'fin');
    broker.relay.admit();
    assertAllEnqueued(await Promise.all(sent));
    assertNothingLost(device.publishes, 50);
  });

  for (const sessions of [true, false]) {
    const store = sessions ? 'with' : 'without';
    test(`a broker killed and started again ${store} its sessions loses no message and no subscription`, async (t) => {
      const device = newDevice(broker);
      const client = await openClient(t, broker, device);
      client.setRetryPolicy(quickly);
      const counts = counting(client, 'connect', 'disconnect');
      const received = [];
      client.on('message', ({ data }) => received.push(String(data)));
      await broker.until('it subscribed', () => device.subscribes.length === 1);
      const before = sendNumbered(client, 0, 100);
      assertAllEnqueued(await Promise.all(before));
      broker.relay.hold('down');
      const unacknowledged = sendNumbered(client, 100, 200);
      await broker.until('all were read', () => device.publishes.length === 200);

      const lost = new Promise((resolve) => {
        client.on('state', ({ state }) => state === 'waiting' && resolve());
      });
      const connected = next(client, 'connect');
      const restarted = broker.restart({ sessions });
      broker.relay.cut('rst');
      broker.relay.release();
      await lost;
      const offline = sendNumbered(client, 200, 300);
      await restarted;
      await connected;
      const afterwards = sendNumbered(client, 300, 400);
      assertAllEnqueued(await Promise.all([...unacknowledged, ...offline, ...afterwards]));
      await broker.until('all were read', () => device.publishes.length === 500);
      assertNothingLost(device.publishes, 400);
      assert.equal(device.publishes.filter(({ dup }) => dup).length, 100);

      await broker.until('it subscribed again', () => device.subscribes.length === 2);
      broker.sendC2D(device.id, 'after the restart');
      await broker.until('it was acknowledged', () => device.acknowledged.length === 1);
      assert.deepEqual(received, ['after the restart']);
      assert.deepEqual(counts, { connect: 1, disconnect: 0 });
    });
  }
});

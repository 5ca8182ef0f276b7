'use strict';

// Twin and methods under load: none lost, none twice, all in order.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { clientOf, deviceOf, startCloud, subscribed, until } = require('./cloud_setting');
const { upTo } = require('./client');

test('5 000 method calls in a burst are answered once each', async (t) => {
  const count = 5000;
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const runs = new Uint8Array(count);
  client.onDeviceMethod('m', async ({ payload }, response) => {
    runs[payload] += 1;
    if (payload % 2) await null;
    await response.send(200, payload);
  });
  await subscribed(gateway, 'methods');
  const answers = new Uint8Array(count);
  gateway.faults = {
    publish: (_, { topic }) => {
      if (topic.startsWith('$iothub/methods/res/200/?$rid=call')) answers[Number(topic.slice(34))] += 1;
      return undefined;
    },
  };
  const results = await Promise.all(
    upTo(count).map((n) =>
      gateway.invokeMethod('d1', 'm', n, { rid: `call${n}`, responseTimeoutMs: 120_000 }),
    ),
  );
  assert.deepEqual(
    results.map(({ payload }) => payload),
    upTo(count),
  );
  assert.ok(runs.every((times) => times === 1));
  assert.ok(answers.every((times) => times === 1));
});

test('1 000 desired patches a second come in order, without a gap', async (t) => {
  const count = 3000;
  const gateway = await startCloud(t);
  const device = await deviceOf(t, gateway);
  const twin = await device.twin();
  await subscribed(gateway, 'desired');
  const versions = [];
  const reading = (async () => {
    for await (const { $version } of twin) {
      versions.push($version);
      if (versions.length === count) return;
    }
  })();
  let fetched = 0;
  gateway.on('twinGet', () => (fetched += 1));
  for (let n = 0; n < count; n += 10) {
    for (let i = n; i < n + 10; i += 1) gateway.patchDesired('d1', { [`p${i % 20}`]: i });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await reading;
  assert.deepEqual(
    versions,
    upTo(count).map((n) => n + 2),
  );
  assert.deepEqual({ ...twin.desired }, gateway.twin('d1').desired);
  assert.equal(fetched, 0);
});

test('over 20 renewals under load each call is carried out once, reports keep their order, and the twin is equal', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const runs = new Map();
  client.onDeviceMethod('m', ({ payload }, response) => {
    runs.set(payload, (runs.get(payload) ?? 0) + 1);
    response.send(200, payload, () => {});
  });
  const twin = await client.getTwin();
  await subscribed(gateway, 'methods', 'desired');
  const patches = [];
  gateway.on('reported', ({ patch }) => patches.push(patch.n));
  let working = true;
  /** Calls that the gateway put on the wire. */
  const delivered = [];
  gateway.faults = {
    method: ({ rid }) => {
      delivered.push(Number(rid.slice(4)));
      return undefined;
    },
  };
  const cloud = (async () => {
    for (let n = 0; working; n += 1) {
      gateway.patchDesired('d1', { [`p${n % 5}`]: n % 7 === 0 ? null : n });
      gateway.invokeMethod('d1', 'm', n, { rid: `call${n}` }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  const reports = [];
  const device = (async () => {
    for (let n = 0; working; n += 1) {
      reports.push(twin.properties.reported.update({ n }).then(() => n));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  for (let round = 1; round <= 20; round += 1) {
    const again = once(gateway, 'connected');
    await client.setOptions({
      ca: gateway.rootPem,
      tokenRenewal: { tokenValidTimeInSeconds: 3600 + round, tokenRenewalMarginInSeconds: 900 },
    });
    await again;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  working = false;
  await Promise.all([cloud, device]);
  const told = await Promise.all(reports);
  assert.deepEqual(told, upTo(told.length));
  // What a loss caught is repeated, and nothing overtakes it.
  assert.deepEqual(
    patches,
    [...patches].sort((a, b) => a - b),
  );
  assert.deepEqual([...new Set(patches)], upTo(told.length));
  await until('the twin is in step', () => {
    const { desired } = gateway.twin('d1');
    return twin.properties.desired.$version === desired.$version;
  });
  assert.deepEqual(twin.properties.desired, gateway.twin('d1').desired);
  await until('the last call came', () => runs.size === delivered.length);
  assert.ok([...runs.values()].every((times) => times === 1));
  assert.deepEqual(
    [...runs.keys()].sort((a, b) => a - b),
    delivered.sort((a, b) => a - b),
  );
  assert.ok(runs.size > 100, `${runs.size} calls`);
});

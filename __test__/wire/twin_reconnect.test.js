'use strict';

// The twin over losses, renewals and restarts: what changed meanwhile is told as one change, and reports get through.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Client, Mqtt, NoRetry } = require('../..');
const { FILTERS, clientOf, deviceOf, startCloud, subscribed, until } = require('./cloud_setting');
const { soon } = require('./client');

const before = { gone: 1, kept: 2, deep: { gone: 1, kept: 2 }, list: [1, 2] };
const meanwhile = { gone: null, deep: { gone: null, added: 0 }, list: [2], fresh: false };
const difference = { ...meanwhile, $version: 3 };
const after = { kept: 2, deep: { kept: 2, added: 0 }, list: [2], fresh: false, $version: 3 };

const renewal = (round) => ({
  tokenRenewal: { tokenValidTimeInSeconds: 3600 + round, tokenRenewalMarginInSeconds: 900 },
});

/** Ways a connection ends and another stands; `change` happens in between. */
const WAYS = {
  'a FIN': async ({ gateway, change }) => {
    gateway.cut('d1');
    change();
  },
  'an RST': async ({ gateway, change }) => {
    gateway.cut('d1', 'rst');
    change();
  },
  'a token renewal': async ({ gateway, client, change }) => {
    const gone = once(gateway, 'disconnected');
    const renewed = client.setOptions({ ca: gateway.rootPem, ...renewal(1) });
    await gone;
    change();
    await renewed;
  },
  'a restart that keeps sessions': async ({ gateway, change }) => {
    const restarted = gateway.restart();
    change();
    await restarted;
  },
  'a gateway made anew, without sessions and twins': async ({ gateway, change }) => {
    const restarted = gateway.restart({ keepSessions: false });
    change();
    await restarted;
  },
  'a take-over by another of the same id': async ({ t, gateway, change }) => {
    const other = Client.fromConnectionString(gateway.connectionString('d1'), Mqtt);
    other.setRetryPolicy(new NoRetry());
    t.after(() => other.close());
    await other.setOptions({ ca: gateway.rootPem });
    gateway.faults = {
      connack: ({ connectionNumber }) => (connectionNumber > 2 ? { delayMs: 100 } : undefined),
    };
    const taken = once(gateway, 'connected');
    other.open().catch(() => {});
    await taken;
    change();
  },
};

for (const [name, end] of Object.entries(WAYS)) {
  test(`after ${name} what changed meanwhile comes as one event, and all subscriptions stand`, async (t) => {
    const gateway = await startCloud(t);
    gateway.patchDesired('d1', before);
    const client = await clientOf(t, gateway);
    client.onDeviceMethod('where', (_, response) => response.send(200, 'here'));
    client.on('message', () => {});
    const twin = await client.getTwin();
    await subscribed(gateway, 'desired', 'methods', 'c2d', 'responses');
    const heard = [];
    twin.on('properties.desired', (patch) => heard.push(structuredClone(patch)));
    const gone = [];
    twin.on('properties.desired.deep.gone', (value) => gone.push(value));
    await new Promise(setImmediate);
    heard.length = 0;
    gone.length = 0;
    await end({ t, gateway, client, change: () => gateway.patchDesired('d1', meanwhile) });
    await until('the change was told', () => heard.length > 0);
    await subscribed(gateway, 'desired', 'methods', 'c2d', 'responses');
    assert.deepEqual(await gateway.invokeMethod('d1', 'where'), { status: 200, payload: 'here' });
    await twin.properties.reported.update({ round: 1 });
    assert.deepEqual(heard, [difference]);
    assert.deepEqual(gone, [null]);
    assert.deepEqual(twin.properties.desired, after);
    // And it goes on.
    gateway.patchDesired('d1', { kept: 3 });
    await until('the next change came', () => heard.length > 1);
    assert.deepEqual(heard.slice(1), [{ kept: 3, $version: 4 }]);
  });
}

test('the device of connect() is told the same, by its iterator', async (t) => {
  const gateway = await startCloud(t);
  gateway.patchDesired('d1', before);
  const device = await deviceOf(t, gateway);
  const twin = await device.twin();
  await subscribed(gateway, 'desired');
  const changes = twin[Symbol.asyncIterator]();
  gateway.cut('d1', 'rst');
  gateway.patchDesired('d1', meanwhile);
  assert.deepEqual((await soon('the change was told', changes.next())).value, difference);
  assert.deepEqual(twin.desired, after);
});

test('nothing changed: nothing is told', async (t) => {
  const gateway = await startCloud(t);
  gateway.patchDesired('d1', before);
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  await subscribed(gateway, 'desired');
  let told = 0;
  const { emit } = twin;
  twin.emit = (...args) => {
    told += 1;
    return Reflect.apply(emit, twin, args);
  };
  for (let round = 0; round < 3; round += 1) {
    const fetched = once(gateway, 'twinGet');
    gateway.cut('d1');
    await soon('it was fetched', fetched);
  }
  await twin.properties.reported.update({ done: true });
  assert.equal(told, 0);
});

test('reports that a loss caught unanswered are repeated in order, each told once', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  const patches = [];
  gateway.on('reported', ({ patch }) => patches.push(patch.n));
  let silent = 0;
  gateway.faults = {
    twin: ({ operation }) => {
      if (operation !== 'reported' || patches.length !== 1 || silent > 0) return undefined;
      silent += 1;
      setImmediate(() => gateway.cut('d1'));
      return 'silent';
    },
  };
  const told = [];
  await Promise.all(
    [0, 1, 2, 3].map((n) =>
      twin.properties.reported.update({ n }).then(({ version }) => told.push([n, version])),
    ),
  );
  assert.equal(silent, 1);
  assert.deepEqual(patches, [0, 1, 1, 2, 3]);
  assert.deepEqual(
    told.map(([n]) => n),
    [0, 1, 2, 3],
  );
  assert.equal(gateway.twin('d1').reported.n, 3);
});

test('what is asked for without a connection is served by the next one, in order', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  const waiting = new Promise((resolve) =>
    client.on('state', ({ state }) => state === 'waiting' && resolve(undefined)),
  );
  const restarted = gateway.restart({ downtimeMs: 300 });
  await waiting;
  const order = [];
  const all = [
    twin.properties.reported.update({ n: 1 }).then(() => order.push(1)),
    client.getTwin().then(({ properties }) => order.push(`got ${properties.reported.n}`)),
    twin.properties.reported.update({ n: 2 }).then(() => order.push(2)),
  ];
  await restarted;
  await soon('all were served', Promise.all(all));
  assert.deepEqual(order, [1, 'got 1', 2]);
});

test('with a policy that gives up a request fails with the loss, and what it knew stays', async (t) => {
  const gateway = await startCloud(t);
  gateway.patchDesired('d1', before);
  const client = await clientOf(t, gateway, { policy: new NoRetry() });
  const twin = await client.getTwin();
  gateway.faults = { twin: 'silent' };
  const failed = assert.rejects(client.getTwin(), { name: 'NotConnectedError', delivery: 'unknown' });
  await once(gateway, 'fault');
  gateway.cut('d1');
  await failed;
  assert.equal(twin.properties.desired.kept, 2);
  gateway.faults = {};
  // Asked again, it connects again.
  assert.equal((await client.getTwin()).properties.desired.kept, 2);
});

test('a gateway made anew that does not reach the hub empties nothing; once it does, the change is told', async (t) => {
  const gateway = await startCloud(t, { limits: { twinOfflineDelayMs: 10 } });
  gateway.patchDesired('d1', before);
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  await subscribed(gateway, 'desired');
  const heard = [];
  await new Promise(setImmediate);
  twin.on('properties.desired', (patch) => heard.push(structuredClone(patch)));
  await new Promise(setImmediate);
  heard.length = 0;
  gateway.offline = true;
  const empty = once(gateway, 'twinGet');
  await gateway.restart({ keepSessions: false });
  assert.equal((await empty)[0].source, 'nothing');
  await twin.properties.reported.update({ a: 1 });
  assert.deepEqual([heard, twin.properties.desired.kept], [[], 2]);
  gateway.offline = false;
  gateway.patchDesired('d1', meanwhile);
  await until('it is in step', () => twin.properties.desired.fresh === false);
  assert.deepEqual(twin.properties.desired, after);
});

test('everything wanted is subscribed to once on each connection, one filter a kind, and nothing unsubscribed', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const filters = [];
  gateway.on('subscribed', ({ connectionNumber, filter }) => filters.push(`${connectionNumber} ${filter}`));
  gateway.on('unsubscribed', ({ filter }) => assert.fail(filter));
  const handler = () => {};
  client.on('message', handler);
  client.onDeviceMethod('a', handler);
  client.onDeviceMethod('b', handler);
  const twin = await client.getTwin();
  twin.on('properties.desired', handler);
  await client.getTwin();
  await subscribed(gateway, 'desired', 'methods', 'c2d', 'responses');
  gateway.cut('d1');
  await subscribed(gateway, 'desired', 'methods', 'c2d', 'responses');
  await twin.properties.reported.update({ a: 1 });
  for (const number of [1, 2]) {
    const own = filters.filter((each) => each.startsWith(`${number} `) && !each.endsWith('/+'));
    assert.deepEqual(
      own.sort(),
      Object.values(FILTERS)
        .map((filter) => `${number} ${filter}`)
        .sort(),
    );
  }
  // What nobody wants any more is not asked for on the next connection.
  client.offDeviceMethod('a');
  client.offDeviceMethod('b');
  client.removeAllListeners('message');
  gateway.cut('d1');
  await until('the third stands', () => filters.some((each) => each.startsWith('3 ')));
  await subscribed(gateway, 'desired');
  await twin.properties.reported.update({ a: 2 });
  const third = filters.filter((each) => each.startsWith('3 ')).map((each) => each.slice(2));
  assert.deepEqual(third.sort(), [FILTERS.desired, FILTERS.responses].sort());
});

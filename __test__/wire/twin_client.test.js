'use strict';

// The twin of a Client, beside a gateway as lenient as edgeHub and as strict as IoT Hub.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { clientOf, startCloud, subscribed, until } = require('./cloud_setting');
const { soon } = require('./client');

const PATHS = ['', '.lamp', '.lamp.colour', '.lamp.levels', '.lamp.levels.0', '.interval', '.$version'];

/** Listens to some paths. @returns {[path: string, value: any][]} What came, in order. */
function listenTo(twin, paths = PATHS) {
  const heard = [];
  for (const path of paths)
    twin.on(`properties.desired${path}`, (value) => heard.push([path, structuredClone(value)]));
  return heard;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

for (const strict of [false, true]) {
  const kind = strict ? 'strict' : 'lenient';

  test(`getTwin connects, gives the same twin each time, and its events come before the result (${kind})`, async (t) => {
    const gateway = await startCloud(t, { strict });
    gateway.patchDesired('d1', { interval: 5, lamp: { colour: 'red', levels: [1, 2] } });
    const client = await clientOf(t, gateway);
    const twin = await client.getTwin();
    assert.deepEqual(twin.properties.desired, {
      interval: 5,
      lamp: { colour: 'red', levels: [1, 2] },
      $version: 2,
    });
    assert.equal(client._twin, twin);
    const heard = listenTo(twin);
    await turn();
    heard.length = 0;
    const { properties } = twin;
    const again = await new Promise((resolve, reject) =>
      client.getTwin((error, result) => {
        heard.push('result');
        if (error) reject(error);
        else resolve(result);
      }),
    );
    assert.equal(again, twin);
    assert.equal(twin.properties, properties);
    assert.deepEqual(
      heard.map((event) => (event === 'result' ? event : event[0])),
      ['', '.interval', '.lamp', '.lamp.colour', '.lamp.levels', '.lamp.levels.0', '.$version', 'result'],
    );
    assert.equal(gateway.connections().length, 1);
  });

  test(`a desired patch is merged, then told as it came, parents first, null for what went (${kind})`, async (t) => {
    const gateway = await startCloud(t, { strict });
    gateway.patchDesired('d1', { interval: 5, lamp: { colour: 'red', levels: [1, 2] } });
    const client = await clientOf(t, gateway);
    const twin = await client.getTwin();
    const heard = listenTo(twin);
    await subscribed(gateway, 'desired');
    await turn();
    heard.length = 0;
    const merged = [];
    twin.prependListener('properties.desired', () => merged.push(twin.properties.desired.lamp.levels[0]));
    await turn();
    assert.deepEqual(merged, [1]);
    gateway.patchDesired('d1', { lamp: { colour: null, levels: [9] } });
    await until('it came', () => heard.length > 0);
    assert.deepEqual(heard, [
      ['', { lamp: { colour: null, levels: [9] }, $version: 3 }],
      ['.lamp', { colour: null, levels: [9] }],
      ['.lamp.colour', null],
      ['.lamp.levels', [9]],
      ['.lamp.levels.0', 9],
      ['.$version', 3],
    ]);
    assert.deepEqual(merged, [1, 9]);
    assert.deepEqual(twin.properties.desired, { interval: 5, lamp: { levels: [9] }, $version: 3 });
  });

  test(`reported properties: callback or promise, merged when taken, null deletes, the version where it is told (${kind})`, async (t) => {
    const gateway = await startCloud(t, { strict });
    const client = await clientOf(t, gateway);
    const twin = await client.getTwin();
    const { reported } = twin.properties;
    const outcome = await new Promise((resolve) => {
      const returned = reported.update({ firmware: '1.0', lamp: { on: true } }, (...args) => resolve(args));
      assert.equal(returned, undefined);
      assert.equal(reported.firmware, undefined);
    });
    assert.deepEqual(outcome, [null, { version: strict ? 2 : undefined }]);
    assert.equal(reported.firmware, '1.0');
    assert.deepEqual(await reported.update({ firmware: null, lamp: { off: false } }), {
      version: strict ? 3 : undefined,
    });
    assert.equal('firmware' in reported, false);
    assert.deepEqual(reported.lamp, { on: true, off: false });
    assert.deepEqual(gateway.twin('d1').reported, { lamp: { on: true, off: false }, $version: 3 });
  });
}

test('a listener that comes late is told what is there, falsy values too, and nobody else is', async (t) => {
  const gateway = await startCloud(t);
  gateway.patchDesired('d1', { zero: 0, no: false, empty: '', list: [0], deep: { one: 1 } });
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  let first = 0;
  twin.on('properties.desired.zero', () => (first += 1));
  const heard = [];
  for (const path of ['zero', 'no', 'empty', 'list.0', 'deep.one', 'nothing', 'deep.nothing'])
    twin.once(`properties.desired.${path}`, (value) => heard.push([path, value]));
  const removed = () => assert.fail('it was taken away before');
  twin.on('properties.desired', removed);
  twin.off('properties.desired', removed);
  assert.deepEqual(heard, []);
  await turn();
  assert.deepEqual(heard, [
    ['zero', 0],
    ['no', false],
    ['empty', ''],
    ['list.0', 0],
    ['deep.one', 1],
  ]);
  assert.equal(first, 1);
  // `once` was once.
  assert.equal(twin.listenerCount('properties.desired.no'), 0);
});

test('reports are taken in the order they were made, each callback once', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  const patches = [];
  gateway.on('reported', ({ patch }) => patches.push(patch.n));
  const done = [];
  await Promise.all(
    Array.from({ length: 200 }, (_, n) => twin.properties.reported.update({ n }).then(() => done.push(n))),
  );
  assert.deepEqual(
    patches,
    Array.from({ length: 200 }, (_, n) => n),
  );
  assert.deepEqual(done, patches);
  assert.equal(gateway.twin('d1').reported.n, 199);
});

test('properties of any name survive: update, __proto__, with dots, arrays, falsy values', async (t) => {
  const gateway = await startCloud(t);
  const desired = JSON.parse('{"update":{"x":1},"constructor":1,"list":[[1],{"a":0}],"no":false}');
  gateway.patchDesired('d1', desired);
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  const heard = [];
  twin.on('properties.desired.update.x', (value) => heard.push(value));
  await twin.properties.reported.update({ update: { at: 5 }, other: 1 });
  assert.deepEqual(gateway.twin('d1').reported.update, { at: 5 });
  // It is still the function, and the property is in the JSON.
  await twin.properties.reported.update({ other: 2 });
  assert.deepEqual(JSON.parse(JSON.stringify(twin.properties.reported)).update, { at: 5 });
  await turn();
  assert.deepEqual(heard, [1]);

  await subscribed(gateway, 'desired');
  const patch = '{"__proto__":{"polluted":1},"a.b":{"c":1},"$version":3}';
  const told = once(twin, 'properties.desired.__proto__.polluted');
  const dotted = once(twin, 'properties.desired.a.b.c');
  gateway.publish('d1', '$iothub/twin/PATCH/properties/desired/?$version=3', patch, { qos: 0 });
  assert.deepEqual(await soon('it was told', told), [1]);
  assert.deepEqual(await dotted, [1]);
  assert.equal({}.polluted, undefined);
  assert.deepEqual(
    Object.keys(twin.properties.desired).filter((name) => name === '__proto__'),
    ['__proto__'],
  );
  const late = [];
  twin.on('properties.desired.a.b.c', (value) => late.push(value));
  await turn();
  assert.deepEqual(late, [1]);
});

test('a gateway that knows nothing answers with an empty twin, without versions', async (t) => {
  const gateway = await startCloud(t, { offline: true, limits: { twinOfflineDelayMs: 10 } });
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  assert.deepEqual([twin.properties.desired, JSON.stringify(twin.properties.reported)], [{}, '{}']);
  await twin.properties.reported.update({ alive: true });
  assert.equal(twin.properties.reported.alive, true);
});

test('a desired patch without a version, with skipped ones, or with all properties is taken', async (t) => {
  const gateway = await startCloud(t);
  gateway.patchDesired('d1', { a: 1, b: 2 });
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  await subscribed(gateway, 'desired');
  const topic = '$iothub/twin/PATCH/properties/desired/';
  gateway.publish('d1', `${topic}?$version=3`, '{"c":3}', { qos: 0 });
  await until('one without a version was merged', () => twin.properties.desired.c === 3);
  gateway.patchDesired('d1', { d: 4 }, { version: 10 });
  await until('a skipped version was merged', () => twin.properties.desired.d === 4);
  assert.equal(twin.properties.desired.$version, 10);
  // Fetched, as changes may be missing: what the hub does not know goes.
  await until('it is in step', () => !('c' in twin.properties.desired));
  gateway.publish('d1', `${topic}?$version=11`, '{"a":1,"b":2,"d":5,"$version":11}', { qos: 0 });
  await until('all properties at once', () => twin.properties.desired.d === 5);
  assert.deepEqual(twin.properties.desired, { a: 1, b: 2, d: 5, $version: 11 });
});

test('what is no twin harms nobody: nonsense as a patch, and as an answer', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  await subscribed(gateway, 'desired');
  const warnings = [];
  const warned = ({ code }) => warnings.push(code);
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
  for (const body of ['', 'null', '[]', '5', '"x"', '{', deep])
    gateway.publish('d1', '$iothub/twin/PATCH/properties/desired/?$version=9', body, { qos: 0 });
  gateway.patchDesired('d1', { fine: true });
  await until('the next one came', () => twin.properties.desired.fine === true);
  assert.deepEqual(warnings, ['WARN_IOT_TWIN_UNREADABLE']);
  gateway.faults = { twin: { body: '{"desired"' } };
  await assert.rejects(client.getTwin(), { code: 'ERR_IOT_TWIN_UNREADABLE' });
  gateway.faults = {};
  assert.equal(await client.getTwin(), twin);
});

test('a status from 300 on is an error of its class, and the policy is asked about it', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  gateway.faults = { twin: { status: 404 } };
  client.setRetryPolicy({
    shouldRetry: ({ name }) => name === 'ThrottlingError',
    nextRetryTimeout: (_, throttled) => (throttled ? 30 : -1),
  });
  await assert.rejects(client.getTwin(), { name: 'DeviceNotFoundError', code: 'ERR_IOT_TWIN_REFUSED' });
  await assert.rejects(twin.properties.reported.update({ a: 1 }), { status: 404 });
  assert.equal(twin.properties.reported.a, undefined);
  let asked = 0;
  gateway.faults = { twin: () => ((asked += 1) < 3 ? { status: 429 } : undefined) };
  await twin.properties.reported.update({ a: 1 });
  assert.deepEqual([asked, gateway.twin('d1').reported.a], [3, 1]);
});

test('what a gateway refuses to take is an ArgumentError; what JSON cannot express is told at once', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const { reported } = (await client.getTwin()).properties;
  await assert.rejects(reported.update({ 'a.b': 1 }), { name: 'ArgumentError', status: 400 });
  const circular = {};
  circular.self = circular;
  for (const patch of [undefined, null, 'x', 5, [1], circular]) {
    const told = { name: 'ArgumentError', code: 'ERR_IOT_TWIN_PATCH', delivery: 'not sent' };
    await assert.rejects(reported.update(patch), told);
    assert.throws(() => reported.update(patch, () => assert.fail('thrown')), told);
  }
  await reported.update({ fine: true });
});

test('reported properties that no packet can hold are refused at once, and those behind them go through', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const { reported } = (await client.getTwin()).properties;
  for (const size of [262_000, 500_000]) {
    const large = reported.update({ text: 'x'.repeat(size) });
    const behind = reported.update({ size });
    const told = { name: 'MessageTooLargeError', code: 'ERR_IOT_MESSAGE_TOO_LARGE', delivery: 'not sent' };
    await assert.rejects(large, told);
    await behind;
    assert.equal(gateway.twin('d1').reported.size, size);
  }
});

test('a limit ends a request whose answer never comes, and a late answer is nobody’s', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  client._maxOperationTimeout = 200;
  gateway.faults = { twin: { delayMs: 400 } };
  await assert.rejects(client.getTwin(), { name: 'TimeoutError', delivery: 'unknown' });
  gateway.faults = {};
  client._maxOperationTimeout = 240_000;
  await twin.properties.reported.update({ after: true });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await client.getTwin();
  assert.equal(twin.properties.reported.after, true);
});

test('a listener that throws takes nothing from the others', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const twin = await client.getTwin();
  await subscribed(gateway, 'desired');
  const surfaced = new Promise((resolve) => {
    process.setUncaughtExceptionCaptureCallback(resolve);
    t.after(() => process.setUncaughtExceptionCaptureCallback(null));
  });
  twin.on('properties.desired.a', () => {
    throw new Error('of the app');
  });
  const told = once(twin, 'properties.desired.b');
  gateway.patchDesired('d1', { a: 1, b: 2 });
  assert.deepEqual(await soon('the other was told', told), [2]);
  assert.equal((await surfaced).message, 'of the app');
});

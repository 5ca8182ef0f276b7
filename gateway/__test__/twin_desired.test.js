// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { test } = require('node:test');
const { RESUMED, RawDevice, connectPacket, gatewayFor, subscribePacket } = require('./raw-device');
const {
  DESIRED,
  FRESH,
  GET,
  RESPONSES,
  assertNext,
  assertSilence,
  desired,
  published,
  report,
  subscribed,
} = require('./twin_device');

/**
 * The device asks for its twin.
 * @param {RawDevice} device
 * @param {string} twin JSON that must come
 */
async function fetched(device, twin) {
  device.send(GET);
  await assertNext(device, published('$iothub/twin/res/200/?$rid=1', twin));
}

test('D3 a desired patch goes to a subscriber with its version, at the QoS granted', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [DESIRED]);
  const sent = once(gateway, 'desired');
  assert.strictEqual(gateway.patchDesired('d1', { a: { b: 1 }, c: 'ä' }), 2);
  assert.deepStrictEqual(await sent, [{ id: 'd1', version: 2, patch: { a: { b: 1 }, c: 'ä', $version: 2 } }]);
  await assertNext(device, desired(2, '{"a":{"b":1},"c":"ä"}'));
  device.send(subscribePacket(DESIRED));
  await assertNext(device, '9003000101');
  assert.strictEqual(gateway.patchDesired('d1', { c: null }), 3);
  await assertNext(device, desired(3, '{"c":null}', 1));
  device.send('40020001');
  assert.deepStrictEqual(gateway.twin('d1'), {
    desired: { a: { b: 1 }, $version: 3 },
    reported: { $version: 1 },
  });
  device.vanish();
});

test('D3 nothing is kept for an absent device, and none is sent without a subscription', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await subscribed(gateway, [DESIRED], { clean: false });
  const gone = once(gateway, 'disconnected');
  first.vanish();
  await gone;
  gateway.patchDesired('d1', { a: 1 });
  const again = await RawDevice.open(gateway);
  again.send(connectPacket(gateway, { clean: false }));
  await assertNext(again, RESUMED);
  await assertSilence(again);
  const other = await subscribed(gateway, [RESPONSES, '$iothub/#'], { deviceId: 'd2' });
  gateway.patchDesired('d2', { a: 1 });
  await assertSilence(other);
  again.vanish();
  other.vanish();
});

test('D3 a module has a twin of its own', async (t) => {
  const gateway = await gatewayFor(t, { devices: [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }] }] });
  const device = await subscribed(gateway, [DESIRED, RESPONSES]);
  const module = await subscribed(gateway, [DESIRED, RESPONSES], { deviceId: 'd1/m1' });
  gateway.patchDesired('d1/m1', { a: 1 });
  await assertNext(module, desired(2, '{"a":1}'));
  module.send(GET);
  const twin = '{"desired":{"a":1,"$version":2},"reported":{"$version":1}}';
  await assertNext(module, published('$iothub/twin/res/200/?$rid=1', twin));
  device.send(GET);
  await assertNext(device, published('$iothub/twin/res/200/?$rid=1', FRESH));
  device.vanish();
  module.vanish();
});

test('D3 a version may be skipped; the gateway sends the difference to what it had cached', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [DESIRED, RESPONSES]);
  gateway.patchDesired('d1', { kept: 1, changed: { x: 1, y: 1 } });
  await assertNext(device, desired(2, '{"kept":1,"changed":{"x":1,"y":1}}'));
  await fetched(
    device,
    '{"desired":{"kept":1,"changed":{"x":1,"y":1},"$version":2},"reported":{"$version":1}}',
  );
  assert.strictEqual(gateway.patchDesired('d1', { kept: 1, changed: { x: 2 } }, { version: 7 }), 7);
  await assertNext(device, desired(7, '{"changed":{"x":2}}'));
  gateway.patchDesired('d1', { kept: 1 });
  await assertNext(device, desired(8, '{"kept":1}'));

  device.vanish();
  await once(gateway, 'disconnected');
  gateway.patchDesired('d1', { missed: true, kept: null });
  const again = await subscribed(gateway, [DESIRED]);
  gateway.patchDesired('d1', { seen: true });
  await assertNext(again, desired(10, '{"kept":null,"missed":true,"seen":true}'));
  again.vanish();
});

test('D3 with no twin cached a patch goes out as it is, whatever its version', async (t) => {
  const gateway = await gatewayFor(t);
  gateway.patchDesired('d1', { missed: 1 });
  const device = await subscribed(gateway, [DESIRED]);
  gateway.patchDesired('d1', { a: 1 }, { version: 7 });
  await assertNext(device, desired(7, '{"a":1}'));
  device.vanish();
});

test('D3 after a report without a GET the next change brings all that is desired, once', async (t) => {
  const gateway = await gatewayFor(t);
  gateway.patchDesired('d1', { interval: 10, mode: { slow: true } });
  const device = await subscribed(gateway, [DESIRED, RESPONSES]);
  device.send(report('{"booted":true}'));
  await assertNext(device, published('$iothub/twin/res/204/?$rid=1', ''));
  gateway.patchDesired('d1', { interval: 20 });
  await assertNext(device, desired(3, '{"interval":20,"mode":{"slow":true}}'));
  gateway.patchDesired('d1', { interval: 30 });
  await assertNext(device, desired(4, '{"interval":30}'));
  device.vanish();
});

test('D3 offline: kept in the hub; back online one patch with the difference, for who has a cached twin', async (t) => {
  const gateway = await gatewayFor(t, { limits: { twinSyncPeriodMs: 0 } });
  gateway.patchDesired('d1', { a: 1, list: [1], deep: { x: 1, y: 1 } });
  gateway.patchDesired('d2', { gone: 1 });
  const asked = await subscribed(gateway, [DESIRED, RESPONSES]);
  await fetched(
    asked,
    '{"desired":{"a":1,"list":[1],"deep":{"x":1,"y":1},"$version":2},"reported":{"$version":1}}',
  );
  const neverAsked = await subscribed(gateway, [DESIRED, RESPONSES], { deviceId: 'd2' });

  gateway.offline = true;
  gateway.patchDesired('d1', { b: 1, a: null });
  gateway.patchDesired('d1', { b: 2, deep: { x: null }, list: [2] });
  gateway.patchDesired('d2', { gone: null, come: 1 });
  await assertSilence(asked);
  assert.strictEqual(gateway.twin('d1').desired.$version, 4);

  gateway.offline = false;
  await assertNext(asked, desired(4, '{"a":null,"list":[2],"deep":{"x":null},"b":2}'));
  await assertSilence(neverAsked);
  gateway.patchDesired('d1', { c: 1 });
  await assertNext(asked, desired(5, '{"c":1}'));
  gateway.patchDesired('d2', { c: 1 });
  await assertNext(neverAsked, desired(4, '{"c":1}'));

  gateway.offline = true;
  gateway.offline = false;
  await assertSilence(asked);
  asked.vanish();
  neverAsked.vanish();
});

test('D3 offline: a twin fetched a moment ago is not compared, and nothing repeats it before the next change', async (t) => {
  const gateway = await gatewayFor(t, { limits: { twinSyncPeriodMs: 200 } });
  const device = await subscribed(gateway, [DESIRED, RESPONSES]);
  await fetched(device, FRESH);
  gateway.offline = true;
  gateway.patchDesired('d1', { missed: 1 });
  gateway.offline = false;
  await sleep(250);
  await assertSilence(device);
  gateway.patchDesired('d1', { seen: 1 });
  await assertNext(device, desired(3, '{"missed":1,"seen":1}'));
  gateway.offline = true;
  gateway.patchDesired('d1', { later: 1 });
  await sleep(250);
  gateway.offline = false;
  await assertNext(device, desired(4, '{"later":1}'));
  device.vanish();
});

test('D3 offline: a cached twin that a report made counts as old', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [DESIRED, RESPONSES]);
  device.send(report('{"booted":true}'));
  await assertNext(device, published('$iothub/twin/res/204/?$rid=1', ''));
  gateway.offline = true;
  gateway.patchDesired('d1', { a: 1 });
  gateway.offline = false;
  await assertNext(device, desired(2, '{"a":1}'));
  device.vanish();
});

test('D3 offline: an absent device is told nothing, and later the difference to its cached twin', async (t) => {
  const gateway = await gatewayFor(t, { limits: { twinSyncPeriodMs: 0 } });
  const first = await subscribed(gateway, [RESPONSES]);
  await fetched(first, FRESH);
  const gone = once(gateway, 'disconnected');
  first.vanish();
  await gone;
  gateway.offline = true;
  gateway.patchDesired('d1', { missed: 1 });
  gateway.offline = false;
  const device = await subscribed(gateway, [DESIRED]);
  await assertSilence(device);
  gateway.patchDesired('d1', { seen: 1 });
  await assertNext(device, desired(3, '{"missed":1,"seen":1}'));
  device.vanish();
});

test('D3 a patch that a twin cannot hold, an older version and an unknown device are refused', async (t) => {
  const gateway = await gatewayFor(t);
  assert.throws(
    () => gateway.patchDesired('d3', {}),
    /RangeError: device 'd3' is not a child of this gateway/,
  );
  assert.throws(() => gateway.twin('d3'), RangeError);
  assert.throws(() => gateway.patchDesired('d1', /** @type {any} */ ([])), { name: 'InvalidPatchError' });
  assert.throws(() => gateway.patchDesired('d1', /** @type {any} */ (undefined)), TypeError);
  assert.throws(() => gateway.patchDesired('d1', { $version: 3 }), /name "\$version" contains/);
  assert.throws(
    () => gateway.patchDesired('d1', { a: 'x'.repeat(4097) }),
    /a string has more than 4096 bytes/,
  );
  assert.throws(
    () => gateway.patchDesired('d1', {}, { version: 1 }),
    /RangeError: desired version 1 is not above the present 1/,
  );
  assert.deepStrictEqual(gateway.twin('d1').desired, { $version: 1 });
});

test('twin() gives a copy', async (t) => {
  const gateway = await gatewayFor(t);
  const patch = { a: { b: 1 } };
  gateway.patchDesired('d1', patch);
  patch.a.b = 2;
  /** @type {any} */ (gateway.twin('d1').desired.a).b = 3;
  assert.deepStrictEqual(gateway.twin('d1').desired, { a: { b: 1 }, $version: 2 });
});

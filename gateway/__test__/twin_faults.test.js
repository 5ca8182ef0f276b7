// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { gatewayFor } = require('./raw-device');
const {
  FRESH,
  GET,
  RESPONSES,
  assertNext,
  assertSilence,
  published,
  report,
  subscribed,
} = require('./twin_device');

test('fault twin: no response at all; what was reported counts', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { twin: ({ rid }) => (rid === '1' ? 'silent' : undefined) },
  });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET, report('{"a":1}'), report('{"b":1}', '2'));
  await assertNext(device, published('$iothub/twin/res/204/?$rid=2', ''));
  assert.deepStrictEqual(gateway.twin('d1').reported, { a: 1, b: 1, $version: 3 });
  device.vanish();
});

test('fault twin: the statuses of IoT Hub, with a body or without; nothing is reported', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway, [RESPONSES]);
  for (const status of [404, 429, 500, 503]) {
    gateway.faults = { twin: { status } };
    device.send(GET, report('{"a":1}', '2'));
    await assertNext(device, published(`$iothub/twin/res/${status}/?$rid=1`, ''));
    await assertNext(device, published(`$iothub/twin/res/${status}/?$rid=2`, ''));
  }
  gateway.faults = { twin: { status: 429, body: '{"errorCode":429001}' } };
  device.send(GET);
  await assertNext(device, published('$iothub/twin/res/429/?$rid=1', '{"errorCode":429001}'));
  assert.deepStrictEqual(gateway.twin('d1').reported, { $version: 1 });
  device.vanish();
});

test('fault twin: no $version', async (t) => {
  const gateway = await gatewayFor(t, { strict: true, faults: { twin: { omitVersion: true } } });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(report('{"a":1}'), GET);
  await assertNext(device, published('$iothub/twin/res/204/?$rid=1', ''));
  await assertNext(device, published('$iothub/twin/res/200/?$rid=1', '{"desired":{},"reported":{"a":1}}'));
  device.vanish();
});

test('fault twin: an unknown $rid, and a body that is no JSON', async (t) => {
  const gateway = await gatewayFor(t, { faults: { twin: { rid: 'other', body: Buffer.from('{') } } });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET);
  await assertNext(device, published('$iothub/twin/res/200/?$rid=other', '{'));
  device.vanish();
});

test('fault twin: the response twice', async (t) => {
  const gateway = await gatewayFor(t, { faults: { twin: { repeat: 2 } } });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET);
  const response = published('$iothub/twin/res/200/?$rid=1', FRESH);
  await assertNext(device, response + response);
  await assertSilence(device);
  device.vanish();
});

test('fault twin: a late response, overtaken by the next', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { twin: ({ operation }) => (operation === 'get' ? { delayMs: 30 } : undefined) },
  });
  const device = await subscribed(gateway, [RESPONSES]);
  device.send(GET, report('{"a":1}', '2'));
  await assertNext(device, published('$iothub/twin/res/204/?$rid=2', ''));
  await assertNext(device, published('$iothub/twin/res/200/?$rid=1', FRESH));
  device.vanish();
});

test('fault twin: what cannot be committed is named', async (t) => {
  const gateway = await gatewayFor(t);
  for (const fault of [{ stauts: 404 }, { status: '404' }, { delayMs: -1 }, { body: 1 }, 'late']) {
    assert.throws(() => (gateway.faults = /** @type {any} */ ({ twin: fault })), /TypeError: faults: twin/);
  }
});

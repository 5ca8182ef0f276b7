// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { gatewayFor } = require('./raw-device');
const { answer, assertNext, assertSilence, posted, subscribed } = require('./method_device');

test('fault method: never delivered', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { method: ({ name }) => (name === 'lost' ? 'silent' : undefined) },
  });
  const device = await subscribed(gateway);
  const lost = assert.rejects(gateway.invokeMethod('d1', 'lost', 1, { responseTimeoutMs: 20 }), {
    status: 504,
  });
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
  await assertNext(device, posted('m', 'r', '1'));
  device.send(answer(200, 'r'));
  await call;
  await lost;
  device.vanish();
});

test('fault method: delivered twice with one $rid', async (t) => {
  const gateway = await gatewayFor(t, { faults: { method: 'duplicate' } });
  const device = await subscribed(gateway);
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
  await assertNext(device, posted('m', 'r', '1') + posted('m', 'r', '1'));
  device.send(answer(200, 'r', '1'), answer(200, 'r', '2'));
  assert.deepStrictEqual(await call, { status: 200, payload: 1 });
  await assertSilence(device);
  assert.strictEqual(gateway.dropped.length, 1);
  device.vanish();
});

test('fault method: another payload, and what cannot be one', async (t) => {
  const gateway = await gatewayFor(t, { faults: { method: { body: '{"half"' } } });
  const device = await subscribed(gateway);
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
  await assertNext(device, posted('m', 'r', '{"half"'));
  device.send(answer(400, 'r'));
  assert.strictEqual((await call).status, 400);
  for (const fault of [{}, { body: 1 }, { status: 404 }, 'twice']) {
    assert.throws(
      () => (gateway.faults = /** @type {any} */ ({ method: fault })),
      /TypeError: faults: method/,
    );
  }
  device.vanish();
});

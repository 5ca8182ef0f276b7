// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { gatewayFor, publishPacket } = require('./raw-device');
const { answer, assertNext, assertSilence, posted, subscribed } = require('./method_device');

/** @type {Array<[string, number]>} */
const STATUSES = [
  ['200', 200],
  ['-3', -3],
  ['0', 0],
  ['2147483647', 2147483647],
  ['2147483648', 400000],
  ['2e2', 400000],
  ['200.0', 400000],
  ['OK', 400000],
  ['', 400000],
];

for (const [text, status] of STATUSES) {
  test(`P8 the status '${text}' is ${status}`, async (t) => {
    const gateway = await gatewayFor(t);
    const device = await subscribed(gateway);
    const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
    await assertNext(device, posted('m', 'r', '1'));
    device.send(answer(text, 'r', '{"a":1}'));
    // With a status that is no number the payload is lost, too.
    const payload = status === 400000 ? null : { a: 1 };
    assert.deepStrictEqual(await call, { status, payload });
    device.vanish();
  });
}

test('P8 the $rid is compared without regard to case; a body that is no JSON stays a string', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'AbC' });
  await assertNext(device, posted('m', 'AbC', '1'));
  device.send(publishPacket('$iothub/methods/res/200/?$rid=aBc', { payload: '{"half"', messageId: 3 }));
  assert.deepStrictEqual(await call, { status: 200, payload: '{"half"' });
  await assertNext(device, '40020003');
  device.vanish();
});

test('P8 answers that are malformed, unknown, or of another device: acknowledged and dropped', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const other = await subscribed(gateway, { deviceId: 'd2' });
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r' });
  await assertNext(device, posted('m', 'r', '1'));
  const unknown = "no method call waits for an answer with $rid 'r";
  const answers = {
    '$iothub/methods/res/200/?$rid=': 'matches no template',
    '$iothub/methods/res/200/': 'matches no template',
    '$iothub/methods/res/200?$rid=r': 'matches no template',
    '$iothub/methods/res/200/a/?$rid=r': 'matches no template',
    '$iothub/methods/res/200/?a=b&$rid=r': 'matches no template',
    '$iothub/methods/res/200/?$rid=r/': 'matches no template',
    '$iothub/methods/res/200/?$rid=r&a=b': `${unknown}&a=b'`,
    '$iothub/methods/res/200/?$rid=r2': `${unknown}2'`,
    '$iothub/methods/POST/m/?$rid=r': 'matches no template',
  };
  for (const topic of Object.keys(answers)) device.send(publishPacket(topic, { messageId: 4 }));
  for (const topic of Object.keys(answers)) assert.strictEqual(await device.bytes(8 / 2), '40020004', topic);
  other.send(publishPacket('$iothub/methods/res/200/?$rid=r', { messageId: 4 }));
  await assertNext(other, '40020004');
  Object.entries(answers).forEach(([topic, reason], n) => {
    assert.strictEqual(gateway.dropped[n].topic, topic);
    assert.ok(gateway.dropped[n].reason.includes(reason), gateway.dropped[n].reason);
  });
  assert.strictEqual(gateway.dropped.at(-1)?.clientId, 'd2');
  device.send(answer(200, 'r'), answer(500, 'r'));
  assert.strictEqual((await call).status, 200);
  await assertSilence(device);
  assert.strictEqual(gateway.dropped.at(-1)?.reason, `${unknown}'`);
  device.vanish();
  other.vanish();
});

test('P8 an answer on another connection than that of the call is dropped', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await subscribed(gateway);
  const call = gateway.invokeMethod('d1', 'm', 1, { rid: 'r', responseTimeoutMs: 100 });
  await assertNext(first, posted('m', 'r', '1'));
  const second = await subscribed(gateway);
  second.send(answer(200, 'r'));
  await assert.rejects(call, { status: 504 });
  assert.strictEqual(gateway.dropped.length, 1);
  second.vanish();
});

test('P8 strict: a malformed answer closes the connection, an unknown one does not', async (t) => {
  const gateway = await gatewayFor(t, { strict: true });
  const device = await subscribed(gateway);
  device.send(publishPacket('$iothub/methods/res/200/?$rid=r', { messageId: 6 }));
  await assertNext(device, '40020006');
  device.send(publishPacket('$iothub/methods/res/200/', { messageId: 7 }));
  assert.strictEqual(await device.rest(), '');
});

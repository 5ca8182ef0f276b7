// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { test } = require('node:test');
const {
  DISCONNECT,
  PINGREQ,
  PINGRESP,
  RawDevice,
  gatewayFor,
  subscribePacket,
  unsubscribePacket,
} = require('./raw-device');

/** @typedef {import('..').Gateway} Gateway */

const FILTER = 'devices/d1/messages/devicebound/#';
const OF_THE_KIND = 'devices/other/messages/devicebound/#';

/**
 * @param {RawDevice} device
 */
async function subscribe(device, filter = FILTER) {
  device.send(subscribePacket(filter));
  assert.strictEqual(await device.bytes(5), '9003000101');
}

/**
 * @param {RawDevice} device
 */
async function unsubscribe(device, filter = FILTER) {
  device.send(unsubscribePacket(filter));
  assert.strictEqual(await device.bytes(4), 'b0020002');
}

/**
 * A device whose receiver was stopped, and has taken its last message.
 * @param {Gateway} gateway
 * @param {Parameters<typeof RawDevice.connected>[1]} [changes]
 */
async function stopped(gateway, changes) {
  const device = await RawDevice.connected(gateway, changes);
  await subscribe(device);
  await unsubscribe(device);
  assert.strictEqual(await gateway.sendC2D('d1', 'between').settled, 'rejected');
  return device;
}

/**
 * Nothing has come.
 * @param {RawDevice} device
 */
async function assertSilence(device) {
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
}

test('S3 UNSUBSCRIBE stops the receiver for good: a SUBSCRIBE later gets its SUBACK only', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await stopped(gateway);
  await subscribe(device);
  const messages = ['a', 'b'].map((body) => gateway.sendC2D('d1', body));
  await assertSilence(device);
  assert.deepStrictEqual(
    messages.map(({ status }) => status),
    ['pending', 'pending'],
  );
  // Other kinds work.
  await subscribe(device, '$iothub/methods/POST/#');
  gateway.invokeMethod('d1', 'm').catch(() => {});
  assert.strictEqual((await device.packet()).cmd, 'publish');
  device.vanish();
});

test('S3 an ordinary end and a new connection bring a new receiver', async (t) => {
  const gateway = await gatewayFor(t);
  for (const end of [
    (/** @type {RawDevice} */ device) => device.send(DISCONNECT),
    (/** @type {RawDevice} */ device) => device.vanish(),
  ]) {
    const device = await stopped(gateway);
    const message = gateway.sendC2D('d1', 'waits');
    const gone = once(gateway, 'disconnected');
    end(device);
    await gone;
    const anew = await RawDevice.connected(gateway);
    await subscribe(anew);
    assert.strictEqual(await anew.body(), 'waits');
    anew.send('40020001');
    assert.strictEqual(await message.settled, 'completed');
    const over = once(gateway, 'disconnected');
    anew.vanish();
    await over;
  }
});

test('S3 a take-over is not enough', async (t) => {
  const gateway = await gatewayFor(t);
  const older = await stopped(gateway);
  const newer = await RawDevice.connected(gateway);
  assert.strictEqual(await older.rest(), '');
  await subscribe(newer);
  const message = gateway.sendC2D('d1', 'waits');
  await assertSilence(newer);
  assert.strictEqual(message.status, 'pending');
  newer.vanish();
});

test('S3 a take-over inherits a receiver that runs, too: what comes before SUBSCRIBE is rejected', async (t) => {
  const gateway = await gatewayFor(t);
  const older = await RawDevice.connected(gateway);
  await subscribe(older);
  const newer = await RawDevice.connected(gateway);
  assert.strictEqual(await gateway.sendC2D('d1', 'early').settled, 'rejected');
  await subscribe(newer);
  gateway.sendC2D('d1', 'later');
  assert.strictEqual(await newer.body(), 'later');
  newer.vanish();
});

test('S3 the cloud lost and regained brings a new receiver, if the device is subscribed then', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await stopped(gateway);
  gateway.offline = true;
  gateway.offline = false;
  await subscribe(device);
  gateway.sendC2D('d1', 'waits');
  await assertSilence(device);
  gateway.offline = true;
  gateway.offline = false;
  assert.strictEqual(await device.body(), 'waits');
  device.vanish();
});

test('S3 one message is still taken: rejected, unless a filter matches it', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  await subscribe(device);
  await unsubscribe(device);
  await subscribe(device);
  const messages = ['taken', 'left'].map((body) => gateway.sendC2D('d1', body));
  assert.strictEqual(await device.body(), 'taken');
  await assertSilence(device);
  assert.deepStrictEqual(
    messages.map(({ status, deliveryCount }) => [status, deliveryCount]),
    [
      ['pending', 1],
      ['pending', 0],
    ],
  );
  device.vanish();
});

test('S3 nothing is taken any more when the receive call has ended', async (t) => {
  const gateway = await gatewayFor(t, { limits: { c2dReceiveMs: 20 } });
  const device = await RawDevice.connected(gateway);
  await subscribe(device);
  await unsubscribe(device);
  await sleep(30);
  const message = gateway.sendC2D('d1', 'late');
  await subscribe(device);
  await assertSilence(device);
  assert.strictEqual(message.status, 'pending');
  device.vanish();
});

test('S3 any filter of the kind stops it, and a matching one takes the last message', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  await subscribe(device);
  await unsubscribe(device, OF_THE_KIND);
  const messages = ['taken', 'left'].map((body) => gateway.sendC2D('d1', body));
  assert.strictEqual(await device.body(), 'taken');
  await assertSilence(device);
  assert.strictEqual(messages[1].status, 'pending');
  device.vanish();
});

test('S3 UNSUBSCRIBE before any SUBSCRIBE: the receiver ends as it starts, and takes nothing', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  const message = gateway.sendC2D('d1', 'waits');
  await unsubscribe(device);
  await subscribe(device);
  await assertSilence(device);
  assert.strictEqual(message.status, 'pending');
  device.vanish();
});

test('S3 a clean=0 session left off stays silent at the next connection, and works at the one after', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await stopped(gateway, { clean: false });
  const message = gateway.sendC2D('d1', 'waits');
  let gone = once(gateway, 'disconnected');
  first.send(DISCONNECT);
  await gone;
  const second = await RawDevice.connected(gateway, { clean: false });
  await subscribe(second);
  await assertSilence(second);
  assert.strictEqual(message.status, 'pending');
  gone = once(gateway, 'disconnected');
  second.send(DISCONNECT);
  await gone;
  const third = await RawDevice.connected(gateway, { clean: false });
  assert.strictEqual(await third.body(), 'waits');
  third.vanish();
});

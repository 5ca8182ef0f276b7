// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { test } = require('node:test');
const { CloudMessage } = require('../c2d/message');
const { DeviceQueue } = require('../c2d/queue');
const { PINGREQ, PINGRESP, RawDevice, gatewayFor, subscribePacket } = require('./raw-device');

/** @typedef {import('..').Gateway} Gateway */

const FILTER = 'devices/d1/messages/devicebound/#';
const PUBACK = '40020001';

/**
 * @param {Gateway} gateway
 * @param {{ qos?: 0 | 1 }} [options]
 */
async function subscribed(gateway, { qos = 1 } = {}) {
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket(FILTER, { qos }));
  assert.strictEqual(await device.bytes(5), `900300010${qos}`);
  return device;
}

/**
 * The story of each message, as events tell it.
 * @param {Gateway} gateway
 */
function storyOf(gateway) {
  /** @type {string[]} */
  const story = [];
  gateway.on('c2dDelivered', ({ message, qos }) =>
    story.push(`${message.body} delivered ${message.deliveryCount} at QoS ${qos}`),
  );
  gateway.on('c2dReturned', ({ message, reason }) => story.push(`${message.body} returned: ${reason}`));
  gateway.on('c2d', ({ body, status, deadLetter }) =>
    story.push(`${body} ${status}${deadLetter ? `: ${deadLetter}` : ''}`),
  );
  return story;
}

test('D1 events tell the life of a message', async (t) => {
  const gateway = await gatewayFor(t);
  const story = storyOf(gateway);
  const first = await subscribed(gateway);
  gateway.sendC2D('d1', 'a');
  assert.strictEqual(await first.body(), 'a');
  const gone = once(gateway, 'disconnected');
  first.vanish();
  await gone;
  const second = await subscribed(gateway);
  assert.strictEqual(await second.body(), 'a');
  second.send(PUBACK, PINGREQ);
  assert.strictEqual(await second.bytes(2), PINGRESP);
  assert.deepStrictEqual(story, [
    'a delivered 1 at QoS 1',
    'a returned: the connection ended',
    'a delivered 2 at QoS 1',
    'a completed',
  ]);
  second.vanish();
});

test('D1 unacknowledged: delivered again after the lock, DUP 0 and id 1 again', async (t) => {
  const gateway = await gatewayFor(t, { limits: { c2dLockMs: 50 } });
  const device = await subscribed(gateway);
  const message = gateway.sendC2D('d1', 'again');
  const first = await device.publication();
  const second = await device.publication();
  assert.deepStrictEqual(second, first);
  assert.deepStrictEqual([second.dup, second.messageId], [false, 1]);
  // The first PUBACK is for the first delivery, whose lock has ended.
  device.send(PUBACK, PUBACK);
  assert.strictEqual(await message.settled, 'completed');
  assert.ok(message.deliveryCount >= 2);
  device.vanish();
});

test('D1 a PUBACK behind the end of the lock does not settle what follows', async (t) => {
  const gateway = await gatewayFor(t, { limits: { c2dLockMs: 50, c2dMaxDeliveries: 1 } });
  const device = await subscribed(gateway);
  const late = gateway.sendC2D('d1', 'late');
  assert.strictEqual(await device.body(), 'late');
  assert.strictEqual(await late.settled, 'rejected');
  const next = gateway.sendC2D('d1', 'next');
  assert.strictEqual(await device.body(), 'next');
  device.send(PUBACK, PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  assert.strictEqual(next.status, 'pending');
  device.send(PUBACK);
  assert.strictEqual(await next.settled, 'completed');
  device.vanish();
});

test('D1 the last of its deliveries comes back: a dead letter', async (t) => {
  const gateway = await gatewayFor(t, { limits: { c2dLockMs: 10, c2dMaxDeliveries: 3 } });
  const story = storyOf(gateway);
  const device = await subscribed(gateway);
  const message = gateway.sendC2D('d1', 'x');
  assert.strictEqual(await message.settled, 'rejected');
  assert.deepStrictEqual([message.deliveryCount, message.deadLetter], [3, 'deliveryCountExceeded']);
  assert.deepStrictEqual(story.slice(-3), [
    'x delivered 3 at QoS 1',
    'x returned: the lock ended',
    'x rejected: deliveryCountExceeded',
  ]);
  device.vanish();
});

test('D1 the connection ends with the last of its deliveries: a dead letter', async (t) => {
  const gateway = await gatewayFor(t, { limits: { c2dMaxDeliveries: 1 } });
  const device = await subscribed(gateway);
  const message = gateway.sendC2D('d1', 'x');
  assert.strictEqual(await device.body(), 'x');
  device.vanish();
  assert.strictEqual(await message.settled, 'rejected');
  assert.strictEqual(message.deadLetter, 'deliveryCountExceeded');
});

test('D1 expired in the hub, by its own expiry or the default: a dead letter', async (t) => {
  const gateway = await gatewayFor(t, { limits: { c2dTimeToLiveMs: 40 } });
  const past = gateway.sendC2D('d1', 'past', { expiryTimeUtc: new Date(Date.now() - 1) });
  const soon = gateway.sendC2D('d1', 'soon', { expiryTimeUtc: new Date(Date.now() + 20).toISOString() });
  const byDefault = gateway.sendC2D('d1', 'by default');
  const late = gateway.sendC2D('d1', 'late', { expiryTimeUtc: new Date(Date.now() + 3600000) });
  for (const message of [past, soon, byDefault]) {
    assert.strictEqual(await message.settled, 'rejected');
    assert.deepStrictEqual([message.deadLetter, message.deliveryCount], ['expired', 0]);
  }
  assert.deepStrictEqual([late.status, late.deadLetter], ['pending', undefined]);
  assert.ok(byDefault.expiresAt.getTime() <= Date.now());
  const device = await subscribed(gateway);
  assert.strictEqual(await device.body(), 'late');
  device.vanish();
});

test('D1 what is at the device does not expire, and does when it comes back', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await subscribed(gateway);
  const expiryTimeUtc = new Date(Date.now() + 30);
  const taken = gateway.sendC2D('d1', 'taken', { expiryTimeUtc });
  const left = gateway.sendC2D('d1', 'left', { expiryTimeUtc });
  assert.strictEqual(await device.body(), 'taken');
  while (Date.now() <= expiryTimeUtc.getTime()) await sleep(10);
  device.send(PUBACK);
  assert.strictEqual(await taken.settled, 'completed');
  assert.strictEqual(left.status, 'pending');
  device.vanish();
  assert.strictEqual(await left.settled, 'rejected');
  assert.strictEqual(left.deadLetter, 'expired');
});

test('D1 a take-over leaves what is unacknowledged locked', async (t) => {
  const gateway = await gatewayFor(t, { limits: { c2dLockMs: 300 } });
  const story = storyOf(gateway);
  const first = await subscribed(gateway);
  const message = gateway.sendC2D('d1', 'x');
  assert.strictEqual(await first.body(), 'x');
  const second = await subscribed(gateway);
  second.send(PUBACK, PINGREQ);
  assert.strictEqual(await second.bytes(2), PINGRESP);
  assert.strictEqual(message.status, 'pending');
  assert.strictEqual(await second.body(), 'x');
  second.send(PUBACK);
  assert.strictEqual(await message.settled, 'completed');
  assert.strictEqual(story[1], 'x returned: the lock ended');
  second.vanish();
});

test('D1 more messages come back at once than a call takes arguments', () => {
  const COUNT = 200_000;
  let returned = 0;
  const queue = new DeviceQueue({
    link: /** @type {any} */ ({ online: true }),
    lockMs: 60_000,
    maxDeliveries: 10,
    timeToLiveMs: 60_000,
    receiveMs: 60_000,
    onSettled: () => {},
    onDelivered: () => {},
    onReturned: () => (returned += 1),
  });
  const receiver = {
    subscriptions: /** @type {any} */ ({ state: () => ({ active: true }), match: () => ({ qos: 1 }) }),
    publish: () => {},
  };
  queue.attach(receiver);
  for (let n = 0; n < COUNT; n += 1) queue.put(new CloudMessage('d1', '', {}, { timeToLiveMs: 60_000 }));
  queue.detach(receiver);
  assert.strictEqual(returned, COUNT);
});

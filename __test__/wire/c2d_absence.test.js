'use strict';

// What becomes of messages from the cloud for which nobody is there, on a gateway that behaves as edgeHub does: a receiver
// that does not start again after an UNSUBSCRIBE, and messages that are dead letters if they are older than their
// subscription by more than 30 s.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { Client, connect, Message, Mqtt } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const {
  DISCONNECT,
  RawDevice,
  subscribePacket,
  unsubscribePacket,
} = require('../../gateway/__test__/raw-device');
const { SMALL } = require('../bad_input/telling');

const ALL = 'devices/d1/messages/devicebound/#';
const ONE = 'devices/d1/messages/devicebound/+';
/** edgeHub numbers every message 1. */
const PUBACK = '40020001';
/** More than is held, in few messages. */
const LARGE = Buffer.alloc(200 * 1024, 'x');
const MANY = 100;

const chain = createChain(SMALL);

async function gatewayOf(t, limits = {}) {
  const gateway = await startGateway({ chain: await chain, devices: [{ deviceId: 'd1' }], limits });
  t.after(() => gateway.close());
  return gateway;
}

async function clientOf(t, gateway) {
  const client = Client.fromConnectionString(gateway.connectionString('d1'), Mqtt);
  t.after(() => client.close());
  await client.setOptions({ ca: gateway.rootPem });
  return client;
}

/** All that follows happens so much later. */
function later(t, ms) {
  const now = Date.now;
  Date.now = () => now() + ms;
  t.after(() => (Date.now = now));
}

const bodyOf = (message) => message.data.toString().slice(0, 4);

/** Sends numbered messages. @returns {import('../../gateway').C2DMessage[]} */
function sendMany(gateway, from, to, size = LARGE) {
  return Array.from({ length: to - from }, (_, n) =>
    gateway.sendC2D('d1', Buffer.concat([Buffer.from(String(from + n).padStart(4, '0')), size])),
  );
}

test('at the bound the rest waits at the gateway: telemetry goes on, and the return brings every message once', async (t) => {
  const gateway = await gatewayOf(t);
  const client = await clientOf(t, gateway);
  const warned = once(process, 'warning');
  const subscribed = once(gateway, 'subscribed');
  const nobody = () => assert.fail('removed');
  client.on('message', nobody);
  await subscribed;
  client.removeListener('message', nobody);

  const left = once(gateway, 'unsubscribed');
  const messages = sendMany(gateway, 0, MANY);
  await client.sendEvent(new Message('while they come'));
  const [{ filter }] = await left;
  assert.equal(filter, ALL);
  await client.sendEvent(new Message('after that'));
  assert.equal((await warned)[0].code, 'WARN_IOT_C2D_SUSPENDED');
  // Its companion keeps the age, on the connection that brings no messages.
  while (!gateway.connections()[0]?.subscriptions.includes(ONE)) await sleep(5);
  const waiting = sendMany(gateway, MANY, MANY + 10, Buffer.alloc(10));

  later(t, 300_000);
  const received = [];
  client.on('message', (message) => received.push(bodyOf(message)));
  await Promise.all([...messages, ...waiting].map(({ settled }) => settled));
  assert.ok(
    [...messages, ...waiting].every(({ status }) => status === 'completed'),
    'none is a dead letter',
  );
  assert.deepEqual(
    [...received].sort(),
    Array.from({ length: MANY + 10 }, (_, n) => String(n).padStart(4, '0')),
  );
});

test('a reader that does not keep up is not flooded, and misses nothing', async (t) => {
  const gateway = await gatewayOf(t);
  const device = await connect({ connectionString: gateway.connectionString('d1'), ca: gateway.rootPem });
  t.after(() => device.close());
  const subscribed = once(gateway, 'subscribed');
  const received = [];
  const first = device.messages().next();
  await subscribed;
  const left = once(gateway, 'unsubscribed');
  const sent = sendMany(gateway, 0, MANY);
  received.push(bodyOf((await first).value));
  device.complete((await first).value);
  await left;
  assert.ok(device.stats().held < MANY, `${device.stats().held} held`);
  for await (const message of device.messages()) {
    received.push(bodyOf(message));
    device.complete(message);
    if (new Set(received).size === MANY) break;
  }
  await Promise.all(sent.map(({ settled }) => settled));
  assert.ok(sent.every(({ status }) => status === 'completed'));
  assert.deepEqual(
    [...new Set(received)].sort(),
    sent.map((_, n) => String(n).padStart(4, '0')),
  );
});

test('close leaves the filter in place for the next process', async (t) => {
  const gateway = await gatewayOf(t);
  const client = await clientOf(t, gateway);
  const subscribed = once(gateway, 'subscribed');
  client.on('message', () => {});
  await subscribed;
  client.removeAllListeners('message');
  const left = once(gateway, 'unsubscribed');
  sendMany(gateway, 0, MANY);
  await left;
  await client.sendEvent(new Message('a round trip'));
  await client.close();

  const next = await clientOf(t, gateway);
  const received = once(next, 'message');
  await received;
  next.removeAllListeners('message');
});

test('a message that is sent again while it is held takes the place of its older copy', async (t) => {
  const gateway = await gatewayOf(t, { c2dLockMs: 300 });
  const client = await clientOf(t, gateway);
  const subscribed = once(gateway, 'subscribed');
  client.on('message', () => {});
  await subscribed;
  client.removeAllListeners('message');
  const sent = gateway.sendC2D('d1', 'x', { messageId: 'm1' });
  while (sent.deliveryCount < 3) await client.sendEvent(new Message('a round trip'));
  await client.sendEvent(new Message('one more, behind the third copy'));
  const received = [];
  client.on('message', ({ messageId }) => received.push(messageId));
  assert.equal(await sent.settled, 'completed');
  assert.deepEqual(received, ['m1']);
});

/** What a client might do for an absent listener, by hand, and how many of ten messages are dead letters for it. */
const ways = {
  'keeping the filter': { companion: false, drops: false, lost: 10 },
  'dropping the filter at an orderly end': { companion: false, drops: true, lost: 10 },
  'dropping the filter, with a companion that keeps its age': { companion: true, drops: true, lost: 0 },
};

for (const [way, { companion, drops, lost }] of Object.entries(ways)) {
  test(`${way} loses ${lost} of ten messages to a listener that stays away for five minutes`, async (t) => {
    // Where the filter is kept the locks run out, one after another; elsewhere nothing waits for one.
    const gateway = await gatewayOf(t, { c2dLockMs: drops ? 10_000 : 20 });
    const filters = companion ? [ONE, ALL] : [ALL];
    const present = await arrive(gateway, filters);
    if (drops) {
      present.send(unsubscribePacket(ALL));
      await present.packet();
      await leave(gateway, present);
    }
    const away = drops ? await arrive(gateway, companion ? [ONE] : []) : present;
    const sent = Array.from({ length: 10 }, (_, n) => gateway.sendC2D('d1', `${n}`));
    // Five minutes are fifteen thousand locks of 20 ms here; ten of them do.
    if (!drops) await Promise.all(sent.map(({ settled }) => settled));
    later(t, 300_000);
    for (const filter of filters) away.send(subscribePacket(filter));
    await leave(gateway, away);
    const back = await arrive(gateway, filters);
    acknowledgeAll(back);
    const states = await Promise.all(sent.map(({ settled }) => settled));
    assert.equal(states.filter((state) => state !== 'completed').length, lost, states.join());
    back.vanish();
  });
}

async function arrive(gateway, filters) {
  const device = await RawDevice.connected(gateway, { clean: false });
  for (const filter of filters) device.send(subscribePacket(filter));
  for (let left = filters.length; left > 0;) {
    const { cmd } = await device.packet();
    if (cmd === 'suback') left -= 1;
    else device.send(PUBACK);
  }
  return device;
}

/** An orderly end, once what was sent before it is done. */
async function leave(gateway, device) {
  const ended = once(gateway, 'disconnected');
  device.send(DISCONNECT);
  await ended;
}

async function acknowledgeAll(device) {
  while (!device.secure.closed) {
    const { cmd } = await device.packet().catch(() => ({}));
    if (cmd === 'publish') device.send(PUBACK);
  }
}

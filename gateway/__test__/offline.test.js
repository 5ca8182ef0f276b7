// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const { PINGREQ, PINGRESP, RawDevice, gatewayFor, publishPacket, subscribePacket } = require('./raw-device');

const EVENTS = 'devices/d1/messages/events/';
const FILTER = 'devices/d1/messages/devicebound/#';
const PUBACK = '40020001';

/**
 * @param {RawDevice} device
 * @param {string} payload
 * @param {string} [topic]
 */
async function acknowledged(device, payload, topic = EVENTS) {
  device.send(publishPacket(topic, { payload }));
  assert.strictEqual(await device.bytes(4), PUBACK);
}

/**
 * The bodies that reach the cloud from here on.
 * @param {import('..').Gateway} gateway
 */
function forwardedBy(gateway) {
  /** @type {string[]} */
  const bodies = [];
  gateway.on('forwarded', ({ body }) => bodies.push(body.toString()));
  return bodies;
}

/**
 * @param {import('..').Gateway} gateway
 */
function lostBy(gateway) {
  /** @type {string[]} */
  const losses = [];
  gateway.on('lost', ({ message, reason }) => losses.push(`${message.body}: ${reason}`));
  return losses;
}

test('O1 online: telemetry reaches the cloud as it is stored', async (t) => {
  const gateway = await gatewayFor(t);
  const bodies = forwardedBy(gateway);
  const device = await RawDevice.connected(gateway);
  await acknowledged(device, 'a');
  assert.deepStrictEqual(bodies, ['a']);
  assert.deepStrictEqual(gateway.upstream, { forwarded: 1, lost: 0, stored: 0 });
  device.vanish();
});

test('O1 offline: telemetry is acknowledged and stored; back online it is forwarded in order', async (t) => {
  const gateway = await gatewayFor(t, { offline: true });
  const bodies = forwardedBy(gateway);
  const device = await RawDevice.connected(gateway);
  for (const payload of ['a', 'b', 'c']) await acknowledged(device, payload);
  assert.deepStrictEqual(gateway.upstream, { forwarded: 0, lost: 0, stored: 3 });
  assert.strictEqual(gateway.counts.received, 3);
  gateway.offline = false;
  await acknowledged(device, 'd');
  assert.deepStrictEqual(bodies, ['a', 'b', 'c', 'd']);
  assert.deepStrictEqual(gateway.upstream, { forwarded: 4, lost: 0, stored: 0 });
  device.vanish();
});

test('O1 offline: what is older than the time to live vanishes, and the device does not hear of it', async (t) => {
  const gateway = await gatewayFor(t, { offline: true, limits: { timeToLiveMs: 0 } });
  const bodies = forwardedBy(gateway);
  const losses = lostBy(gateway);
  const device = await RawDevice.connected(gateway);
  await acknowledged(device, 'old');
  // Time passes: only what was stored in an earlier millisecond is older than nothing.
  const stored = Date.now();
  while (Date.now() === stored) await acknowledged(device, 'old');
  const { stored: waiting } = gateway.upstream;
  gateway.offline = false;
  assert.ok(waiting > 0 && losses.length > 0);
  assert.ok(losses.every((loss) => loss === 'old: older than the time to live of 0 ms'));
  assert.strictEqual(bodies.length + losses.length, gateway.counts.received);
  device.vanish();
});

test('O1 offline: a full store closes the connection without PUBACK', async (t) => {
  const gateway = await gatewayFor(t, { offline: true, limits: { storeBytes: 2 } });
  const device = await RawDevice.connected(gateway);
  const disconnected = once(gateway, 'disconnected');
  await acknowledged(device, 'ab');
  device.send(publishPacket(EVENTS, { payload: 'c' }));
  assert.strictEqual(await device.rest(), '');
  assert.strictEqual((await disconnected)[0].reason, 'the store is full: 1 messages, 606 bytes');
  gateway.offline = false;
  const again = await RawDevice.connected(gateway);
  await acknowledged(again, 'c');
  assert.deepStrictEqual(gateway.upstream, { forwarded: 2, lost: 0, stored: 0 });
  again.vanish();
});

test('O1 offline: the store counts properties, and what a message without a body takes', async (t) => {
  for (const [bag, cost] of /** @type {const} */ ([
    ['', 604],
    [`%24.mid=1&${'a'.repeat(1000)}=ä`, 604 + 100 + 'messageId1'.length + 100 + 1000 + 2],
  ])) {
    const gateway = await gatewayFor(t, { offline: true, limits: { storeBytes: 10 * cost } });
    const device = await RawDevice.connected(gateway);
    for (let n = 0; n < 10; n++) await acknowledged(device, '', EVENTS + bag);
    device.send(publishPacket(EVENTS, { payload: '' }));
    assert.strictEqual(await device.rest(), '');
    assert.strictEqual(gateway.upstream.stored, 10);
  }
});

test('O1 offline: messages of a device that is disabled or removed meanwhile are lost', async (t) => {
  const gateway = await gatewayFor(t, { offline: true });
  const losses = lostBy(gateway);
  for (const deviceId of ['d1', 'd2']) {
    const device = await RawDevice.connected(gateway, { deviceId });
    await acknowledged(device, deviceId, `devices/${deviceId}/messages/events/`);
    device.vanish();
  }
  gateway.disableDevice('d1');
  gateway.removeDevice('d2');
  gateway.offline = false;
  assert.deepStrictEqual(losses, [
    "d1: device 'd1' is disabled",
    "d2: 'd2' is not a child of this gateway any more",
  ]);
});

test('a creation time with three fractional digits is acknowledged, and lost on the way', async (t) => {
  const gateway = await gatewayFor(t);
  const bodies = forwardedBy(gateway);
  const losses = lostBy(gateway);
  const device = await RawDevice.connected(gateway);
  await acknowledged(device, 'js', `${EVENTS}%24.ctime=2026-11-23T12%3A34%3A56.123Z`);
  await acknowledged(device, 'net', `${EVENTS}%24.ctime=2026-11-23T12%3A34%3A56.1234567Z`);
  assert.deepStrictEqual(bodies, ['net']);
  assert.deepStrictEqual(losses, [
    "js: creation time '2026-11-23T12:34:56.123Z' does not have seven fractional digits",
  ]);
  device.vanish();
});

test('O1 offline: a known device connects and subscribes; C2D waits in the hub until the link is back', async (t) => {
  const gateway = await gatewayFor(t, { offline: true });
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket(FILTER));
  assert.strictEqual(await device.bytes(5), '9003000101');
  const message = gateway.sendC2D('d1', 'later');
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  assert.strictEqual(message.deliveryCount, 0);
  gateway.offline = false;
  const packet = await device.packet();
  assert.strictEqual(packet.cmd === 'publish' && packet.payload.toString(), 'later');
  device.send(PUBACK);
  assert.strictEqual(await message.settled, 'completed');
  device.vanish();
});

test('O1 offline: a PUBACK for C2D does not reach the hub, which sends the messages again in order', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket(FILTER));
  assert.strictEqual(await device.bytes(5), '9003000101');
  const messages = ['a', 'b'].map((body) => gateway.sendC2D('d1', body));
  await device.packet();
  await device.packet();
  gateway.offline = true;
  device.send(PUBACK, PUBACK, PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  assert.deepStrictEqual(
    messages.map(({ status }) => status),
    ['pending', 'pending'],
  );
  gateway.offline = false;
  for (const body of ['a', 'b']) {
    const packet = await device.packet();
    assert.strictEqual(packet.cmd === 'publish' && packet.payload.toString(), body);
    device.send(PUBACK);
  }
  for (const { settled } of messages) assert.strictEqual(await settled, 'completed');
  device.vanish();
});

test('restart without its store forgets what waited for the link', async (t) => {
  const gateway = await gatewayFor(t, { offline: true });
  const device = await RawDevice.connected(gateway);
  await acknowledged(device, 'a');
  await gateway.restart({ keepSessions: true });
  assert.strictEqual(gateway.upstream.stored, 1);
  await gateway.restart({ keepSessions: false });
  assert.strictEqual(gateway.upstream.stored, 0);
  device.vanish();
});

// @ts-check
'use strict';

const assert = require('node:assert');
const mqtt = require('mqtt-packet');
const { DISCONNECT, publishPacket, subscribePacket, unsubscribePacket } = require('../raw-device');
const { Checks } = require('./check');

const checks = new Checks();

checks.add('K1', 'silence for 1.5 keep-alive periods: closed', async (world) => {
  const device = await world.connected({ keepalive: 1 });
  const start = performance.now();
  assert.strictEqual(await device.rest(), '');
  const waitedMs = performance.now() - start;
  assert.ok(waitedMs > 1300 && waitedMs < 3500, `after ${Math.round(waitedMs)} ms`);
});

checks.add('K2', 'PINGREQ: PINGRESP', async (world) => {
  assert.strictEqual(await world.whenConnected(), 'd000');
});

checks.add('S1', 'every filter is granted min(QoS, 1), whatever it is', async (world) => {
  const filters = ['$iothub/methods/POST/#', '$iothub/#', 'anything', '#', '$SYS/#'];
  const subscriptions = filters.map((topic, i) => ({ topic, qos: /** @type {0 | 1 | 2} */ (i % 3) }));
  const device = await world.connected();
  device.send(mqtt.generate({ cmd: 'subscribe', messageId: 0x0102, subscriptions }));
  assert.strictEqual(await device.bytes(9), '90070102' + '0001010001');
});

/** @type {Record<string, string>} */
const BAD_FILTERS = {
  'no filters': '82020001',
  'a filter that cannot be': '82080001000361236201',
  'QoS 3': '8206000100016103',
};
for (const [name, bytes] of Object.entries(BAD_FILTERS)) {
  checks.add('P11', `SUBSCRIBE with ${name}: closed`, async (world) => {
    assert.strictEqual(await world.whenConnected(bytes), '');
  });
}

checks.add('S2', 'UNSUBSCRIBE is acknowledged, subscribed or not', async (world) => {
  const device = await world.connected();
  device.send(subscribePacket('a'), unsubscribePacket('a', 'never subscribed'));
  assert.strictEqual(await device.bytes(9), '9003000101' + 'b0020002');
});

/** @type {Record<string, string>} */
const NEVER_SENT = {
  PUBREL: '62020001',
  CONNACK: '20020000',
  SUBACK: '9003000101',
  PINGRESP: 'd000',
  'type 15': 'f000',
};
for (const [name, bytes] of Object.entries(NEVER_SENT)) {
  checks.add('P11', `${name}: closed`, async (world) => {
    assert.strictEqual(await world.whenConnected(bytes), '');
  });
}
/** @type {Record<string, string>} */
const IGNORED = { 'PUBACK for nothing': '40020001', PUBREC: '50020001', PUBCOMP: '70020001' };
for (const [name, bytes] of Object.entries(IGNORED)) {
  checks.add('P11', `${name}: ignored`, async (world) => {
    assert.strictEqual(await world.whenConnected(bytes), 'd000');
  });
}

checks.add('P9', 'DISCONNECT: closed without an answer', async (world) => {
  const device = await world.connected();
  device.send(DISCONNECT);
  assert.strictEqual(await device.rest(), '');
});

checks.add('P10', 'a publish behind DISCONNECT is not acknowledged', async (world) => {
  const device = await world.connected();
  device.send(DISCONNECT, publishPacket('nowhere', { messageId: 7 }));
  assert.strictEqual(await device.rest(), '');
});

module.exports = checks.all;

// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { MAX_FILTERS } = require('../mqtt/packets');
const { kindOf } = require('../session/subscriptions');
const { Random } = require('./random');
const { PINGREQ, PINGRESP, RawDevice, gatewayFor, subscribePacket } = require('./raw-device');
const mqtt = require('mqtt-packet');

test('module inputs are what edgeHub’s expression matches', () => {
  const random = new Random(1);
  const pieces = ['devices/', '/modules/', '/#', '/', 'd', '#', 'devices', 'modules', '+'];
  let found = 0;
  for (let n = 0; n < 100000; n++) {
    const filter = Array.from({ length: 1 + random.below(7) }, () => random.one(pieces)).join('');
    const isInput =
      /^devices\/.+\/modules\/.+\/#$/.test(filter) && !filter.endsWith('messages/devicebound/#');
    assert.strictEqual(kindOf(filter) === 'moduleInputs', isInput, filter);
    if (isInput) found++;
  }
  assert.ok(found > 100, `${found} of them`);
});

/**
 * @param {string[]} filters
 */
function subscribe(filters) {
  const subscriptions = filters.map((topic) => ({ topic, qos: /** @type {const} */ (0) }));
  return mqtt.generate({ cmd: 'subscribe', messageId: 1, subscriptions });
}

/**
 * @param {number} count
 * @param {string} prefix
 */
const names = (count, prefix) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

test('a client has a thousand filters, in one packet or in many, and no more', async (t) => {
  const gateway = await gatewayFor(t);
  for (const clean of [true, false]) {
    const device = await RawDevice.connected(gateway, { clean });
    device.send(subscribe(names(MAX_FILTERS - 1, 'a')));
    await device.packet();
    device.send(subscribe(names(MAX_FILTERS - 1, 'a')), subscribe(['b']));
    await device.packet();
    await device.packet();
    device.send(PINGREQ);
    assert.strictEqual(await device.bytes(2), PINGRESP);
    device.send(subscribe(['c']));
    assert.strictEqual(await device.rest(), '');
  }
  const device = await RawDevice.connected(gateway, { deviceId: 'd2' });
  device.send(subscribe(names(MAX_FILTERS + 1, 'a')));
  assert.strictEqual(await device.rest(), '');
});

test('the filters of a client have 128 Ki characters, and no more', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket('a'.repeat(65535)), subscribePacket('b'.repeat(65535)), subscribePacket('cc'));
  assert.strictEqual(await device.bytes(15), '900300010190030001019003000101');
  device.send(subscribePacket('d'));
  assert.strictEqual(await device.rest(), '');
});

// @ts-check
'use strict';

const assert = require('node:assert');
const { PINGREQ, PINGRESP, RawDevice, publishPacket, subscribePacket } = require('./raw-device');

/**
 * @typedef {import('..').Gateway} Gateway
 */

const METHODS = '$iothub/methods/POST/#';

/**
 * A call as edgeHub sends it at QoS 0, byte for byte.
 * @param {string} name
 * @param {string} rid
 * @param {string} body
 */
function posted(name, rid, body) {
  const topic = `$iothub/methods/POST/${name}/?$rid=${rid}`;
  const header = Buffer.from([0x30, 2 + topic.length + body.length, 0, topic.length]);
  return Buffer.concat([header, Buffer.from(topic + body)]).toString('hex');
}

/**
 * @param {RawDevice} device
 * @param {string} expected hexadecimal
 */
async function assertNext(device, expected) {
  assert.strictEqual(await device.bytes(expected.length / 2), expected);
}

/**
 * Whatever the device was sent has come, and nothing more.
 * @param {RawDevice} device
 */
async function assertSilence(device) {
  device.send(PINGREQ);
  await assertNext(device, PINGRESP);
}

/**
 * @param {Gateway} gateway
 * @param {{ deviceId?: string, filter?: string }} [options]
 */
async function subscribed(gateway, { filter = METHODS, ...changes } = {}) {
  const device = await RawDevice.connected(gateway, changes);
  device.send(subscribePacket(filter, { qos: 0 }));
  await assertNext(device, '9003000100');
  return device;
}

/**
 * The answer of azure-iot-device.
 * @param {string | number} status
 * @param {string} rid
 * @param {string} [payload]
 */
function answer(status, rid, payload = '') {
  return publishPacket(`$iothub/methods/res/${status}/?$rid=${rid}`, { payload, qos: 0 });
}

module.exports = { METHODS, answer, assertNext, assertSilence, posted, subscribed };

// @ts-check
'use strict';

const assert = require('node:assert');
const { PINGREQ, PINGRESP, RawDevice, publishPacket, subscribePacket } = require('./raw-device');

/**
 * @typedef {import('..').Gateway} Gateway
 */

const RESPONSES = '$iothub/twin/res/#';
const DESIRED = '$iothub/twin/PATCH/properties/desired/#';
const REPORTED = '$iothub/twin/PATCH/properties/reported/';

/** The twin GET of azure-iot-device. */
const GET = publishPacket('$iothub/twin/GET/?$rid=1', { payload: ' ', qos: 0 });

const FRESH = '{"desired":{"$version":1},"reported":{"$version":1}}';

/**
 * A PUBLISH as edgeHub sends it, byte for byte.
 * @param {string} topic
 * @param {string | Buffer} payload
 * @param {0 | 1} [qos]
 */
function published(topic, payload, qos = 0) {
  const body = Buffer.from(payload);
  const length = 2 + topic.length + 2 * qos + body.length;
  assert.ok(length < 128 * 128);
  const size = length < 128 ? [length] : [(length % 128) | 0x80, length >> 7];
  const packet = [
    Buffer.from([0x30 | (qos << 1), ...size, topic.length >> 8, topic.length & 0xff]),
    Buffer.from(topic),
  ];
  if (qos === 1) packet.push(Buffer.from([0, 1]));
  return Buffer.concat([...packet, body]).toString('hex');
}

/**
 * @param {RawDevice} device
 * @param {string} expected hexadecimal
 */
async function assertNext(device, expected) {
  const bytes = await device.bytes(expected.length / 2);
  assert.strictEqual(
    Buffer.from(bytes, 'hex').toString('latin1'),
    Buffer.from(expected, 'hex').toString('latin1'),
  );
}

/**
 * A device subscribed at QoS 0.
 * @param {Gateway} gateway
 * @param {string[]} filters
 * @param {{ deviceId?: string, clean?: boolean, qos?: 0 | 1 }} [options]
 */
async function subscribed(gateway, filters, { qos = 0, ...changes } = {}) {
  const device = await RawDevice.connected(gateway, changes);
  for (const filter of filters) {
    device.send(subscribePacket(filter, { qos }));
    await assertNext(device, `900300010${qos}`);
  }
  return device;
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
 * @param {string} payload
 * @param {string} [rid] empty for none
 * @param {Parameters<typeof publishPacket>[1]} [changes]
 */
function report(payload, rid = '1', changes = {}) {
  return publishPacket(rid ? `${REPORTED}?$rid=${rid}` : REPORTED, { payload, qos: 0, ...changes });
}

/** @param {unknown} properties */
const json = (properties) => JSON.stringify(properties);

/**
 * @param {number} version
 * @param {string} body without the version
 * @param {0 | 1} [qos]
 */
function desired(version, body, qos) {
  const separator = body === '{}' ? '' : ',';
  const patch = `${body.slice(0, -1)}${separator}"$version":${version}}`;
  return published(`$iothub/twin/PATCH/properties/desired/?$version=${version}`, patch, qos);
}

module.exports = {
  DESIRED,
  FRESH,
  GET,
  RESPONSES,
  REPORTED,
  assertNext,
  assertSilence,
  desired,
  json,
  published,
  report,
  subscribed,
};

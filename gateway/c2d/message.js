// @ts-check
'use strict';

const { randomUUID } = require('node:crypto');
const { inspect } = require('node:util');
const { roundTripTime } = require('../encoding/round_trip_time');
const { assertTopicFits } = require('../mqtt/packets');

/**
 * @typedef {import('../index').C2DOptions} C2DOptions
 * @typedef {import('../index').C2DMessage} C2DMessage
 */

/**
 * A cloud-to-device message on its way; its queue tells what becomes of it.
 * @implements {C2DMessage}
 */
class CloudMessage {
  /**
   * @param {string} deviceId
   * @param {Buffer | string} body
   * @param {C2DOptions} options
   * @param {{ timeToLiveMs: number, hub?: boolean }} terms time to live without an expiry of its own
   * @throws {TypeError} a time is none
   * @throws {RangeError} its properties do not fit into a topic
   */
  constructor(
    deviceId,
    body,
    { properties = {}, enqueuedTime = new Date(), ...system },
    { timeToLiveMs, hub = false },
  ) {
    this.deviceId = deviceId;
    this.messageId = system.messageId ?? randomUUID();
    this.body = Buffer.from(body);
    this.enqueuedTime = enqueuedTime;
    const { expiryTimeUtc = new Date(Date.now() + timeToLiveMs) } = system;
    this.expiresAt = new Date(expiryTimeUtc);
    this.qos0 = properties['mqtt-qos'] === '0';
    this.topic = topicOf(deviceId, { ...system, messageId: this.messageId }, properties, hub);
    assertTopicFits(`a message to '${deviceId}'`, this.topic);
    /** @type {import('../index').C2DStatus} */
    this.status = 'pending';
    /** @type {import('../index').DeadLetterReason | undefined} */
    this.deadLetter = undefined;
    this.deliveryCount = 0;
    /** @type {Promise<'completed' | 'rejected'>} */
    this.settled = new Promise((resolve) => (this.resolve = resolve));
  }

  /**
   * @param {import('../index').DeadLetterReason} [deadLetter] why it was not completed
   */
  settle(deadLetter) {
    this.deadLetter = deadLetter;
    this.status = deadLetter === undefined ? 'completed' : 'rejected';
    /** @type {Function} */ (this.resolve)(this.status);
  }
}

/**
 * What edgeHub makes of the hub's message: `ack` is lost on the way (DeviceClientMessageConverter.cs); by the hub itself the
 * device is told of it.
 * @param {string} deviceId
 * @param {C2DOptions} system
 * @param {Record<string, string>} properties
 * @param {boolean} hub
 */
function topicOf(deviceId, system, properties, hub) {
  const named = {
    '$.mid': system.messageId,
    '$.to': system.to ?? `/devices/${deviceId}/messages/deviceBound`,
    '$.cid': system.correlationId,
    '$.uid': system.userId,
    '$.exp': timeOf('expiryTimeUtc', system.expiryTimeUtc),
    '$.ct': system.contentType,
    '$.ce': system.contentEncoding,
    '$.schema': system.messageSchema,
    '$.ctime': timeOf('creationTimeUtc', system.creationTimeUtc),
    'iothub-ack': hub ? system.ack : undefined,
  };
  const bag = [...Object.entries(named), ...Object.entries(properties)]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return `devices/${deviceId}/messages/devicebound/${bag.join('&')}`;
}

/**
 * @param {string} name
 * @param {Date | string | undefined} time
 */
function timeOf(name, time) {
  if (time === undefined) return undefined;
  const text = roundTripTime(time);
  if (text === undefined) throw new TypeError(`sendC2D: ${name} cannot be ${inspect(time)}; it is a time`);
  return text;
}

module.exports = { CloudMessage };

// @ts-check
'use strict';

const { randomUUID } = require('node:crypto');
const { requireKnown, requireRecord, requireValue } = require('../control/values');
const { propertyBag } = require('../encoding/property_bag');
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
   * @throws {TypeError} an option is unknown, or has a value it cannot have
   * @throws {RangeError} its properties do not fit into a topic
   */
  constructor(deviceId, body, options, { timeToLiveMs, hub = false }) {
    const { properties = {}, enqueuedTime = new Date(), ...system } = options;
    const { expiryTimeUtc = new Date(Date.now() + timeToLiveMs) } = system;
    requireRecord('sendC2D', { properties }, 'an object of texts');
    requireValue('sendC2D', { enqueuedTime }, 'a valid Date', isDate);
    this.deviceId = deviceId;
    this.messageId = system.messageId ?? randomUUID();
    this.body = Buffer.from(body);
    this.enqueuedTime = enqueuedTime;
    this.qos0 = properties['mqtt-qos'] === '0';
    this.topic = topicOf(deviceId, { ...system, messageId: this.messageId }, properties, hub);
    this.expiresAt = new Date(expiryTimeUtc);
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
  const {
    messageId,
    to = `/devices/${deviceId}/messages/deviceBound`,
    correlationId,
    userId,
    expiryTimeUtc,
    contentType,
    contentEncoding,
    messageSchema,
    creationTimeUtc,
    ack,
    ...unknown
  } = system;
  requireKnown('sendC2D', unknown);
  const named = {
    '$.mid': messageId,
    '$.to': to,
    '$.cid': correlationId,
    '$.uid': userId,
    '$.exp': timeOf({ expiryTimeUtc }),
    '$.ct': contentType,
    '$.ce': contentEncoding,
    '$.schema': messageSchema,
    '$.ctime': timeOf({ creationTimeUtc }),
    'iothub-ack': hub ? ack : undefined,
  };
  const bag = propertyBag([...Object.entries(named), ...Object.entries(properties)]);
  return `devices/${deviceId}/messages/devicebound/${bag}`;
}

/**
 * @param {Record<string, Date | string | undefined>} named a time by its name
 */
function timeOf(named) {
  const [time] = Object.values(named);
  if (time === undefined) return undefined;
  requireValue('sendC2D', named, 'a time', (value) => value !== null && roundTripTime(value) !== undefined);
  return roundTripTime(time);
}

/**
 * @param {unknown} value
 */
const isDate = (value) => value instanceof Date && !Number.isNaN(value.getTime());

module.exports = { CloudMessage };

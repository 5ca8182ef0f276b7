// @ts-check
'use strict';

const { randomUUID } = require('node:crypto');
const { assertTopicFits } = require('../mqtt/packets');

/**
 * @typedef {import('../index').C2DOptions} C2DOptions
 * @typedef {import('../index').C2DMessage} C2DMessage
 */

/**
 * A cloud-to-device message on its way. `delivered` is set by the queue.
 * @implements {C2DMessage}
 */
class CloudMessage {
  /**
   * @param {string} deviceId
   * @param {Buffer | string} body
   * @param {C2DOptions} options
   * @throws {RangeError} its properties do not fit into a topic
   */
  constructor(deviceId, body, { properties = {}, enqueuedTime = new Date(), ...system }) {
    this.deviceId = deviceId;
    this.messageId = system.messageId ?? randomUUID();
    this.body = Buffer.from(body);
    this.enqueuedTime = enqueuedTime;
    this.qos0 = properties['mqtt-qos'] === '0';
    this.topic = topicOf(deviceId, { ...system, messageId: this.messageId }, properties);
    assertTopicFits(`a message to '${deviceId}'`, this.topic);
    /** @type {import('../index').C2DStatus} */
    this.status = 'pending';
    this.deliveryCount = 0;
    /** @type {Promise<'completed' | 'rejected'>} */
    this.settled = new Promise((resolve) => (this.resolve = resolve));
  }

  /**
   * @param {'completed' | 'rejected'} status
   */
  settle(status) {
    this.status = status;
    /** @type {Function} */ (this.resolve)(status);
  }
}

/**
 * @param {string} deviceId
 * @param {C2DOptions} system
 * @param {Record<string, string>} properties
 */
function topicOf(deviceId, system, properties) {
  /** Wire names of §5. */
  const named = {
    '$.mid': system.messageId,
    '$.to': system.to ?? `/devices/${deviceId}/messages/deviceBound`,
    '$.cid': system.correlationId,
    '$.uid': system.userId,
    '$.exp': system.expiryTimeUtc instanceof Date ? system.expiryTimeUtc.toISOString() : system.expiryTimeUtc,
    '$.ct': system.contentType,
    '$.ce': system.contentEncoding,
    ack: system.ack,
  };
  const bag = [...Object.entries(named), ...Object.entries(properties)]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return `devices/${deviceId}/messages/devicebound/${bag.join('&')}`;
}

module.exports = { CloudMessage };

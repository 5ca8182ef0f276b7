// @ts-check
'use strict';

const { DropError, parseTopic } = require('./topic');

/** edgeHub's limit of body, names and values together, in bytes. */
const MAX_MESSAGE_SIZE = 262144;

/** What edgeHub adds to every message, the device id aside; a GUID has 36 characters. */
const ADDED_SIZE = 'connectionDeviceIdedgeMessageIdedgeHubOriginInterfacedownstream'.length + 36;

/** No packet below this size can hold a message over the limit, as decoding hardly lengthens anything. */
const SURELY_SMALL = 200000;

/**
 * @typedef {import('../index').Message} Message
 * @typedef {import('../index').PublishPacket} PublishPacket
 *
 * The connection that sent a message.
 * @typedef {object} Sender
 * @property {string} clientId
 * @property {string} deviceId
 * @property {string | undefined} modelId
 */

/**
 * Turns a PUBLISH into the message that edgeHub stores. Nothing of it refers to the packet's memory.
 * @param {PublishPacket} packet
 * @param {Sender} sender
 * @returns {Message}
 * @throws {DropError}
 */
function toMessage({ topic, payload, qos, retain, dup }, { clientId, modelId }) {
  const { deviceId, moduleId, properties, systemProperties } = parseTopic(topic);
  if (retain) properties['mqtt-retain'] = 'true';
  if (dup) properties['mqtt-dup'] = 'true';
  if (modelId !== undefined) systemProperties.modelId = modelId;
  if (topic.length + payload.length > SURELY_SMALL) {
    const texts = [deviceId, ...Object.entries({ ...properties, ...systemProperties }).flat()];
    const size = payload.length + Buffer.byteLength(texts.join('')) + ADDED_SIZE;
    if (size > MAX_MESSAGE_SIZE) {
      throw new DropError(`message of ${size} bytes is over the limit of ${MAX_MESSAGE_SIZE}`);
    }
  }
  return {
    deviceId,
    moduleId,
    clientId,
    properties,
    systemProperties,
    body: Buffer.from(payload),
    qos,
    receivedAt: new Date(),
  };
}

module.exports = { toMessage };

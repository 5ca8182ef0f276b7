// @ts-check
'use strict';

const { MessageTooLargeError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/**
 * Bytes of body and property bag that surely arrive. Above it a gateway acknowledges and drops the message, or cuts
 * the connection (edge-gateway.md §3.5); 1 KiB below its limits, because it counts properties of its own.
 */
const MESSAGE_LIMIT = 255 * 1024;

/** Bytes of an MQTT topic, whose length travels in 16 bits. */
const TOPIC_LIMIT = 65_535;

/**
 * Refuses a message before the wire would.
 *
 * @param {number} bodyBytes
 * @param {string} bag The encoded property bag, which is ASCII.
 * @param {number} topicPrefixBytes Of what stands before the bag.
 * @throws {MessageTooLargeError} `ERR_IOT_MESSAGE_TOO_LARGE` with `size` and `limit` in bytes, `delivery: 'not sent'`.
 */
function requireMessageFits(bodyBytes, bag, topicPrefixBytes) {
  const size = bodyBytes + bag.length;
  if (size > MESSAGE_LIMIT) {
    throw tooLarge(
      `The message has ${size} bytes, body ${bodyBytes} and properties ${bag.length}; the limit is ${MESSAGE_LIMIT}`,
      'Send the data in parts, or upload it as a file.',
      size,
      MESSAGE_LIMIT,
    );
  }
  const topicSize = topicPrefixBytes + bag.length;
  if (topicSize > TOPIC_LIMIT) {
    throw tooLarge(
      `The topic with the message properties has ${topicSize} bytes; the limit is ${TOPIC_LIMIT}`,
      'Move data from the properties into the body.',
      topicSize,
      TOPIC_LIMIT,
    );
  }
}

/**
 * The same for what has no properties: a gateway would cut the connection, and what is repeated after a loss cut the next
 * ones, too.
 *
 * @param {string} what `the answer to a method call`
 * @param {string} body
 * @returns {MessageTooLargeError | undefined}
 */
function bodyTooLarge(what, body) {
  const size = Buffer.byteLength(body);
  if (size <= MESSAGE_LIMIT) return undefined;
  return tooLarge(
    `There are ${size} bytes in ${what}; the limit is ${MESSAGE_LIMIT}`,
    'Send less at a time.',
    size,
    MESSAGE_LIMIT,
  );
}

/**
 * @param {string} message
 * @param {string} hint
 * @param {number} size
 * @param {number} limit
 */
function tooLarge(message, hint, size, limit) {
  const facts = /** @type {const} */ ({ hint, size, limit, delivery: 'not sent' });
  return failure(MessageTooLargeError, 'ERR_IOT_MESSAGE_TOO_LARGE', message, facts);
}

module.exports = { bodyTooLarge, requireMessageFits };

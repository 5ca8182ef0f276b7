// @ts-check
'use strict';

/** What Node takes for a message and for each property, names and values aside; measured, in bytes. */
const MESSAGE = 600;
const PROPERTY = 100;

/**
 * The memory that a message takes while it is kept.
 * @param {import('../index').Message} message
 * @returns {number} bytes
 */
function costOf({ body, properties, systemProperties, deviceId, clientId }) {
  let cost = MESSAGE + body.length + deviceId.length + clientId.length;
  for (const bag of [properties, systemProperties]) {
    for (const [name, value] of Object.entries(bag)) {
      cost += PROPERTY + Buffer.byteLength(name) + Buffer.byteLength(value);
    }
  }
  return cost;
}

/**
 * The same of a message whose properties are part of its topic.
 * @param {{ body: Buffer, topic: string }} message
 * @returns {number} bytes
 */
function costOnTheWay({ body, topic }) {
  return MESSAGE + body.length + topic.length;
}

module.exports = { costOf, costOnTheWay };

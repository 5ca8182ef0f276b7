// @ts-check
'use strict';

/** What Node takes for a message and for each property, names and values aside; measured, in bytes. */
const MESSAGE = 600;
const PROPERTY = 100;

/**
 * The memory that a message takes while it is kept.
 * @param {Pick<import('../index').Message, 'body' | 'properties' | 'systemProperties' | 'deviceId' | 'clientId'>} message
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

module.exports = { costOf };

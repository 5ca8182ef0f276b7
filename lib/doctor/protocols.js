// @ts-check
'use strict';

/**
 * The protocols a gateway offers devices (contract edge-gateway.md §1). One the client does not speak yet is examined as
 * far as TLS.
 *
 * @typedef {{ name: 'mqtt' | 'ws' | 'amqp', port: number, title: string, spoken: boolean }} Protocol
 */

/** @type {readonly Protocol[]} */
const PROTOCOLS = Object.freeze([
  { name: 'mqtt', port: 8883, title: 'MQTT', spoken: true },
  { name: 'ws', port: 443, title: 'MQTT over WebSocket', spoken: false },
  { name: 'amqp', port: 5671, title: 'AMQP', spoken: false },
]);

/**
 * @param {string} name
 * @returns {Protocol} One that exists.
 */
function protocolOf(name) {
  return /** @type {Protocol} */ (PROTOCOLS.find((each) => each.name === name));
}

module.exports = { PROTOCOLS, protocolOf };

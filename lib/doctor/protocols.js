// @ts-check
'use strict';

/**
 * The protocols a gateway offers devices (contract edge-gateway.md §1). `session` is what the client's session is told
 * of the protocol; without it the client does not speak it yet, and it is examined as far as TLS.
 *
 * @typedef {object} Protocol
 * @property {'mqtt' | 'ws' | 'amqp'} name
 * @property {number} port
 * @property {string} title
 * @property {Partial<import('../native/binding').NativeRequest>} [session]
 */

/** @type {readonly Protocol[]} */
const PROTOCOLS = Object.freeze([
  { name: 'mqtt', port: 8883, title: 'MQTT', session: {} },
  { name: 'ws', port: 443, title: 'MQTT over WebSocket', session: { webSocket: true } },
  { name: 'amqp', port: 5671, title: 'AMQP' },
]);

/**
 * @param {string} name
 * @returns {Protocol} One that exists.
 */
function protocolOf(name) {
  return /** @type {Protocol} */ (PROTOCOLS.find((each) => each.name === name));
}

module.exports = { PROTOCOLS, protocolOf };

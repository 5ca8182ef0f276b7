// @ts-check
'use strict';

const { Message } = require('../message/message');
const { decode } = require('./property_bag');

/** A warning: its code, what is so, and what it means. */
const C2D_SUSPENDED = /** @type {const} */ ([
  'WARN_IOT_C2D_SUSPENDED',
  'Messages from the cloud are not taken: they wait at the gateway until somebody listens',
  'The hub keeps them as long as each of them may live, and no longer.',
]);

/**
 * Messages from the cloud to the device: `devices/{d}/messages/devicebound/{bag}` (device-sdk.md §3.6).
 *
 * @param {(message: Message, settle: () => void) => void} deliver
 * @returns {import('./topics').Row}
 */
function c2dRow(deliver) {
  return {
    qos: 1,
    prefix: ({ c2dTopic }) => c2dTopic,
    // Only `…/#` switches cloud messages on (edge-gateway.md §2.8). The hub itself knows no other filters.
    companion: ({ c2dTopic, behindGateway }) => (c2dTopic && behindGateway ? `${c2dTopic}+` : undefined),
    receive: (bag, payload, settle) => deliver(decode(bag, new Message(payload)), settle),
  };
}

module.exports = { C2D_SUSPENDED, c2dRow };

// @ts-check
'use strict';

/**
 * What asks a transport for messages that went back to the gateway, as `HeldMessages` wants it.
 *
 * @param {any} transport
 * @param {{ enable: string }} feature The name of the method that asks.
 * @param {object} client
 * @param {() => boolean} client.stands Whether it has a connection.
 * @param {(error: Error) => void} client.failed The gateway does not give them.
 * @returns {(refused: () => void) => void}
 */
function resumption(transport, { enable }, { stands, failed }) {
  return (refused) => {
    const done = (/** @type {Error | null} */ error) => {
      // Without a connection the failure is that of the connection, which is told in its own way.
      if (!error || !stands()) return;
      refused();
      failed(error);
    };
    // Who comes anew and wants them switches them on at the end of the tick: he is told first.
    process.nextTick(() => transport[enable](done));
  };
}

module.exports = { resumption };

// @ts-check
'use strict';

/**
 * The transport under a client that knows nothing of kept operations, such as azure-iot-device's own (device-sdk.md
 * §2.3, §2.4): an operation makes the connection it needs, and what is pending fails with the connection, because that
 * client repeats what failed. Messages are acknowledged when its listeners have run, since nobody else sees to that.
 */
class Unattended {
  #transport;
  #connecting = false;

  /** @param {import('./mqtt').Mqtt} transport */
  constructor(transport) {
    this.#transport = transport;
  }

  /** An operation waits for a connection. */
  needsConnection() {
    if (this.#connecting) return;
    this.#connecting = true;
    this.#transport.connect((error) => {
      this.#connecting = false;
      if (error) this.#transport.giveUp(error, () => {});
    });
  }

  /** @param {() => void} settle Of a message that its listeners are about to get. */
  deliver(settle) {
    // Later also than an exception of theirs, which ends the process unless somebody catches it: then it comes again.
    setImmediate(settle);
  }
}

module.exports = { Unattended };

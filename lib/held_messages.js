// @ts-check
'use strict';

/** Beyond this many the hold takes no more: they stay unacknowledged with the gateway, which delivers them again. */
const LIMIT = 1000;

/**
 * Received messages on their way to the app. While nobody listens they are held, in order and unacknowledged, so that
 * the gateway keeps them too.
 */
class HeldMessages {
  /** @type {[message: any, settle: () => void][]} */
  #held = [];
  #flushing = false;
  #ready;
  #deliver;

  /**
   * @param {() => boolean} ready Whether somebody would take a message now.
   * @param {(message: any, settle: () => void) => void} deliver Must not throw.
   */
  constructor(ready, deliver) {
    this.#ready = ready;
    this.#deliver = deliver;
  }

  /** How many wait. */
  get size() {
    return this.#held.length;
  }

  /**
   * @param {any} message
   * @param {() => void} settle Acknowledges the message.
   */
  arrive(message, settle) {
    if (this.#held.length === 0 && this.#ready()) this.#deliver(message, settle);
    else if (this.#held.length < LIMIT) this.#held.push([message, settle]);
  }

  /** Somebody may have become ready: delivers on the next tick, so that an app can finish registering. */
  flush() {
    if (this.#flushing || this.#held.length === 0) return;
    this.#flushing = true;
    process.nextTick(() => {
      this.#flushing = false;
      while (this.#held.length > 0 && this.#ready()) {
        const [message, settle] = /** @type {[any, () => void]} */ (this.#held.shift());
        this.#deliver(message, settle);
      }
    });
  }

  /** The connection they came by has ended: they cannot be acknowledged any more and will come again. */
  drop() {
    this.#held = [];
  }
}

module.exports = { HeldMessages };

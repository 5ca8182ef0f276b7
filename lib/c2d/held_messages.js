// @ts-check
'use strict';

/**
 * Received messages on their way to the app. While nobody listens they are held, in order and unacknowledged, so that
 * the gateway keeps them too. The session bounds them: it stops reading at 16 MiB of unacknowledged messages.
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
    else this.#held.push([message, settle]);
  }

  /**
   * Somebody took a message and does not want it after all: it is the next one again.
   *
   * @param {any} message
   * @param {() => void} settle
   */
  giveBack(message, settle) {
    this.#held.unshift([message, settle]);
    this.flush();
  }

  /**
   * Takes a message out of the hold.
   *
   * @param {any} message
   * @returns {(() => void) | undefined} What acknowledges it; `undefined` if it is not held.
   */
  take(message) {
    const place = this.#held.findIndex(([held]) => held === message);
    return place < 0 ? undefined : this.#held.splice(place, 1)[0][1];
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

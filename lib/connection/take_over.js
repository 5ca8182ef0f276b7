// @ts-check
'use strict';

const { NotConnectedError } = require('../errors');

/** A connection lost earlier than this did not live. Milliseconds. */
const SHORT_LIFE_MS = 5_000;

/** So many short lives in a row are no accident. */
const SUSPICIOUS = 3;

/**
 * Recognises two clients that use one device id. The gateway lets the newer connection win and closes the older, whose
 * client comes back and wins in turn: all either sees is that its connection ends soon after it was made.
 */
class TakeOver {
  #shortLives = 0;
  #since = 0;
  #now;

  /** @param {() => number} [now] Milliseconds, monotonic. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** A connection stands. */
  connected() {
    this.#since = this.#now();
  }

  /**
   * A connection was lost.
   *
   * @param {Error} error Is given a `hint` if this looks like a take-over.
   */
  lost(error) {
    // A link that falls silent takes a minute to be noticed, so a short life was ended by the other side.
    const short = error instanceof NotConnectedError && this.#now() - this.#since < SHORT_LIFE_MS;
    this.#shortLives = short ? this.#shortLives + 1 : 0;
    if (this.#shortLives < SUSPICIOUS) return;
    /** @type {any} */ (error).hint =
      'Another client may be using the same device id: the connection was closed shortly after it was made, ' +
      `${this.#shortLives} times in a row. The gateway keeps only the newest connection of a device.`;
  }
}

module.exports = { TakeOver };

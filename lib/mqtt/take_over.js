// @ts-check
'use strict';

/** A connection lost earlier than this did not live. Milliseconds. */
const SHORT_LIFE_MS = 5_000;

/**
 * Counts short lives of connections: the sign of two clients that use one device id. The gateway lets the newer
 * connection win and closes the older, whose client comes back and wins in turn: all either sees is that its connection
 * ends soon after it was made (contract edge-gateway.md §2.10).
 */
class TakeOver {
  #shortLives = 0;
  #since = -Infinity;
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
   * A connection was lost. A link that falls silent takes longer than a short life to be noticed, so such a life was
   * ended by the other side.
   *
   * @returns {number} How many short lives in a row there were, this one included.
   */
  lost() {
    this.#shortLives = this.#now() - this.#since < SHORT_LIFE_MS ? this.#shortLives + 1 : 0;
    return this.#shortLives;
  }
}

module.exports = { TakeOver };

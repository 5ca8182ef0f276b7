// @ts-check
'use strict';

/** The restarts of a gateway and its end: one after the other, and nothing after the end. */
class Turns {
  #closing = new AbortController();
  #last = Promise.resolve();

  /** Aborted once the gateway is to close. */
  get signal() {
    return this.#closing.signal;
  }

  /** @throws {Error} the gateway was closed */
  requireOpen() {
    if (this.signal.aborted) throw new Error('restart: the gateway was closed');
  }

  /**
   * @param {() => Promise<void>} action
   */
  take(action) {
    const done = this.#last.then(action);
    this.#last = done.catch(() => {});
    return done;
  }

  /**
   * @param {() => Promise<void>} action
   */
  takeLast(action) {
    this.#closing.abort();
    return this.take(action);
  }
}

module.exports = { Turns };

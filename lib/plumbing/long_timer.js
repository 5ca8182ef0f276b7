// @ts-check
'use strict';

/** The longest delay a Node timer can take: one for longer fires at once. Milliseconds. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** A timer for any time, which a Node timer is not: it waits as many of the longest delays as it takes. */
class LongTimer {
  #callback;
  #alive = true;
  /** @type {NodeJS.Timeout} */
  #timer;

  /**
   * @param {() => void} callback
   * @param {number} delay Milliseconds; `Infinity`: never.
   */
  constructor(callback, delay) {
    this.#callback = callback;
    this.#timer = this.#wait(delay);
  }

  /** No longer keeps the process alive. */
  unref() {
    this.#alive = false;
    this.#timer.unref();
    return this;
  }

  clear() {
    clearTimeout(this.#timer);
  }

  /** @param {number} delay */
  #wait(delay) {
    if (!(delay > LONGEST_DELAY_MS)) return setTimeout(this.#callback, delay);
    const next = () => {
      this.#timer = this.#wait(delay - LONGEST_DELAY_MS);
      if (!this.#alive) this.#timer.unref();
    };
    return setTimeout(next, LONGEST_DELAY_MS);
  }
}

module.exports = { LongTimer };

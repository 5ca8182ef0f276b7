// @ts-check
'use strict';

/** What is put off on a connection, all of it gone when the connection ends. */
class Delays {
  /** @type {Set<NodeJS.Timeout>} */
  #timers = new Set();

  /**
   * @param {number} milliseconds
   * @param {() => void} action
   */
  after(milliseconds, action) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, milliseconds);
    this.#timers.add(timer);
  }

  clear() {
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers.clear();
  }
}

module.exports = { Delays };

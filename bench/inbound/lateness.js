// @ts-check
'use strict';

/** How late a 10 ms timer of an app is, at most. Milliseconds. */
class Lateness {
  #last = performance.now();
  most = 0;

  constructor() {
    setInterval(() => {
      const now = performance.now();
      this.most = Math.max(this.most, now - this.#last - 10);
      this.#last = now;
    }, 10).unref();
  }
}

module.exports = { Lateness };

// @ts-check
'use strict';

/** The gateway's clock, which may go wrong. */
class Clock {
  /**
   * @param {number} [offsetMs] ahead of this machine's clock; negative: behind
   */
  constructor(offsetMs = 0) {
    this.offsetMs = offsetMs;
  }

  /** Milliseconds since 1970. */
  now() {
    return Date.now() + this.offsetMs;
  }
}

module.exports = { Clock };

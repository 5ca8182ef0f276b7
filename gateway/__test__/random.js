// @ts-check
'use strict';

/** Numbers that look random and are the same for the same seed: xorshift of 32 bits (Marsaglia 2003). */
class Random {
  #state;

  /**
   * @param {number} seed
   */
  constructor(seed) {
    // Never 0, and far apart for seeds that are near each other.
    this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  }

  /**
   * @param {number} limit
   * @returns {number} a whole number from 0, below the limit
   */
  below(limit) {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return Math.floor(((this.#state >>> 0) / 2 ** 32) * limit);
  }

  /**
   * @template T
   * @param {readonly T[]} list
   * @returns {T}
   */
  one(list) {
    return list[this.below(list.length)];
  }
}

module.exports = { Random };

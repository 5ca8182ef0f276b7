'use strict';

/**
 * Numbers that look random and are the same for the same seed (mulberry32, T. Ettinger, public domain).
 *
 * @param {number} seed
 */
function randomOf(seed) {
  let state = seed >>> 0;
  /** @returns {number} From 0 up to, and without, 1. */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** @param {number} share Of the cases in which it is true. */
    chance: (share) => next() < share,
    /** @param {number} below @returns {number} A whole number from 0 up to, and without, `below`. */
    below: (below) => Math.floor(next() * below),
    /** @template T @param {readonly T[]} list @returns {T} */
    of: (list) => list[Math.floor(next() * list.length)],
    /** Many short times, some long ones. @param {number} longest Milliseconds. */
    time: (longest) => Math.floor(longest * next() ** 4),
  };
}

module.exports = { randomOf };

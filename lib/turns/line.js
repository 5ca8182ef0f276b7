// @ts-check
'use strict';

/**
 * One who stands in a line, by what is in front of him and behind him.
 *
 * @typedef {object} Standing
 * @property {any} [before]
 * @property {any} [behind]
 */

/**
 * A line out of which anybody may step at any time, in steady time however long it is.
 *
 * @template {Standing} T Stands in one line only.
 */
class Line {
  /** @type {T | undefined} */
  first = undefined;
  /** @type {T | undefined} */
  #last = undefined;
  size = 0;

  /** @param {T} one At the end. */
  push(one) {
    one.before = this.#last;
    one.behind = undefined;
    if (this.#last) this.#last.behind = one;
    else this.first = one;
    this.#last = one;
    this.size += 1;
  }

  /** @param {T} one In front. */
  unshift(one) {
    one.before = undefined;
    one.behind = this.first;
    if (this.first) this.first.before = one;
    else this.#last = one;
    this.first = one;
    this.size += 1;
  }

  /** @param {T} one Who stands in it. */
  remove(one) {
    const { before, behind } = one;
    if (before) before.behind = behind;
    else this.first = behind;
    if (behind) behind.before = before;
    else this.#last = before;
    // Who has stepped out holds nobody.
    one.before = undefined;
    one.behind = undefined;
    this.size -= 1;
  }
}

module.exports = { Line };

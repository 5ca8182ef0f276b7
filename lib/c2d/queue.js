// @ts-check
'use strict';

/** So many places in front are given back at a time. */
const ENOUGH = 1024;

/**
 * First in, first out, in steady time however long it is: an array moves all that follow when its first is taken.
 *
 * @template T
 */
class Queue {
  /** @type {(T | undefined)[]} */
  #list = [];
  /** The place of the first. */
  #head = 0;

  get size() {
    return this.#list.length - this.#head;
  }

  /** @returns {T | undefined} */
  get first() {
    return this.#list[this.#head];
  }

  /** @param {T} value */
  push(value) {
    this.#list.push(value);
  }

  /** @param {T} value The next one to be taken. */
  unshift(value) {
    if (this.#head > 0) this.#list[--this.#head] = value;
    else this.#list.unshift(value);
  }

  /** @returns {T | undefined} */
  shift() {
    if (this.size === 0) return undefined;
    const value = this.#list[this.#head];
    this.#list[this.#head++] = undefined;
    if (this.#head > ENOUGH && this.#head * 2 > this.#list.length) {
      this.#list = this.#list.slice(this.#head);
      this.#head = 0;
    }
    return value;
  }

  /**
   * Takes one out of the middle.
   *
   * @param {(value: T) => boolean} wanted
   * @returns {T | undefined}
   */
  remove(wanted) {
    for (let place = this.#head; place < this.#list.length; place++) {
      if (wanted(/** @type {T} */ (this.#list[place]))) return this.#list.splice(place, 1)[0];
    }
    return undefined;
  }
}

module.exports = { Queue };

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

  /** @param {T} value */
  push(value) {
    this.#list.push(value);
  }

  /** @returns {T | undefined} */
  shift() {
    if (this.size === 0) return undefined;
    // One at a time: its room serves the next.
    if (this.#list.length === 1) return this.#list.pop();
    const value = this.#list[this.#head];
    this.#list[this.#head++] = undefined;
    if (this.#head === this.#list.length) this.clear();
    else if (this.#head > ENOUGH && this.#head * 2 > this.#list.length) {
      this.#list = this.#list.slice(this.#head);
      this.#head = 0;
    }
    return value;
  }

  /** @param {(value: T) => boolean} wanted All others are taken out. */
  keep(wanted) {
    const kept = [...this].filter(wanted);
    this.#list = kept;
    this.#head = 0;
  }

  clear() {
    this.#list = [];
    this.#head = 0;
  }

  /** @returns {Generator<T>} */
  *[Symbol.iterator]() {
    for (let at = this.#head; at < this.#list.length; at += 1) yield /** @type {T} */ (this.#list[at]);
  }
}

module.exports = { Queue };

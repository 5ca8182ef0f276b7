// @ts-check
'use strict';

const { Line } = require('../turns/line');

/**
 * A publish that has to wait for room with the native side.
 *
 * @typedef {{ id: number, topic: string, body: string | Uint8Array, qos: number }} Waiting
 * @typedef {import('../turns/line').Standing & Waiting & { number: number }} Standing
 */

/** Publishes in the order in which they were given. Each leaves in steady time, in its turn or because it is cancelled. */
class WaitingRoom {
  /** @type {Line<Standing>} */
  #line = new Line();
  /** @type {Map<number, Standing>} */
  #byId = new Map();
  /** Of the last that came. */
  #number = 0;

  get size() {
    return this.#line.size;
  }

  /** @param {Waiting} waiting */
  push(waiting) {
    const standing = { ...waiting, number: ++this.#number };
    this.#line.push(standing);
    this.#byId.set(waiting.id, standing);
  }

  /** @returns {Waiting | undefined} The first, taken out. */
  shift() {
    const { first } = this.#line;
    if (first) this.#out(first);
    return first;
  }

  /** @param {number} id */
  has(id) {
    return this.#byId.has(id);
  }

  /** @returns {number[]} The ids of all, in order. */
  ids() {
    return this.#inOrder([...this.#byId.values()]);
  }

  /**
   * @param {Iterable<number>} ids
   * @returns {number[]} Those of them that waited, in order; they are taken out.
   */
  take(ids) {
    const taken = [];
    for (const id of ids) {
      const standing = this.#byId.get(id);
      if (standing === undefined) continue;
      this.#out(standing);
      taken.push(standing);
    }
    return this.#inOrder(taken);
  }

  clear() {
    this.#line = new Line();
    this.#byId.clear();
  }

  /** @param {Standing} standing */
  #out(standing) {
    this.#line.remove(standing);
    this.#byId.delete(standing.id);
  }

  /** @param {Standing[]} list */
  #inOrder(list) {
    return list.sort((one, other) => one.number - other.number).map(({ id }) => id);
  }
}

module.exports = { WaitingRoom };

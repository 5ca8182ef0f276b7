// @ts-check
'use strict';

const { guarded } = require('../plumbing/uncaught');

/** The operations that were cancelled and not yet confirmed by the native side, and why. */
class Endings {
  /** @type {Map<number, Error>} */
  #reasons = new Map();
  /** @type {(() => void)[]} */
  #after = [];

  get size() {
    return this.#reasons.size;
  }

  /**
   * @param {number} id
   * @param {Error} error
   */
  add(id, error) {
    this.#reasons.set(id, error);
  }

  /**
   * @param {number} id It is over.
   * @returns {Error | undefined} Why it was cancelled, if it was.
   */
  take(id) {
    const error = this.#reasons.get(id);
    this.#reasons.delete(id);
    return error;
  }

  /** @param {() => void} done Called when there are none, and those that were have been told. */
  whenNone(done) {
    if (this.#reasons.size > 0) this.#after.push(done);
    else process.nextTick(done);
  }

  /** All that were over have been told. */
  told() {
    if (this.#after.length === 0 || this.#reasons.size > 0) return;
    for (const done of this.#after.splice(0)) guarded(done);
  }
}

module.exports = { Endings };

// @ts-check
'use strict';

/**
 * Called once: `(error)`, or `(null, MessageEnqueued)` for a publish, `(null, codes)` for a subscription.
 *
 * @typedef {(error: any, result?: any) => void} Settle
 */

/**
 * What is under way, by id. An id is a place in flat lists and is used again once it is free: no object, timer or
 * promise per message.
 */
class Operations {
  /** Whom to tell. `undefined`: the id is free. @type {(Settle | undefined)[]} */
  #settles = [];
  /** The tick at which it has taken too long. @type {number[]} */
  #expiries = [];
  /** Bytes of a publish that the native side holds, else 0. @type {number[]} */
  #sizes = [];
  /** @type {number[]} */
  #free = [];
  /** How many there are. */
  count = 0;
  /** Publishes that the native side holds. */
  publishes = 0;
  /** Their bytes. */
  bytes = 0;

  /**
   * @param {Settle} settle
   * @param {number} expiry A tick.
   * @returns {number} The id.
   */
  add(settle, expiry) {
    const id = this.#free.length > 0 ? /** @type {number} */ (this.#free.pop()) : this.#settles.length;
    this.#settles[id] = settle;
    this.#expiries[id] = expiry;
    this.#sizes[id] = 0;
    this.count += 1;
    return id;
  }

  /**
   * A publish is with the native side now.
   *
   * @param {number} id
   * @param {number} size Bytes, at least 1.
   */
  handOver(id, size) {
    this.#sizes[id] = size;
    this.publishes += 1;
    this.bytes += size;
  }

  /**
   * @param {number} id Free from now on.
   * @returns {Settle}
   */
  remove(id) {
    const settle = /** @type {Settle} */ (this.#settles[id]);
    const size = this.#sizes[id];
    if (size > 0) {
      this.publishes -= 1;
      this.bytes -= size;
    }
    this.#settles[id] = undefined;
    this.#free.push(id);
    this.count -= 1;
    return settle;
  }

  /**
   * Puts something before the one to be told, or has the operation never expire.
   *
   * @param {number} id
   * @param {(settle: Settle) => Settle} wrap
   * @param {boolean} forever
   */
  wrap(id, wrap, forever) {
    this.#settles[id] = wrap(/** @type {Settle} */ (this.#settles[id]));
    if (forever) this.#expiries[id] = Infinity;
  }

  /** @returns {number[]} All ids in use. */
  ids() {
    const ids = [];
    for (let id = 0; id < this.#settles.length; id++) if (this.#settles[id] !== undefined) ids.push(id);
    return ids;
  }

  /**
   * @param {number} tick
   * @returns {number[]} Those that have taken too long; each is told once.
   */
  expired(tick) {
    const expired = [];
    for (let id = 0; id < this.#settles.length; id++) {
      if (this.#settles[id] === undefined || this.#expiries[id] > tick) continue;
      this.#expiries[id] = Infinity;
      expired.push(id);
    }
    return expired;
  }
}

module.exports = { Operations };

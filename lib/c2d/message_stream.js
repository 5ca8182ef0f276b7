// @ts-check
'use strict';

const { Queue } = require('../turns/queue');
const { HeldMessages } = require('./held_messages');

/**
 * An iterator.
 *
 * @typedef {object} Reader
 * @property {any[]} delivered The messages it has given out and not yet acknowledged.
 * @property {boolean} over
 * @property {Error} [failure] Thrown by its next `next`.
 */

/**
 * A call of `next` that waits for a message.
 *
 * @typedef {object} Taker
 * @property {Reader} reader
 * @property {(result: IteratorResult<any, undefined>) => void} resolve
 * @property {(error: unknown) => void} reject
 */

/** The messages of a device as async iterators, which share them: each message goes to one. */
class MessageStream {
  /** First come, first served. @type {Queue<Taker>} */
  #takers = new Queue();
  /** @type {Set<Reader>} In use: asked at least once, and not over. */
  #readers = new Set();
  /** @type {Map<any, () => void>} The messages with the app, and how each is acknowledged. */
  #inHand = new Map();
  #closed = false;
  #held;
  #want;

  /**
   * @param {object} source
   * @param {(wanted: boolean) => void} source.want Told when the first iterator comes and when the last one has gone.
   * @param {() => void} source.suspend No more messages can be held.
   * @param {(refused: () => void) => void} source.resume They can be taken again, see `HeldMessages`.
   * @param {number} [longestMs] How long a message waits while nobody is there.
   */
  constructor({ want, suspend, resume }, longestMs) {
    this.#want = want;
    this.#held = new HeldMessages(
      {
        ready: () => this.#takers.size > 0,
        absent: () => this.#readers.size === 0,
        deliver: (message, settle) => this.#hand(message, settle),
        suspend,
        resume,
      },
      longestMs,
    );
  }

  /** Messages received that nobody has asked for yet. */
  get held() {
    return this.#held.size;
  }

  /**
   * @param {any} message
   * @param {() => void} settle
   */
  arrive(message, settle) {
    this.#held.arrive(message, settle);
  }

  /** What was received cannot be acknowledged any more and will come again. */
  drop() {
    this.#held.drop();
    this.#inHand.clear();
  }

  /**
   * Acknowledges a message that is with the app now rather than when the next one is asked for.
   *
   * @param {any} message
   */
  settle(message) {
    // One whose loop was left is held again.
    const settle = this.#inHand.get(message) ?? this.#held.take(message);
    this.#inHand.delete(message);
    settle?.();
  }

  /** No more messages, ever: iterators end. */
  close() {
    this.#closed = true;
    this.#held.drop();
    for (const { resolve } of this.#takers) resolve({ done: true, value: undefined });
    this.#takers.clear();
    this.#readers.clear();
  }

  /**
   * There is no connection and there will be none: the iterators in use fail.
   *
   * @param {Error} error
   */
  fail(error) {
    for (const reader of this.#readers) {
      reader.over = true;
      reader.failure = error;
    }
    for (const { reader, reject } of this.#takers) {
      reader.failure = undefined;
      reject(error);
    }
    this.#takers.clear();
    if (this.#readers.size > 0) this.#want(false);
    this.#readers.clear();
  }

  /** @returns {AsyncIterableIterator<any>} */
  iterator() {
    /** @type {Reader} */
    const reader = { delivered: [], over: false };
    /** @type {AsyncIterableIterator<any>} */
    const iterator = {
      next: () => this.#next(reader),
      return: () => this.#return(reader),
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /**
   * @param {Reader} reader
   * @returns {Promise<IteratorResult<any, undefined>>}
   */
  #next(reader) {
    for (const message of reader.delivered.splice(0)) this.settle(message);
    const { failure } = reader;
    reader.failure = undefined;
    if (failure) return Promise.reject(failure);
    if (reader.over || this.#closed) return Promise.resolve({ done: true, value: undefined });
    if (this.#readers.size === 0) this.#want(true);
    this.#readers.add(reader);
    return new Promise((resolve, reject) => {
      this.#takers.push({ reader, resolve, reject });
      this.#held.flush();
    });
  }

  /**
   * @param {Reader} reader
   * @returns {Promise<IteratorResult<any, undefined>>}
   */
  #return(reader) {
    reader.over = true;
    // Not acknowledged, it would hold back the acknowledgements of all that come after: the next loop gets it.
    for (const message of reader.delivered.splice(0).reverse()) {
      const settle = this.#inHand.get(message);
      this.#inHand.delete(message);
      if (settle) this.#held.giveBack(message, settle);
    }
    this.#takers.keep((taker) => {
      if (taker.reader !== reader) return true;
      taker.resolve({ done: true, value: undefined });
      return false;
    });
    if (this.#readers.delete(reader) && this.#readers.size === 0) this.#want(false);
    return Promise.resolve({ done: true, value: undefined });
  }

  /**
   * @param {any} message
   * @param {() => void} settle
   */
  #hand(message, settle) {
    const { reader, resolve } = /** @type {Taker} */ (this.#takers.shift());
    this.#inHand.set(message, settle);
    reader.delivered.push(message);
    resolve({ done: false, value: message });
  }
}

module.exports = { MessageStream };

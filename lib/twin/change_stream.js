// @ts-check
'use strict';

const { differenceOf } = require('./merge_patch');

/** @typedef {import('./merge_patch').Properties} Properties */

/** So many changes wait for a reader; if there are more, it gets what they come to, as one. */
const MOST_WAITING = 1000;

/**
 * An iterator.
 *
 * @typedef {object} Reader
 * @property {{ patch: Properties, state: Properties }[]} waiting Changes, each with what was there after it.
 * @property {Properties} seen What is there after the last change it got.
 * @property {Properties | undefined} ahead What is there now, if the changes were too many to wait.
 * @property {{ resolve: (result: any) => void, reject: (error: unknown) => void }[]} takers Calls of `next` that wait.
 * @property {boolean} over
 * @property {Error} [failure] Thrown by its next `next`.
 */

/** Changes as async iterators, each of which gets all of them. */
class ChangeStream {
  /** @type {Set<Reader>} */
  #readers = new Set();
  #closed = false;

  /**
   * @param {Properties} patch
   * @param {Properties} state After it; never changed.
   */
  push(patch, state) {
    for (const reader of this.#readers) {
      const taker = reader.takers.shift();
      if (taker) {
        reader.seen = state;
        taker.resolve({ done: false, value: patch });
      } else if (reader.ahead !== undefined || reader.waiting.length === MOST_WAITING) {
        reader.waiting = [];
        reader.ahead = state;
      } else reader.waiting.push({ patch, state });
    }
  }

  /** No more changes, ever: iterators end. */
  close() {
    this.#closed = true;
    for (const reader of this.#readers) this.#end(reader);
  }

  /**
   * There will be no changes for a while: the iterators in use fail.
   *
   * @param {Error} error
   */
  fail(error) {
    for (const reader of [...this.#readers]) {
      const [taker] = reader.takers.splice(0, 1);
      if (taker) taker.reject(error);
      else reader.failure = error;
      this.#end(reader);
    }
  }

  /**
   * @param {Properties} state What is there now.
   * @returns {AsyncIterableIterator<Properties>}
   */
  iterator(state) {
    /** @type {Reader} */
    const reader = { waiting: [], seen: state, ahead: undefined, takers: [], over: this.#closed };
    if (!this.#closed) this.#readers.add(reader);
    /** @type {AsyncIterableIterator<Properties>} */
    const iterator = {
      next: () => next(reader),
      return: () => {
        reader.waiting = [];
        reader.ahead = undefined;
        this.#end(reader);
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** @param {Reader} reader What waits for it, it still gets. */
  #end(reader) {
    this.#readers.delete(reader);
    reader.over = true;
    for (const { resolve } of reader.takers.splice(0)) resolve({ done: true, value: undefined });
  }
}

/**
 * @param {Reader} reader
 * @returns {Promise<IteratorResult<Properties, undefined>>}
 */
function next(reader) {
  const patch = take(reader);
  if (patch) return Promise.resolve({ done: false, value: patch });
  const { failure } = reader;
  reader.failure = undefined;
  if (failure) return Promise.reject(failure);
  if (reader.over) return Promise.resolve({ done: true, value: undefined });
  return new Promise((resolve, reject) => reader.takers.push({ resolve, reject }));
}

/** @param {Reader} reader @returns {Properties | undefined} */
function take(reader) {
  const { seen, ahead } = reader;
  const first = reader.waiting.shift();
  if (first) {
    reader.seen = first.state;
    return first.patch;
  }
  if (ahead === undefined) return undefined;
  reader.seen = ahead;
  reader.ahead = undefined;
  return differenceOf(seen, ahead);
}

module.exports = { ChangeStream };

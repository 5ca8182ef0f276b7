// @ts-check
'use strict';

const { LONGEST_DELAY, isDelay } = require('../control/limits');
const { isCount, requireKnown, requireValue } = require('../control/values');

/**
 * @typedef {import('../index').Message} Message
 *
 * Somebody who waits for messages.
 * @typedef {object} Caller
 * @property {number} count
 * @property {(messages: Message[]) => void} resolve
 * @property {(reason: unknown) => void} abandon
 */

/** Keeps the latest messages until somebody takes them. */
class Inbox {
  /**
   * @param {number} capacity messages beyond it push out the oldest
   */
  constructor(capacity) {
    this.capacity = capacity;
    /** @type {Message[]} a ring once it is full, `start` being the oldest */
    this.ring = [];
    this.start = 0;
    /** @type {Caller[]} */
    this.waiting = [];
    this.stopped = false;
  }

  get size() {
    return this.ring.length;
  }

  /** Whether nothing is left and nothing more comes. */
  get exhausted() {
    return this.stopped && this.size === 0;
  }

  /**
   * @param {Message} message
   */
  put(message) {
    if (this.ring.length < this.capacity) this.ring.push(message);
    else if (this.capacity > 0) {
      this.ring[this.start] = message;
      this.start = (this.start + 1) % this.capacity;
    }
    if (this.waiting.length > 0) this.serve();
  }

  /** The messages that were not yet taken, oldest first. */
  peek() {
    return [...this.ring.slice(this.start), ...this.ring.slice(0, this.start)];
  }

  /**
   * Takes the oldest messages, as soon as there are enough; several callers are served in turn.
   * @param {number} count at most the capacity
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [options]
   * @returns {Promise<Message[]>}
   */
  async take(count, { timeoutMs, signal, ...unknown } = {}) {
    requireKnown('waitForMessages', unknown);
    requireValue('waitForMessages', { count }, 'a whole number from 0', isCount);
    requireValue(
      'waitForMessages',
      { timeoutMs },
      `milliseconds from 0 to ${LONGEST_DELAY}`,
      (value) => value === undefined || isDelay(value),
    );
    if (count > this.capacity) {
      throw new RangeError(
        `cannot wait for ${count} messages: only ${this.capacity} are kept (option 'keep')`,
      );
    }
    signal?.throwIfAborted();
    if (this.stopped && this.size < count) throw this.stoppedBefore(count);
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    let abort = () => {};
    /** @type {Promise<Message[]>} */
    const messages = new Promise((resolve, reject) => {
      const abandon = (/** @type {unknown} */ reason) => {
        this.waiting = this.waiting.filter((other) => other !== caller);
        reject(reason);
        // Whoever waited behind it may have enough.
        this.serve();
      };
      const caller = { count, resolve, abandon };
      abort = () => abandon(signal?.reason);
      const late = () =>
        abandon(new Error(`${this.size} of ${count} messages arrived within ${timeoutMs} ms`));
      if (timeoutMs !== undefined) timer = setTimeout(late, timeoutMs);
      this.waiting.push(caller);
    });
    signal?.addEventListener('abort', abort);
    this.serve();
    try {
      return await messages;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Takes messages one by one, until no more come.
   * @param {{ signal?: AbortSignal }} [options]
   */
  async *messages(options) {
    while (!this.exhausted) {
      const [message] = await this.take(1, options).catch((error) => {
        if (this.exhausted) return [];
        throw error;
      });
      if (message) yield message;
    }
  }

  /** No more messages come: whoever waits, waits in vain. */
  stop() {
    this.stopped = true;
    this.waiting.forEach(({ count, abandon }) => abandon(this.stoppedBefore(count)));
  }

  /**
   * @param {number} count
   */
  stoppedBefore(count) {
    return new Error(`the gateway was closed when ${this.size} of ${count} messages had arrived`);
  }

  serve() {
    while (this.waiting.length > 0 && this.ring.length >= this.waiting[0].count) {
      const { count, resolve } = /** @type {Caller} */ (this.waiting.shift());
      const all = this.peek();
      this.ring = all.slice(count);
      this.start = 0;
      resolve(all.slice(0, count));
    }
  }
}

module.exports = { Inbox };

// @ts-check
'use strict';

/**
 * @typedef {object} Times
 * @property {number} idleMs between an answer and the next request
 * @property {number} headMs from the first byte of a request to the end of its head; for the first of a connection the
 *   time limit for CONNECT holds
 * @property {number} graceMs how long a body may take whatever its rate, and how long one that nobody reads
 * @property {number} leastRate of a body, behind that; bytes a second
 */

/** As Kestrel's, the server of edgeHub. @type {Times} */
const KESTREL = { idleMs: 130000, headMs: 30000, graceMs: 5000, leastRate: 240 };

/** Requests of one connection that may wait for their answers. No client that means well sends as many. */
const MOST_UNANSWERED = 100;

/** How long a connection of HTTP is waited for: no peer keeps it, and its memory, by sending slowly or nothing. */
class Patience {
  #times;
  #onOverdue;
  #unanswered = 0;
  /** @type {'request' | 'head' | 'nothing'} what is waited for */
  #awaited = 'nothing';
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * @param {Times} times
   * @param {(reason: string, status?: number) => void} onOverdue ends the connection; by an answer, if one is due
   */
  constructor(times, onOverdue) {
    this.#times = times;
    this.#onOverdue = onOverdue;
  }

  /** Bytes came. */
  heard() {
    if (this.#awaited !== 'request') return;
    this.#await('head', this.#times.headMs, 408);
  }

  /** The head of a request is complete. */
  asked() {
    this.#unanswered++;
    this.#await('nothing');
    if (this.#unanswered > MOST_UNANSWERED)
      this.#onOverdue(`more than ${MOST_UNANSWERED} requests without an answer`);
  }

  /** A request was answered, and its body is at its end. */
  answered() {
    this.#unanswered--;
    if (this.#unanswered === 0) this.#await('request', this.#times.idleMs);
  }

  /**
   * Watches over a body.
   * @param {() => number} received bytes so far
   * @returns {() => void} to be called at its end
   */
  watchBody(received) {
    const begin = performance.now();
    const { graceMs, leastRate } = this.#times;
    const timer = setInterval(
      () => {
        const seconds = (performance.now() - begin) / 1000;
        if (received() >= leastRate * seconds) return;
        clearInterval(timer);
        this.#onOverdue(`a body of less than ${leastRate} bytes a second`, 408);
      },
      Math.max(1, graceMs),
    ).unref();
    return () => clearInterval(timer);
  }

  /**
   * Watches over a body that nobody reads.
   * @returns {() => void} to be called at its end
   */
  watchUnread() {
    const timer = setTimeout(() => this.#onOverdue('a body behind its answer'), this.#times.graceMs).unref();
    return () => clearTimeout(timer);
  }

  /** The connection has ended. */
  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * @param {'request' | 'head' | 'nothing'} what
   * @param {number} [limitMs]
   * @param {number} [status]
   */
  #await(what, limitMs = 0, status) {
    clearTimeout(this.#timer);
    this.#awaited = what;
    if (what === 'nothing') return;
    this.#timer = setTimeout(() => this.#onOverdue(`no ${what} within ${limitMs} ms`, status), limitMs);
  }
}

module.exports = { KESTREL, Patience };

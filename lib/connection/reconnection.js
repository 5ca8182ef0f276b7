// @ts-check
'use strict';

const { retryDelay } = require('./retry_policy');

/** After so many contested connections in a row the next one waits; after the first it does not. Milliseconds. */
const CONTESTED_MS = [0, 0, 500];
/** Then so long, and up to as long again: two clients of one id make less than a connection a second each. */
const LONG_CONTESTED_MS = 1_000;

/** How long to wait before the next attempt to connect, and when to stop trying. */
class Reconnection {
  /** Counted from 1, as in the original: the delay before the first retry is the policy's `nextRetryTimeout(1)`. */
  #count = 1;
  #deadline = Infinity;
  #now;
  #random;

  /**
   * @param {() => number} [now] Milliseconds of a clock that is never set: a device may boot without the time.
   * @param {() => number} [random] From 0 to 1.
   */
  constructor(now = () => performance.now(), random = Math.random) {
    this.#now = now;
    this.#random = random;
  }

  /**
   * Attempts are needed from now on.
   *
   * @param {number} limitMs An attempt that fails later than this is the last one.
   */
  begin(limitMs) {
    this.#deadline = this.#now() + limitMs;
  }

  /** The app closed the connection: its next one starts afresh. */
  reset() {
    this.#count = 1;
  }

  /**
   * An attempt failed.
   *
   * @param {import('../..').RetryPolicy} policy
   * @param {Error} error
   * @returns {number | undefined} Milliseconds until the next attempt, `Infinity`: never; `undefined` when it is over.
   */
  afterFailure(policy, error) {
    const delay = retryDelay(policy, error, this.#count);
    this.#count += 1;
    return this.#now() >= this.#deadline ? undefined : delay;
  }

  /**
   * A connection was lost. One that worked is made again at once, and what failed before it is forgotten; the policy
   * is asked all the same whether to.
   *
   * @param {import('../..').RetryPolicy} policy
   * @param {Error} error
   * @param {import('./transport').Life} life
   * @returns {number | undefined} As `afterFailure`.
   */
  afterLoss(policy, error, { worked, contested }) {
    if (worked) this.#count = 1;
    const delay = this.afterFailure(policy, error);
    if (delay === undefined) return undefined;
    return Math.max(worked ? 0 : delay, this.#contestedDelay(contested));
  }

  /** @param {number} contested */
  #contestedDelay(contested) {
    return CONTESTED_MS[contested] ?? Math.round(LONG_CONTESTED_MS * (1 + this.#random()));
  }
}

module.exports = { Reconnection };

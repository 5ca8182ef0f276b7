// @ts-check
'use strict';

const { ThrottlingError } = require('../vocabulary/errors');

/** A connection that lives this long ends the back-off; a shorter life leaves it where it was. Milliseconds. */
const STABLE_MS = 30_000;

/** How long to wait before the next attempt to connect, and when to stop trying. */
class Reconnection {
  /** Counted from 1, as in the original: the delay before the first retry is the policy's `nextRetryTimeout(1)`. */
  #count = 1;
  #deadline = Infinity;
  /** @type {NodeJS.Timeout | undefined} */
  #stable;
  #now;

  /** @param {() => number} [now] Milliseconds of a clock that is never set: a device may boot without the time. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Attempts are needed from now on.
   *
   * @param {number} limitMs An attempt that fails later than this is the last one.
   */
  begin(limitMs) {
    clearTimeout(this.#stable);
    this.#deadline = this.#now() + limitMs;
  }

  /** A connection stands. */
  succeeded() {
    this.#stable = setTimeout(() => (this.#count = 1), STABLE_MS).unref();
  }

  /** The app closed the connection: its next one starts afresh. */
  reset() {
    clearTimeout(this.#stable);
    this.#count = 1;
  }

  /**
   * Asks the policy, once for a loss and once for each failed attempt.
   *
   * @param {import('../..').RetryPolicy} policy
   * @param {Error} error
   * @returns {number | undefined} Milliseconds until the next attempt, `Infinity`: never; `undefined` when it is over.
   */
  delayAfter(policy, error) {
    if (!policy.shouldRetry(error)) return undefined;
    const delay = policy.nextRetryTimeout(this.#count, error instanceof ThrottlingError);
    this.#count += 1;
    // Written so that NaN ends it too: a timer would take it for "at once" and hammer the gateway.
    if (!(delay >= 0) || this.#now() >= this.#deadline) return undefined;
    return delay;
  }
}

module.exports = { Reconnection };

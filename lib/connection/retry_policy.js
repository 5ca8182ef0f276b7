// @ts-check
'use strict';

const { retrying } = require('../plumbing/happenings');
const { LongTimer } = require('../plumbing/long_timer');
const { ThrottlingError } = require('../vocabulary/errors');

/** Errors after which trying again makes sense, by `name` (device-sdk.md §1.8). */
const RETRYABLE = {
  NotConnectedError: true,
  InternalServerError: true,
  ServiceUnavailableError: true,
  ThrottlingError: true,
  TimeoutError: true,
};

/** The policy that never tries again. */
class NoRetry {
  /** @returns {number} -1: do not wait, give up. */
  nextRetryTimeout() {
    return -1;
  }

  /** @returns {boolean} */
  shouldRetry() {
    return false;
  }
}

/**
 * The default policy: delays that grow to a maximum, with a random share so that many devices do not return in step.
 *
 * The delay before retry `n` (from 1) is `min(cMin + (2^(n-1) - 1) · r, cMax)` milliseconds, `r` drawn from
 * `[c·(1-jd), c·(1-ju)]`: 100 ms, 150–175 ms, 250–325 ms … 10 s; when throttled 10 s, 12.5–13.75 s … 60 s.
 * Unlike the original, which documents this `r` but draws it from `[0, c·(jd-ju)]`.
 */
class ExponentialBackOffWithJitter {
  /** @type {Record<string, boolean>} */
  #errorFilter;

  /**
   * @param {boolean} [immediateFirstRetry] Retry 0 waits for nothing. The client counts from 1, as the original does,
   *   so this concerns callers who count themselves.
   * @param {Record<string, boolean>} [errorFilter] By error `name`: whether to try again. Names that are absent are
   *   not retried. Default: NotConnectedError, InternalServerError, ServiceUnavailableError, ThrottlingError and
   *   TimeoutError are.
   */
  constructor(immediateFirstRetry = true, errorFilter) {
    // What is falsy is none, as in the original.
    this.#errorFilter = errorFilter || RETRYABLE;
    this.immediateFirstRetry = immediateFirstRetry;
    /** Milliseconds (`c`, `cMin`, `cMax`) and shares (`ju`, `jd`); may be changed. */
    this.normalParameters = { c: 100, cMin: 100, cMax: 10_000, ju: 0.25, jd: 0.5 };
    /** The same, used after a ThrottlingError. */
    this.throttledParameters = { c: 5_000, cMin: 10_000, cMax: 60_000, ju: 0.25, jd: 0.5 };
  }

  /**
   * @param {number} retryCount
   * @param {boolean} isThrottled
   * @returns {number} The delay in milliseconds.
   */
  nextRetryTimeout(retryCount, isThrottled) {
    if (this.immediateFirstRetry && retryCount === 0 && !isThrottled) return 0;
    const { c, cMin, cMax, ju, jd } = isThrottled ? this.throttledParameters : this.normalParameters;
    const step = c * (1 - jd) + Math.random() * c * (jd - ju);
    return Math.min(cMin + (2 ** Math.max(retryCount - 1, 0) - 1) * step, cMax);
  }

  /**
   * @param {Error} error
   * @returns {boolean}
   */
  shouldRetry(error) {
    return Boolean(this.#errorFilter[error.name]);
  }
}

/**
 * Asks a policy about a failure.
 *
 * @param {import('../..').RetryPolicy} policy
 * @param {Error} error
 * @param {number} failures So many there were, this one included.
 * @returns {number | undefined} Milliseconds until the next attempt; `undefined`: there is to be none.
 * @throws What the policy throws; the failure, where that is nothing and would pass for a success.
 */
function retryDelay(policy, error, failures) {
  /** @type {unknown} */
  let given;
  try {
    if (!policy.shouldRetry(error)) return undefined;
    given = policy.nextRetryTimeout(failures, error instanceof ThrottlingError);
  } catch (thrown) {
    throw thrown || error;
  }
  const delay = typeof given === 'string' ? Number.parseFloat(given) : given;
  // What is no number is no delay either: a timer would take it for "at once" and hammer the gateway.
  return typeof delay === 'number' && delay >= 0 ? delay : undefined;
}

/**
 * Runs an operation again while it fails, the policy wants it and time is left. An attempt under way is never cut
 * short: the limit counts when an attempt fails.
 */
class RetryOperation {
  #policy;
  #maxTimeout;
  /** @type {LongTimer | undefined} */
  #pause;
  /** @type {((error?: Error | null, result?: any, response?: any) => void) | undefined} */
  #finalCallback;

  /**
   * @param {string} name Of the operation, for debuggers.
   * @param {import('../..').RetryPolicy} policy
   * @param {number} maxTimeout Milliseconds from `retry()` on, after which no further attempt is begun.
   */
  constructor(name, policy, maxTimeout) {
    this.name = name;
    this.#policy = policy;
    this.#maxTimeout = maxTimeout;
  }

  /**
   * @param {(callback: (error?: Error | null, result?: any, response?: any) => void) => void} operation Called for
   *   every attempt.
   * @param {(error?: Error | null, result?: any, response?: any) => void} finalCallback Called once: `(null, result,
   *   response)` of the attempt that succeeded, or the error of the last one, or what the policy throws.
   */
  retry(operation, finalCallback) {
    // Not by the time of day, which many a device gets only once it is connected.
    const end = performance.now() + this.#maxTimeout;
    let failures = 0;
    this.#finalCallback = finalCallback;
    const attempt = () => {
      operation((error, result, response) => {
        if (!error) return this.#finish(null, result, response);
        failures += 1;
        let delay;
        try {
          delay = retryDelay(this.#policy, error, failures);
        } catch (policyError) {
          return this.#finish(/** @type {Error} */ (policyError));
        }
        if (delay === undefined || performance.now() >= end) return this.#finish(error);
        if (!this.#finalCallback) return;
        retrying.tell(undefined, { operation: this.name, delay, reason: error });
        this.#pause = new LongTimer(attempt, delay);
      });
    };
    attempt();
  }

  /**
   * Ends the operation: no further attempt is begun and what an attempt under way reports is ignored.
   *
   * @param {Error} error Given to the final callback, unless that was called already.
   */
  cancel(error) {
    this.#finish(error);
  }

  /**
   * @param {Error | null} error
   * @param {any} [result]
   * @param {any} [response]
   */
  #finish(error, result, response) {
    this.#pause?.clear();
    const finalCallback = this.#finalCallback;
    this.#finalCallback = undefined;
    if (error) finalCallback?.(error);
    else finalCallback?.(null, result, response);
  }
}

module.exports = { NoRetry, ExponentialBackOffWithJitter, RetryOperation, retryDelay };

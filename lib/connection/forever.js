// @ts-check
'use strict';

const {
  ArgumentError,
  FormatError,
  NotImplementedError,
  UnauthorizedError,
} = require('../vocabulary/errors');
const { ExponentialBackOffWithJitter } = require('./retry_policy');

/** What waiting does not mend: the configuration is wrong. */
const FINAL = [ArgumentError, FormatError, NotImplementedError];

/**
 * The retry policy of a device that shall come back whatever happens: delays grow to 10 s. After a refusal they grow
 * from 10 s to 60 s: a gateway that has just started refuses devices it has not heard of yet, and one that means it
 * should not be asked more often.
 */
class Forever {
  #backOff = new ExponentialBackOffWithJitter();
  #refused = false;

  /**
   * @param {Error} error
   * @returns {boolean}
   */
  shouldRetry(error) {
    this.#refused = error instanceof UnauthorizedError || error.cause instanceof UnauthorizedError;
    return !FINAL.some((ErrorClass) => error instanceof ErrorClass);
  }

  /**
   * @param {number} retryCount
   * @param {boolean} isThrottled
   * @returns {number} Milliseconds.
   */
  nextRetryTimeout(retryCount, isThrottled) {
    return this.#backOff.nextRetryTimeout(retryCount, isThrottled || this.#refused);
  }
}

module.exports = { Forever };

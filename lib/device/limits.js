// @ts-check
'use strict';

const { badOption, requireKnown, requirePositive } = require('../plumbing/option');

/**
 * The options of an operation that has no others.
 *
 * @param {{ timeout?: number, signal?: AbortSignal }} options
 * @returns {{ timeoutMs?: number, signal?: AbortSignal } | undefined} `undefined`: neither is given.
 * @throws {ArgumentError} There is another, or one of them cannot be used.
 */
function readLimits(options) {
  requireKnown(options, ['timeout', 'signal']);
  return limitsOf(options);
}

/**
 * The options `timeout` and `signal` of an operation that may have others.
 *
 * @param {{ timeout?: number, signal?: AbortSignal }} options
 * @returns {{ timeoutMs?: number, signal?: AbortSignal } | undefined} `undefined`: neither is given.
 * @throws {ArgumentError} One of them cannot be used.
 */
function limitsOf({ timeout, signal }) {
  requirePositive('timeout', timeout, 'milliseconds');
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw badOption('signal', signal, 'an AbortSignal');
  return timeout === undefined && signal === undefined ? undefined : { timeoutMs: timeout, signal };
}

module.exports = { limitsOf, readLimits };

// @ts-check
'use strict';

const { badOption, requirePositive } = require('../plumbing/option');

/**
 * The options `timeout` and `signal` of an operation.
 *
 * @param {{ timeout?: number, signal?: AbortSignal }} options
 * @returns {{ timeoutMs?: number, signal?: AbortSignal } | undefined} `undefined`: neither is given.
 * @throws {ArgumentError} One of them cannot be used.
 */
function readLimits({ timeout, signal }) {
  requirePositive('timeout', timeout, 'milliseconds');
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw badOption('signal', signal, 'an AbortSignal');
  return timeout === undefined && signal === undefined ? undefined : { timeoutMs: timeout, signal };
}

module.exports = { readLimits };

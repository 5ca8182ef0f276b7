// @ts-check
'use strict';

const { RetryOperation } = require('../connection/retry_policy');

/**
 * Whose policy is asked, and for how long.
 *
 * @typedef {object} Host
 * @property {import('../..').RetryPolicy} _retryPolicy
 * @property {number} _maxOperationTimeout Milliseconds.
 */

/** What the hub says of itself may pass; that it cannot be reached is told at once, as a first connection is. */
const BUSY = [429, 500, 502, 503, 504];

/**
 * Asks the hub again where it is busy and the policy wants to.
 *
 * @template T
 * @param {Host} host
 * @param {() => Promise<T>} ask
 * @param {object} terms
 * @param {AbortSignal} terms.signal Ends it, with its reason.
 * @param {number} [terms.timeoutMs] Default: what the host says.
 * @param {boolean} [terms.wasReached] It was a moment ago, so a lost connection may pass, too.
 * @returns {Promise<T>}
 */
function patiently(host, ask, { signal, timeoutMs = host._maxOperationTimeout, wasReached = false }) {
  const mayPass = (/** @type {any} */ { statusCode, code = '' }) =>
    BUSY.includes(statusCode) || (wasReached && /^ERR_IOT_(?!CERT_|CA_|ABORTED|HTTP_STATUS)/.test(code));
  const policy = {
    shouldRetry: (/** @type {any} */ error) => mayPass(error) && host._retryPolicy.shouldRetry(error),
    nextRetryTimeout: (/** @type {number} */ count, /** @type {boolean} */ throttled) =>
      host._retryPolicy.nextRetryTimeout(count, throttled),
  };
  const operation = new RetryOperation('upload', policy, timeoutMs);
  const cancel = () => operation.cancel(signal.reason);
  signal.addEventListener('abort', cancel);
  /** @type {Promise<T>} */
  const answered = new Promise((resolve, reject) => {
    operation.retry(
      (done) => {
        ask().then((result) => done(null, result), done);
      },
      (error, result) => (error ? reject(error) : resolve(result)),
    );
  });
  return answered.finally(() => signal.removeEventListener('abort', cancel));
}

module.exports = { patiently };

// @ts-check
'use strict';

const { within } = require('../plumbing/within');
const { abortedBy, noCredentials } = require('../session/operation_failure');
const { CREDENTIALS_MS, askForCredentials, requireCredentials, requireToken } = require('./provider');

/**
 * @param {any} provider
 * @param {AbortSignal} [signal]
 * @returns {Promise<import('../..').TransportConfig>}
 * @throws {TimeoutError} `ERR_IOT_TIMEOUT_CREDENTIALS`
 * @throws {OperationCancelledError} `ERR_IOT_ABORTED`
 * @throws {ArgumentError} `ERR_IOT_PROVIDER`: what it gives are no credentials.
 * @throws What the provider says.
 */
function credentialsOf(provider, signal) {
  const limits = { timeoutMs: CREDENTIALS_MS, signal };
  const words = { late: () => noCredentials(CREDENTIALS_MS), aborted: abortedBy };
  return within(limits, words, () => {
    return new Promise((resolve, reject) => {
      askForCredentials(provider, (error, credentials) => (error ? reject(error) : resolve(credentials)));
    });
  }).then((credentials) => {
    requireCredentials(credentials);
    requireToken(credentials, provider);
    return credentials;
  });
}

module.exports = { credentialsOf };

// @ts-check
'use strict';

const { InvalidOperationError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { AuthenticationType } = require('./type');

/**
 * The option `tokenRenewal` (device-sdk.md §1.10). If tokens are being renewed, a new one is made at once.
 *
 * @param {any} provider
 * @param {{ tokenValidTimeInSeconds: number, tokenRenewalMarginInSeconds: number }} values
 * @throws {InvalidOperationError} The provider makes no tokens.
 * @throws {ArgumentError} The margin is not shorter than the validity.
 */
function applyTokenRenewal(provider, values) {
  if (provider.type === AuthenticationType.X509) {
    throw failure(
      InvalidOperationError,
      'ERR_IOT_TOKEN_RENEWAL',
      'tokenRenewal does not apply to X.509 authentication, which has no token',
      { hint: 'Leave the option out.' },
    );
  }
  if (typeof provider.setTokenRenewalValues !== 'function') {
    throw failure(
      InvalidOperationError,
      'ERR_IOT_TOKEN_RENEWAL',
      'tokenRenewal does not apply to an authentication provider that is given its tokens',
      { hint: 'Leave the option out, and call updateSharedAccessSignature before a token expires.' },
    );
  }
  provider.setTokenRenewalValues(values.tokenValidTimeInSeconds, values.tokenRenewalMarginInSeconds);
}

module.exports = { applyTokenRenewal };

// @ts-check
'use strict';

const { InvalidOperationError } = require('../vocabulary/errors');
const { CLIENT } = require('../vocabulary/idiom');
const { failure } = require('../vocabulary/failure');
const { AuthenticationType } = require('./type');

/**
 * The option `tokenRenewal` (device-sdk.md §1.10). If tokens are being renewed, a new one is made at once.
 *
 * @param {any} provider
 * @param {{ tokenValidTimeInSeconds: number, tokenRenewalMarginInSeconds: number }} values
 * @param {import('../vocabulary/idiom').Idiom} [idiom]
 * @throws {InvalidOperationError} The provider makes no tokens.
 * @throws {ArgumentError} The margin is not shorter than the validity.
 */
function applyTokenRenewal(provider, values, { giveToken } = CLIENT) {
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
      { hint: `Leave the option out. Before a token expires, make a new one and ${giveToken}.` },
    );
  }
  provider.setTokenRenewalValues(values.tokenValidTimeInSeconds, values.tokenRenewalMarginInSeconds);
}

module.exports = { applyTokenRenewal };

// @ts-check
'use strict';

/**
 * How a provider authenticates: an enum with its reverse mapping, as azure-iot-common has it (device-sdk.md §1.1).
 *
 * @type {{ X509: 0, Token: 1, 0: 'X509', 1: 'Token' }}
 */
const AuthenticationType = { 0: 'X509', 1: 'Token', X509: 0, Token: 1 };

module.exports = { AuthenticationType };

// @ts-check
'use strict';

const { SharedAccessKeyAuthenticationProvider } = require('./providers/shared_access_key');
const { SharedAccessSignatureAuthenticationProvider } = require('./providers/shared_access_signature');
const { x509ProviderOf } = require('./providers/x509');

/**
 * The provider for what a connection string says the device proves itself by: a key before a token, a token before a
 * certificate.
 *
 * @param {import('../..').ConnectionStringFields} fields
 * @param {string} connectionString From which they are.
 * @returns {any} `undefined`: it names none of them.
 * @throws {ArgumentError | FormatError} The credential cannot be used.
 */
function providerOf(fields, connectionString) {
  if (fields.SharedAccessKey) {
    return SharedAccessKeyAuthenticationProvider.fromConnectionString(connectionString);
  }
  if (fields.SharedAccessSignature) {
    return SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(
      fields.SharedAccessSignature,
      fields.GatewayHostName,
    );
  }
  return fields.x509 ? x509ProviderOf(fields) : undefined;
}

module.exports = { providerOf };

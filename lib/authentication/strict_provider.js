// @ts-check
'use strict';

const { parseConnectionString } = require('../identity/strict_connection_string');
const { absent } = require('../vocabulary/absent');
const { SharedAccessKeyAuthenticationProvider } = require('./providers/shared_access_key');
const { SharedAccessSignatureAuthenticationProvider } = require('./providers/shared_access_signature');
const { x509ProviderOf } = require('./providers/x509');

/**
 * The authentication provider of `connect()`. What this refuses `connect()` refuses, and the doctor calls it a problem.
 *
 * @param {string} connectionString
 * @returns {any}
 * @throws {ArgumentError | FormatError} As `parseConnectionString`, and for a token that cannot be used.
 * @throws {NotImplementedError} It is that of a module.
 */
function strictProviderOf(connectionString) {
  const fields = parseConnectionString(connectionString);
  if (fields.ModuleId) throw absent('modules', `ModuleId=${fields.ModuleId}`);
  if (fields.SharedAccessKey)
    return SharedAccessKeyAuthenticationProvider.fromConnectionString(connectionString);
  if (fields.SharedAccessSignature) {
    return SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(
      fields.SharedAccessSignature,
      fields.GatewayHostName,
    );
  }
  return x509ProviderOf(fields);
}

module.exports = { strictProviderOf };

// @ts-check
'use strict';

const { parseConnectionString } = require('../identity/strict_connection_string');
const { absent } = require('../vocabulary/absent');
const { SharedAccessKeyAuthenticationProvider } = require('./providers/shared_access_key');
const { SharedAccessSignatureAuthenticationProvider } = require('./providers/shared_access_signature');

/**
 * The authentication provider of `connect()`. What this refuses `connect()` refuses, and the doctor calls it a problem.
 *
 * @param {string} connectionString
 * @returns {any}
 * @throws {ArgumentError | FormatError} As `parseConnectionString`, and for a token that cannot be used.
 * @throws {NotImplementedError} It is that of a module, or asks for X.509 authentication.
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
  throw absent('x509', `x509=${fields.x509}`);
}

module.exports = { strictProviderOf };

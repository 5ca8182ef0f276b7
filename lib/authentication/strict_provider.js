// @ts-check
'use strict';

const { parseConnectionString } = require('../identity/strict_connection_string');
const { NotImplementedError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
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
  if (fields.ModuleId) throw notImplemented(`Connecting as a module (ModuleId=${fields.ModuleId})`);
  if (fields.SharedAccessKey)
    return SharedAccessKeyAuthenticationProvider.fromConnectionString(connectionString);
  if (fields.SharedAccessSignature) {
    return SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(
      fields.SharedAccessSignature,
      fields.GatewayHostName,
    );
  }
  throw notImplemented(`X.509 authentication (x509=${fields.x509})`);
}

/** @param {string} what */
function notImplemented(what) {
  return failure(NotImplementedError, 'ERR_IOT_NOT_IMPLEMENTED', `${what} is not implemented yet`, {
    hint: 'Use a device with a symmetric key: HostName=…;DeviceId=…;SharedAccessKey=…;GatewayHostName=…',
  });
}

module.exports = { strictProviderOf };

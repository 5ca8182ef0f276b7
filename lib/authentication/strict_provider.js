// @ts-check
'use strict';

const { parseConnectionString } = require('../identity/strict_connection_string');
const { moduleNeedsKey } = require('./module_key');
const { providerOf } = require('./provider_of_string');

/**
 * Who `connect()` connects, and the provider by which. What this refuses `connect()` refuses, and the doctor calls it a problem.
 *
 * @param {string} connectionString
 * @returns {{ provider: any, isModule: boolean }}
 * @throws {ArgumentError | FormatError} As `parseConnectionString`, and for a token that cannot be used.
 * @throws {NotImplementedError} It is that of a module with a certificate.
 */
function strictProviderOf(connectionString) {
  const fields = parseConnectionString(connectionString);
  if (fields.ModuleId && fields.x509) throw moduleNeedsKey();
  return { provider: providerOf(fields, connectionString), isModule: fields.ModuleId !== undefined };
}

module.exports = { strictProviderOf };

// @ts-check
'use strict';

const { parseConnectionString } = require('../identity/strict_connection_string');
const { absent } = require('../vocabulary/absent');
const { providerOf } = require('./provider_of_string');

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
  return providerOf(fields, connectionString);
}

module.exports = { strictProviderOf };

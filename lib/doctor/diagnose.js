// @ts-check
'use strict';

/**
 * Tells why a device cannot connect. Its rooms are loaded when they are called for: an app that connects needs none.
 *
 * @param {import('../..').DiagnoseOptions} [options]
 * @returns {Promise<import('../..').Diagnosis>}
 * @throws {ArgumentError} An option is unknown or cannot be used, or there is no connection string.
 */
async function diagnose(options) {
  const { examine } = require('./examination');
  return examine(options);
}

module.exports = { diagnose };

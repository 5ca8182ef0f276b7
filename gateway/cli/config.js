// @ts-check
'use strict';

const fs = require('node:fs');
const { faultText } = require('../faults/notation');
const { combine } = require('../faults/rules');
const { rulesOf } = require('../faults/script_file');
const { UsageError } = require('./usage_error');

/**
 * @typedef {import('../index').GatewayOptions} GatewayOptions
 */

/**
 * Options of startGateway() from a file. Faults may be for some cases, as those of a script: `publish#3@2`.
 * @param {string} file JSON
 * @returns {{ options: GatewayOptions, faults: string[] }} the options, not yet checked, and their faults in words
 * @throws {UsageError} it cannot be read
 */
function readConfig(file) {
  const { faults, ...options } = parsed(file);
  if (faults === undefined) return { options, faults: [] };
  try {
    return {
      options: { ...options, faults: combine(rulesOf(`config '${file}'`, faults)) },
      faults: Object.entries(faults).map(([point, fault]) => `${point}=${faultText(fault)}`),
    };
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {string} file
 * @returns {Record<string, any>}
 */
function parsed(file) {
  let options;
  try {
    options = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`config '${file}' cannot be read: ${/** @type {Error} */ (error).message}`);
  }
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options;
  throw new UsageError(`config '${file}' is no object of options`);
}

module.exports = { readConfig };

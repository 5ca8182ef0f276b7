// @ts-check
'use strict';

const { failure } = require('../vocabulary/failure');

/**
 * What the original checks of its arguments: that they are there.
 *
 * @param {Record<string, unknown>} values By name; may hold secrets, which are not shown.
 * @throws {ReferenceError} `ERR_IOT_ARGUMENT_MISSING`: one is falsy.
 */
function requireArguments(values) {
  for (const [name, value] of Object.entries(values)) {
    if (value) continue;
    const shown = value === '' ? 'empty' : String(value);
    throw failure(ReferenceError, 'ERR_IOT_ARGUMENT_MISSING', `The argument ${name} is ${shown}`, {
      hint: `Pass a ${name}.`,
    });
  }
}

module.exports = { requireArguments };

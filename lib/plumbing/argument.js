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

/**
 * @param {unknown} callback Not `undefined`. Not shown: another argument may stand in its place.
 * @throws {TypeError} `ERR_IOT_ARGUMENT_TYPE`: it is no function.
 */
function requireCallback(callback) {
  if (typeof callback === 'function') return;
  const kind = typeof callback === 'object' ? 'an object' : `a ${typeof callback}`;
  const message = `The argument callback is no function but ${kind}`;
  throw failure(TypeError, 'ERR_IOT_ARGUMENT_TYPE', message, {
    hint: 'Pass a function, or nothing for a promise.',
  });
}

module.exports = { requireArguments, requireCallback };

// @ts-check
'use strict';

const { failure } = require('../vocabulary/failure');
const { kindOf } = require('../vocabulary/kind');

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
      hint: `Give ${name} a value.`,
    });
  }
}

/**
 * @param {unknown} callback Not `undefined`.
 * @throws {TypeError} `ERR_IOT_ARGUMENT_TYPE`: it is no function.
 */
function requireCallback(callback) {
  if (typeof callback === 'function') return;
  throw wrongType('callback', 'function', callback, 'Pass a function, or nothing for a promise.');
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string} hint
 * @throws {TypeError} `ERR_IOT_ARGUMENT_TYPE`: it is no text.
 */
function requireText(name, value, hint) {
  if (typeof value !== 'string') throw wrongType(name, 'text', value, hint);
}

/**
 * @param {string} name
 * @param {string} expected
 * @param {unknown} value Of which only the kind is told: another argument may stand in its place, and be a secret.
 * @param {string} hint
 */
function wrongType(name, expected, value, hint) {
  const message = `The argument ${name} is no ${expected} but ${kindOf(value)}`;
  return failure(TypeError, 'ERR_IOT_ARGUMENT_TYPE', message, { hint });
}

module.exports = { requireArguments, requireCallback, requireText, wrongType };

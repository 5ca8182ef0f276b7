// @ts-check
'use strict';

const { ArgumentError } = require('./errors');
const { failure, quote } = require('./failure');

/**
 * @param {Record<string, any>} options
 * @param {string[]} known
 * @param {string} [group] The name of the option they are members of.
 * @throws {ArgumentError} An option has another name: a typo must not pass for a default.
 */
function requireKnown(options, known, group) {
  if (typeof options !== 'object' || options === null)
    throw badOption(group ?? 'options', options, 'an object');
  const stranger = Object.keys(options).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const name = quote(group ? `${group}.${stranger}` : stranger);
  throw failure(ArgumentError, 'ERR_IOT_OPTION_UNKNOWN', `There is no option ${name}`, {
    hint: `${group ? `The members of ${group}` : 'The options'} are ${known.join(', ')}.`,
  });
}

/**
 * @param {string} name
 * @param {unknown} value Not a secret.
 * @param {string} expected
 */
function badOption(name, value, expected) {
  return failure(ArgumentError, 'ERR_IOT_OPTION', `The option ${name} is ${quote(value)}, not ${expected}`, {
    hint: `Give ${expected}, or leave ${name} out.`,
  });
}

/**
 * @param {string} name
 * @param {unknown} value
 * @throws {ArgumentError} The value is given, but is no text or an empty one.
 */
function requireText(name, value) {
  if (value === undefined || (typeof value === 'string' && value !== '')) return;
  throw badOption(name, value, 'a text that is not empty');
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string} unit
 * @param {number} [most]
 * @throws {ArgumentError} The value is given, but is no positive number up to `most`.
 */
function requirePositive(name, value, unit, most = Number.MAX_SAFE_INTEGER) {
  if (value === undefined || (typeof value === 'number' && value > 0 && value <= most)) return;
  const range = most === Number.MAX_SAFE_INTEGER ? 'a positive number' : `a number from 1 to ${most}`;
  throw badOption(name, value, `${range} (${unit})`);
}

module.exports = { requireKnown, badOption, requireText, requirePositive };

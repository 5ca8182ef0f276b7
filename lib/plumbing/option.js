// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { kindOf } = require('../vocabulary/kind');
const { isWellFormed } = require('./well_formed');

/**
 * Options of which those that are not known are not looked at.
 *
 * @param {unknown} options
 * @param {string} example The name of one.
 * @throws {ArgumentError} They are no object.
 */
function requireOptions(options, example) {
  if (!isObject(options)) throw noOptions(options, `Give { ${example}: … }.`);
}

/**
 * @param {Record<string, any>} options
 * @param {string[]} known
 * @param {string} [group] The name of the option they are members of.
 * @throws {ArgumentError} An option has another name: a typo must not pass for a default.
 */
function requireKnown(options, known, group) {
  if (!isObject(options)) {
    if (group) throw badOption(group, options, 'an object');
    throw noOptions(options, `Give { ${known[0]}: … }; the options are ${known.join(', ')}.`);
  }
  const stranger = Object.keys(options).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const name = quote(group ? `${group}.${stranger}` : stranger);
  throw failure(ArgumentError, 'ERR_IOT_OPTION_UNKNOWN', `There is no option ${name}`, {
    hint: `${group ? `The members of ${group}` : 'The options'} are ${known.join(', ')}.`,
  });
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} options Not shown: it may well be the connection string.
 * @param {string} hint
 */
function noOptions(options, hint) {
  const message = `The argument options is ${kindOf(options)}, not an object`;
  return failure(ArgumentError, 'ERR_IOT_OPTION', message, { hint });
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
 * The same of an argument, which cannot be left out.
 *
 * @param {string} name
 * @param {unknown} value Not a secret.
 * @param {string} expected
 */
function badArgument(name, value, expected) {
  const message = `The argument ${name} is ${quote(value)}, not ${expected}`;
  return failure(ArgumentError, 'ERR_IOT_OPTION', message, { hint: `Give ${expected}.` });
}

/**
 * A name that travels in a topic, or in the path of a request.
 *
 * @param {string} name Of the argument.
 * @param {unknown} value
 * @throws {ArgumentError} It is no text, an empty one, or one that no request can say.
 */
function requireName(name, value) {
  if (typeof value !== 'string' || value === '') throw badArgument(name, value, 'a text that is not empty');
  if (!isWellFormed(value)) throw badArgument(name, value, 'a text without halves of characters');
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
 * A text that travels in a string of MQTT.
 *
 * @param {string} name
 * @param {unknown} value
 * @throws {ArgumentError} It is no text, or has a sign that MQTT cannot say ([MQTT-1.5.3-1], [MQTT-1.5.3-2]).
 */
function requireSayable(name, value) {
  if (typeof value !== 'string') throw badOption(name, value, 'a text');
  if (value.includes('\0') || !isWellFormed(value)) {
    throw badOption(name, value, 'a text without the character 0 and halves of characters');
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string} unit
 * @throws {ArgumentError} The value is given, but is no positive number.
 */
function requirePositive(name, value, unit) {
  if (value === undefined || (typeof value === 'number' && value > 0)) return;
  throw badOption(name, value, `a positive number (${unit})`);
}

/**
 * The same for what travels in so many bits, or has bounds of its own: a fraction below 1 would be nothing there.
 *
 * @param {string} name
 * @param {unknown} value
 * @param {string} unit
 * @param {number} most
 * @param {number} [least]
 * @throws {ArgumentError} The value is given, but is no number from `least` to `most`.
 */
function requireUpTo(name, value, unit, most, least = 1) {
  if (value === undefined || (typeof value === 'number' && value >= least && value <= most)) return;
  throw badOption(name, value, `a number from ${least} to ${most} (${unit})`);
}

/**
 * @param {unknown} whenFull
 * @throws {ArgumentError} It is given, but no word for what becomes of a message when the queue is full.
 */
function requireWhenFull(whenFull) {
  if (whenFull !== undefined && whenFull !== 'wait' && whenFull !== 'refuse')
    throw badOption('whenFull', whenFull, "'wait' or 'refuse'");
}

/**
 * Options of which not all are ours.
 *
 * @param {string} name
 * @param {any} group
 * @throws {ArgumentError} It is given, and not falsy, but no object.
 */
function requireGroup(name, group) {
  if (group && !isObject(group)) throw badOption(name, group, 'an object');
}

const TIMEOUTS = ['connectMs', 'tlsMs', 'connackMs'];
/** They travel in 32 bits. */
const LONGEST_TIMEOUT_MS = 2 ** 32 - 1;

/**
 * @param {any} timeouts
 * @throws {ArgumentError} They are given, but one is unknown or no number of milliseconds.
 */
function requireTimeouts(timeouts) {
  if (timeouts === undefined) return;
  requireKnown(timeouts, TIMEOUTS, 'timeouts');
  for (const name of TIMEOUTS) {
    requireUpTo(`timeouts.${name}`, timeouts[name], 'milliseconds', LONGEST_TIMEOUT_MS);
  }
}

module.exports = {
  requireOptions,
  requireKnown,
  requireGroup,
  requireWhenFull,
  badArgument,
  badOption,
  requireName,
  requireText,
  requireSayable,
  requirePositive,
  requireUpTo,
  requireTimeouts,
};

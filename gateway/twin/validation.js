// @ts-check
'use strict';

const { nestingOf } = require('../encoding/json');
const { isObject } = require('./patch');

/**
 * @typedef {import('../index').TwinProperties} TwinProperties
 */

/** Limits of §4.2, in objects, UTF-8 bytes and units. */
const MAX_NESTING = 10;
const MAX_STRING_SIZE = 4096;
const MAX_NAME_SIZE = 1024;
const MAX_DOCUMENT_SIZE = 32768;
const MAX_INTEGER = 2n ** 52n;
/** Of an integer that may be within the limit: with more, reading it is a matter of time. */
const MAX_DIGITS = 17;

/** What a name may not contain; the rule is about control characters. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN_IN_NAME = /[.$# \u0000-\u001f\u007f-\u009f]/;

/** Strings are matched to be passed over. A number with a fraction or an exponent is no integer. */
const STRINGS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** A patch that edgeHub does not accept. */
class InvalidPatchError extends TypeError {
  /**
   * @param {400 | 500} status of the response
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.name = 'InvalidPatchError';
    this.status = status;
  }
}

/**
 * Reads a patch of properties (contract edge-gateway.md §4.2).
 * @param {string} text
 * @returns {TwinProperties}
 * @throws {InvalidPatchError} 500: no JSON object; 400: what a twin cannot hold
 */
function parsePatch(text) {
  const patch = parseJson(text);
  if (!isObject(patch)) throw new InvalidPatchError(500, 'the patch is not a JSON object');
  // The patch itself is not counted.
  if (nestingOf(text) > MAX_NESTING + 1)
    throw new InvalidPatchError(400, `nested more than ${MAX_NESTING} deep`);
  // First of all: what is left to look at is small.
  checkSize(patch);
  checkValue(patch);
  for (const [token] of text.matchAll(STRINGS_AND_NUMBERS)) {
    if (/^-?\d+$/.test(token) && isTooLarge(token)) {
      throw new InvalidPatchError(400, `integer ${excerpt(token)} is outside ±2^52`);
    }
  }
  return patch;
}

/**
 * @param {string} integer in decimal
 */
function isTooLarge(integer) {
  if (integer.length > MAX_DIGITS) return true;
  const value = BigInt(integer);
  return value > MAX_INTEGER || value < -MAX_INTEGER;
}

/**
 * @param {string} text
 * @returns {unknown}
 */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidPatchError(500, 'the patch is not JSON');
  }
}

/**
 * @param {unknown} value
 */
function checkValue(value) {
  if (typeof value === 'string' && Buffer.byteLength(value) > MAX_STRING_SIZE) {
    throw new InvalidPatchError(400, `a string has more than ${MAX_STRING_SIZE} bytes: ${excerpt(value)}`);
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    if (value.includes(null)) throw new InvalidPatchError(400, 'an array contains null');
    value.forEach(checkValue);
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    checkName(name);
    checkValue(item);
  }
}

/**
 * @param {string} name
 */
function checkName(name) {
  if (Buffer.byteLength(name) > MAX_NAME_SIZE) {
    throw new InvalidPatchError(400, `a name has more than ${MAX_NAME_SIZE} bytes: ${excerpt(name)}`);
  }
  if (FORBIDDEN_IN_NAME.test(name)) {
    throw new InvalidPatchError(
      400,
      `name ${excerpt(name)} contains '.', '$', '#', a space or a control character`,
    );
  }
}

/**
 * @param {TwinProperties} properties with the patch applied
 * @throws {InvalidPatchError} 400
 */
function checkSize(properties) {
  const size = Buffer.byteLength(JSON.stringify(properties));
  if (size > MAX_DOCUMENT_SIZE) {
    throw new InvalidPatchError(
      400,
      `the properties would have ${size} of at most ${MAX_DOCUMENT_SIZE} bytes`,
    );
  }
}

/** @param {string} text */
function excerpt(text) {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

module.exports = { InvalidPatchError, checkSize, parsePatch };

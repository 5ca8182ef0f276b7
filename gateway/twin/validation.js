// @ts-check
'use strict';

const { nestingOf } = require('../encoding/json');
const { compactSize } = require('../encoding/json_text');
const { isObject } = require('./patch');

/**
 * @typedef {import('../index').TwinProperties} TwinProperties
 */

/** Limits of edgeHub (ReportedPropertiesValidator.cs), in objects, UTF-8 bytes and units. */
const MAX_NESTING = 10;
const MAX_STRING_SIZE = 4096;
const MAX_NAME_SIZE = 1024;
const MAX_PATCH_SIZE = 32768;
const LEAST_INTEGER = -(2n ** 52n);
const MOST_INTEGER = 2n ** 52n - 1n;
/** Of an integer that may be within the limits: with more, reading it is a matter of time. */
const MAX_DIGITS = 17;

/** IoT Hub's, of desired and of reported properties as a whole; UTF-8 bytes. */
const MAX_DOCUMENT_SIZE = 32768;

/** What a name may not contain; the rule is about control characters, among others. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN_IN_NAME = /[.$#\u0000-\u001f\u007f-\u009f\u2028\u2029\p{Zs}]/u;

/** Strings are matched to be passed over. A number with a fraction or an exponent is no integer. */
const STRINGS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** A patch that is not accepted. */
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
 * Reads a patch of properties. Only the patch is measured, not what becomes of the twin.
 * @param {string} text
 * @returns {TwinProperties}
 * @throws {InvalidPatchError} 500: no JSON, or no object; 400: nothing at all, or what a twin cannot hold
 */
function parsePatch(text) {
  const patch = parseJson(text);
  if (patch === null) throw new InvalidPatchError(400, 'the patch is empty');
  if (!isObject(patch)) throw new InvalidPatchError(500, 'the patch is not a JSON object');
  // First of all: what is left to look at is neither deep nor large. The patch itself is not counted.
  if (nestingOf(text) > MAX_NESTING + 1)
    throw new InvalidPatchError(400, `nested more than ${MAX_NESTING} deep`);
  const size = compactSize(text);
  if (size > MAX_PATCH_SIZE) {
    throw new InvalidPatchError(400, `the patch has ${size} of at most ${MAX_PATCH_SIZE} bytes`);
  }
  checkValue(patch, { inArray: false });
  checkIntegers(text);
  return patch;
}

/**
 * @param {string} text
 * @returns {unknown} null for an empty text, as .NET reads it
 */
function parseJson(text) {
  if (text?.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidPatchError(500, 'the patch is not JSON');
  }
}

/**
 * @param {unknown} value
 * @param {{ inArray: boolean }} place whether an array is somewhere around it
 */
function checkValue(value, { inArray }) {
  if (value === null && inArray) throw new InvalidPatchError(400, 'an array contains null');
  if (typeof value === 'string' && Buffer.byteLength(value) > MAX_STRING_SIZE) {
    throw new InvalidPatchError(400, `a string has more than ${MAX_STRING_SIZE} bytes: ${excerpt(value)}`);
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) return value.forEach((item) => checkValue(item, { inArray: true }));
  for (const [name, item] of Object.entries(value)) {
    checkName(name);
    checkValue(item, { inArray });
  }
}

/**
 * As text, because JavaScript rounds what is beyond 2^53.
 * @param {string} text
 */
function checkIntegers(text) {
  for (const [token] of text.matchAll(STRINGS_AND_NUMBERS)) {
    if (/^-?\d+$/.test(token) && !isWithinLimits(token)) {
      throw new InvalidPatchError(400, `integer ${excerpt(token)} is not from -2^52 to 2^52 - 1`);
    }
  }
}

/**
 * @param {string} integer in decimal
 */
function isWithinLimits(integer) {
  if (integer.length > MAX_DIGITS) return false;
  const value = BigInt(integer);
  return value >= LEAST_INTEGER && value <= MOST_INTEGER;
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
      `name ${excerpt(name)} contains '.', '$', '#', white space or a control character`,
    );
  }
}

/**
 * What the hub objects to.
 * @param {TwinProperties} properties with the patch applied
 * @returns {string | undefined} why it does not take them
 */
function refusalOfHub(properties) {
  const size = Buffer.byteLength(JSON.stringify(properties));
  if (size <= MAX_DOCUMENT_SIZE) return undefined;
  return `the properties would have ${size} of at most ${MAX_DOCUMENT_SIZE} bytes`;
}

/** @param {string} text */
function excerpt(text) {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

module.exports = { InvalidPatchError, parsePatch, refusalOfHub };

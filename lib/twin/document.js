// @ts-check
'use strict';

const { FormatError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { isObject } = require('./merge_patch');

/** A hub takes 10. Deeper ones would only exhaust the stack of whoever walks through them. */
const MOST_LEVELS = 100;

/** @typedef {import('./merge_patch').Properties} Properties */

/**
 * @param {Properties} answer To a GET. A half that is not there is empty.
 * @returns {{ desired: Properties, reported: Properties }}
 */
function documentOf({ desired, reported }) {
  return { desired: isObject(desired) ? desired : {}, reported: isObject(reported) ? reported : {} };
}

/**
 * @param {Buffer} bytes
 * @param {string} what For the error.
 * @returns {Properties}
 * @throws {FormatError} `ERR_IOT_TWIN_UNREADABLE`
 */
function readProperties(bytes, what) {
  let value, cause;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    cause = error;
  }
  if (isObject(value) && isWithin(value, MOST_LEVELS)) return value;
  const fault = cause ? 'it is no JSON' : `it is no object of at most ${MOST_LEVELS} levels`;
  throw failure(FormatError, 'ERR_IOT_TWIN_UNREADABLE', `${what} that came cannot be read: ${fault}`, {
    hint: 'What answers there is no gateway, or is at fault.',
    cause,
  });
}

/**
 * @param {unknown} value
 * @param {number} levels
 * @returns {boolean}
 */
function isWithin(value, levels) {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
}

module.exports = { documentOf, readProperties };

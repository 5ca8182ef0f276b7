// @ts-check
'use strict';

const { LONGEST_DELAY } = require('../control/limits');

/**
 * Whether a value is a fault of a kind, but for the words (contract edge-gateway.md §11.3, "Twin/method").
 */

/** What each key of a twin fault may be. */
const TWIN_KEYS = {
  status: isWhole,
  body: isBody,
  delayMs: (/** @type {unknown} */ value) =>
    typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY,
  rid: (/** @type {unknown} */ value) => typeof value === 'string',
  repeat: isWhole,
  omitVersion: (/** @type {unknown} */ value) => typeof value === 'boolean',
};

const METHOD_KEYS = { body: isBody };

/** @param {unknown} value */
function isTwinFault(value) {
  return hasOnly(value, TWIN_KEYS);
}

/** @param {any} value */
function isMethodFault(value) {
  return hasOnly(value, METHOD_KEYS) && value.body !== undefined;
}

/**
 * @param {unknown} value
 * @param {Record<string, (value: unknown) => boolean>} keys
 */
function hasOnly(value, keys) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, each]) => Object.hasOwn(keys, name) && (each === undefined || keys[name](each)),
  );
}

/** @param {unknown} value */
function isWhole(value) {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** @param {unknown} value */
function isBody(value) {
  return typeof value === 'string' || value instanceof Uint8Array;
}

module.exports = { isMethodFault, isTwinFault };

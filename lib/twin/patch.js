// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { isObject } = require('./merge_patch');

/**
 * The JSON of reported properties. A gateway refuses what is no object as if it failed itself, so that it would be asked
 * again and again, and whatever else the twin is asked for would wait.
 *
 * @param {any} patch Or its JSON.
 * @returns {string}
 * @throws {ArgumentError} `ERR_IOT_TWIN_PATCH`: it is no object, or JSON makes none of it.
 */
function jsonOfPatch(patch) {
  if (typeof patch !== 'string' && !isObject(patch)) throw badPatch(`are ${quote(patch)}, not an object`);
  const json = typeof patch === 'string' ? patch : written(patch);
  if (!isObjectInJson(json)) throw badPatch(`are ${quote(json)} in JSON, not an object`);
  return json;
}

/** @param {unknown} patch @returns {any} Not always text. */
function written(patch) {
  try {
    return JSON.stringify(patch);
  } catch (error) {
    const reason = error instanceof Error ? error.message : quote(error);
    throw badPatch(`cannot be written as JSON: ${reason}`, error);
  }
}

/** @param {string | undefined} json */
function isObjectInJson(json) {
  return json !== undefined && /^\s*\{/.test(json);
}

/**
 * @param {string} fault
 * @param {unknown} [cause]
 */
function badPatch(fault, cause) {
  return failure(ArgumentError, 'ERR_IOT_TWIN_PATCH', `The reported properties ${fault}`, {
    hint: 'Give an object of what changed, with null for what is to be deleted.',
    delivery: 'not sent',
    cause,
  });
}

module.exports = { badPatch, isObjectInJson, jsonOfPatch };

// @ts-check
'use strict';

const { inspect } = require('node:util');

/** What is asked for and cannot be is refused at once, by its name and its value. */

/**
 * @param {string} where by what function, for the words of errors
 * @param {object} unknown options that are left when those that there are have been taken
 * @throws {TypeError} names the first
 */
function requireKnown(where, unknown) {
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new TypeError(`${where}: option '${name}' is unknown`);
}

/**
 * @param {string} where by what function, for the words of errors
 * @param {Record<string, unknown>} named one value by its name
 * @param {string} allowed in words
 * @param {(value: any) => boolean} holds
 * @throws {TypeError}
 */
function requireValue(where, named, allowed, holds) {
  const [[name, value]] = Object.entries(named);
  if (holds(value)) return;
  const shown = inspect(value, { breakLength: Infinity, depth: 1, maxStringLength: 60 });
  throw new TypeError(`${where}: ${name} cannot be ${shown}; it is ${allowed}`);
}

/**
 * As `requireValue`, and the value is not shown: there may be secrets in it.
 * @param {string} where by what function, for the words of errors
 * @param {Record<string, unknown>} named one value by its name
 * @param {string} what it is, in words
 * @throws {TypeError} it is no object of names and values
 */
function requireRecord(where, named, what) {
  const [[name, value]] = Object.entries(named);
  if (isRecord(value)) return;
  const kind =
    value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
  throw new TypeError(`${where}: ${name} is not ${what} but ${kind}`);
}

/**
 * @param {unknown} value
 */
const isFlag = (value) => typeof value === 'boolean';

/**
 * @param {unknown} value
 */
const isName = (value) => typeof value === 'string' && value !== '';

/**
 * @param {unknown} value
 */
const isCount = (value) => Number.isInteger(value) && Number(value) >= 0;

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

module.exports = { isCount, isFlag, isName, isRecord, requireKnown, requireRecord, requireValue };

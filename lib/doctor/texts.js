// @ts-check
'use strict';

const { withoutKeys } = require('../vocabulary/failure');

/**
 * @template T
 * @param {T} value A report or a part of one: plain data.
 * @param {(text: string) => string} change
 * @param {string[]} [except] Properties that stay as they are.
 * @returns {T} With each text of it changed.
 */
function mapTexts(value, change, except = []) {
  /** @param {any} each @returns {any} */
  const map = (each) => {
    if (typeof each === 'string') return change(each);
    if (Array.isArray(each)) return each.map(map);
    if (each === null || typeof each !== 'object') return each;
    return Object.fromEntries(
      Object.entries(each).map(([name, inner]) => [name, except.includes(name) ? inner : map(inner)]),
    );
  };
  return map(value);
}

/** A certificate has base64 of its own. */
const PUBLIC = ['pem'];

/**
 * What leaves the examination: a key that was given as an id, a host or the audience of a token is nowhere in it. Inside,
 * the steps work with what was given.
 *
 * @template T
 * @param {T} value
 * @returns {T}
 */
function presentable(value) {
  return mapTexts(value, withoutKeys, PUBLIC);
}

module.exports = { mapTexts, presentable };

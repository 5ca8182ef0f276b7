// @ts-check
'use strict';

const HALF = /\p{Surrogate}/u;

/**
 * @param {string} text
 * @returns {boolean} It has no half of a surrogate pair, which UTF-8 cannot say.
 */
function isWellFormed(text) {
  // Of ES2024, and so fast that a body can be asked. Node 18 lacks it.
  const { isWellFormed: native } = /** @type {any} */ (text);
  return native === undefined ? !HALF.test(text) : native.call(text);
}

module.exports = { isWellFormed };

// @ts-check
'use strict';

const { paintOf } = require('./colors');
const { symbolsOf } = require('./symbols');

/**
 * How lines are made.
 *
 * @typedef {object} Look
 * @property {import('./colors').Paint} paint
 * @property {import('./symbols').Symbols} symbols
 * @property {number} width Columns.
 */

/** Lines longer than that are hard to read. */
const WIDEST = 120;
/** Of a pipe, whose reader is not known. */
const USUAL = 100;
/** Narrower, words would stand alone. */
const NARROWEST = 20;

/**
 * @param {import('./manner').Manner} manner
 * @returns {Look} As wide as the terminal is at this moment.
 */
function lookOf({ color, unicode, columns }) {
  const width = Math.max(NARROWEST, Math.min(columns() || USUAL, WIDEST));
  return { paint: paintOf(color), symbols: symbolsOf(unicode), width };
}

module.exports = { lookOf };

// @ts-check
'use strict';

const { POINTS, allowedAt, isPoint, problemOf } = require('./points');

/**
 * The text of a fault, `<point>[#n][@connection]=<fault>`.
 *
 * @typedef {import('./points').Point} Point
 *
 * For which cases a fault is.
 * @typedef {object} Selector
 * @property {Point} point
 * @property {number} [nth] of its connection, from 1
 * @property {number} [connection] number, from 1
 */

const FORM = '<point>[#n][@connection]=<fault>';

/** What may stand before `=`, by its sign. */
const COUNTS = /** @type {const} */ ({ '#': 'nth', '@': 'connection' });

/** A text that is no fault, and the column, from 1, at which that shows. */
class NotationError extends TypeError {
  /**
   * @param {number} column
   * @param {string} problem
   */
  constructor(column, problem) {
    super(`column ${column}: ${problem}`);
    this.name = 'TypeError';
  }
}

/**
 * @param {string} text
 * @returns {{ selector: Selector, fault: unknown }}
 * @throws {NotationError}
 */
function parseEntry(text) {
  const end = text.indexOf('=');
  if (end === -1) throw new NotationError(text.length + 1, `'=' is missing, as in ${FORM}`);
  const selector = parseSelector(text.slice(0, end));
  return { selector, fault: parseFault(selector.point, text.slice(end + 1), end + 2) };
}

/**
 * @param {string} text `<point>[#n][@connection]`
 * @returns {Selector}
 * @throws {NotationError}
 */
function parseSelector(text) {
  const [point] = text.split(/[#@]/, 1);
  if (!isPoint(point)) {
    throw new NotationError(1, `'${point}' is no point; there are ${Object.keys(POINTS).join(', ')}`);
  }
  /** @type {Selector} */
  const selector = { point };
  for (const { 0: part, 1: sign, 2: digits, index } of text.matchAll(/([#@])([^#@]*)/g)) {
    const column = index + 1;
    const name = COUNTS[/** @type {'#' | '@'} */ (sign)];
    if (sign === '#' && !POINTS[point].repeats) {
      throw new NotationError(column, `'${part}' selects nothing: ${point} comes once in a connection`);
    }
    if (selector[name] !== undefined) throw new NotationError(column, `'${sign}' is there twice`);
    if (!/^[1-9]\d*$/.test(digits)) {
      throw new NotationError(column + 1, `'${sign}' takes a number from 1, not '${digits}'`);
    }
    selector[name] = Number(digits);
  }
  return selector;
}

/**
 * @param {Point} point
 * @param {string} text
 * @param {number} column of the text
 * @returns {unknown}
 * @throws {NotationError}
 */
function parseFault(point, text, column) {
  const { words, plain } = POINTS[point];
  if (words.includes(text)) return text;
  if (plain?.holds(plain.read(text))) return plain.read(text);
  if (!text.includes(':')) {
    const allowed = allowedAt(point, 'key:value[,key:value] with the keys');
    throw new NotationError(column, `${point} cannot be '${text}'; it is ${allowed}`);
  }
  /** @type {Record<string, unknown>} */
  const fault = {};
  let at = column;
  for (const pair of text.split(',')) {
    const { key, value } = parsePair(point, pair, at);
    if (Object.hasOwn(fault, key)) throw new NotationError(at, `${point}.${key} is there twice`);
    fault[key] = value;
    at += pair.length + 1;
  }
  const problem = problemOf(point, fault);
  if (problem !== undefined) throw new NotationError(column, problem);
  return fault;
}

/**
 * @param {Point} point
 * @param {string} text `key:value`
 * @param {number} column of the text
 * @throws {NotationError}
 */
function parsePair(point, text, column) {
  const { keys } = POINTS[point];
  const [key] = text.split(':', 1);
  if (!Object.hasOwn(keys, key)) {
    throw new NotationError(column, `${point}.${key} is unknown; there are ${Object.keys(keys).join(', ')}`);
  }
  const source = text.slice(key.length + 1);
  const value = keys[key].read(source);
  if (!keys[key].holds(value)) {
    const valueColumn = column + key.length + 1;
    throw new NotationError(valueColumn, `${point}.${key} cannot be '${source}'; it is ${keys[key].allowed}`);
  }
  return { key, value };
}

module.exports = { FORM, parseEntry, parseSelector };

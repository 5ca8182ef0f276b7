// @ts-check
'use strict';

const { requireValue } = require('../control/values');
const { FORM, parseEntry } = require('./entry');
const { POINTS } = require('./points');
const { combine } = require('./rules');
const { SCRIPT, readScript } = require('./script_file');

/** Of a line of `faultsText()`. */
const WIDTH = 116;

/**
 * Reads faults as a command line has them; described in types/faults.d.ts.
 * @param {string[]} specs
 * @returns {import('../index').Faults}
 */
function readFaults(specs) {
  requireValue('readFaults', { specs }, 'an array of strings', isTexts);
  return combine(specs.flatMap((spec) => (isScript(spec) ? readScript(spec) : [read(spec)])));
}

/**
 * A fault as a command line has it.
 * @param {unknown} fault a word, a code, or an object of keys and values
 * @returns {string}
 */
function faultText(fault) {
  if (typeof fault === 'number') return `0x${fault.toString(16).padStart(2, '0')}`;
  if (typeof fault !== 'object' || fault === null) return String(fault);
  return Object.entries(fault)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}:${ArrayBuffer.isView(value) ? bytesOf(value).toString('hex') : value}`)
    .join(',');
}

/** @param {ArrayBufferView} view */
const bytesOf = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);

/**
 * @param {unknown} specs
 */
const isTexts = (specs) => Array.isArray(specs) && specs.every((spec) => typeof spec === 'string');

/**
 * @param {string} spec
 */
function isScript(spec) {
  const [point] = spec.split(/[#@=]/, 1);
  return SCRIPT.test(spec) && !Object.hasOwn(POINTS, point);
}

/**
 * @param {string} spec
 * @returns {import('./rules').Rule}
 */
function read(spec) {
  try {
    return parseEntry(spec);
  } catch (error) {
    throw new TypeError(`fault '${spec}': ${/** @type {Error} */ (error).message}`, { cause: error });
  }
}

/** What a fault on a command line can be, one point after the other. */
function faultsText() {
  const points = Object.entries(POINTS).flatMap(([point, { when, words, plain, keys }]) => [
    `    ${point.padEnd(12)} ${when}`,
    ...wrap([...words, ...(plain ? ['<code>'] : []), ...Object.keys(keys).map((key) => `${key}:<value>`)]),
  ]);
  return [
    `    ${FORM}`,
    '    #n           only the n-th at that point on its connection',
    '    @connection  only on that connection, counted from 1',
    '    <fault>      one of the words, or key:value pairs joined by commas',
    '    A file *.json or *.js holds an object of such entries; in JavaScript they may be functions.',
    '',
    ...points,
  ].join('\n');
}

/**
 * @param {string[]} choices
 * @returns {string[]} indented lines
 */
function wrap(choices) {
  const indent = ' '.repeat(17);
  const lines = [indent];
  choices.forEach((choice, i) => {
    const piece = i === choices.length - 1 ? choice : `${choice}, `;
    if (lines[lines.length - 1].length + piece.length > WIDTH) lines.push(indent);
    lines[lines.length - 1] += piece;
  });
  return lines.map((line) => line.trimEnd());
}

module.exports = { faultText, faultsText, readFaults };

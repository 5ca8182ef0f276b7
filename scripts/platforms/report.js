// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../command');

/**
 * What became of a target.
 *
 * @typedef {object} Row
 * @property {string} triple
 * @property {string} label What ran it.
 * @property {string} node Its version.
 * @property {Date} date
 * @property {number} size Of the add-on, in bytes; 0: it was not built.
 * @property {number} seconds That all checks took.
 * @property {string[]} failures The checks that failed.
 */

const DOCUMENT = path.join(ROOT, 'docs', 'platforms.md');
const HEAD = '| target | ran by | Node | add-on | seconds | result | date |\n|---|---|---|---|---|---|---|\n';

/** @param {Row[]} rows */
function show(rows) {
  return HEAD + rows.map((row) => line(row) + '\n').join('');
}

/**
 * Puts the rows in place of those of the same targets. What was not built says nothing of a target, and stays out.
 *
 * @param {Row[]} rows
 */
function writeTable(rows) {
  let text = fs.readFileSync(DOCUMENT, 'utf8');
  for (const row of rows) {
    if (row.size === 0) continue;
    const old = new RegExp(`^\\| \`${row.triple}\` \\|.*$`, 'm');
    if (!old.test(text)) throw new Error(`${DOCUMENT} has no row for ${row.triple}`);
    text = text.replace(old, () => line(row));
  }
  fs.writeFileSync(DOCUMENT, text);
}

/** @param {Row} row */
function line({ triple, label, node, size, seconds, failures, date }) {
  const result = size === 0 ? 'not built' : failures.length === 0 ? 'ok' : `failed: ${failures.join(', ')}`;
  const cells = [
    `\`${triple}\``,
    label,
    node.replace(/^v/, ''),
    size === 0 ? '' : `${(size / 1e6).toFixed(2)} MB`,
    size === 0 ? '' : seconds.toFixed(0),
    result,
    size === 0 ? '' : date.toISOString().slice(0, 10),
  ];
  return `| ${cells.join(' | ')} |`;
}

module.exports = { show, writeTable };

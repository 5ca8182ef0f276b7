// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { CHECKED, RELEASES, ROWS } = require('./basis');
const { CHECKS } = require('./index');

const FOLDER = path.join(__dirname, '..');

/** The name of a test that begins with its row. */
const NAMED = /\btest\(\s*(['"`])([A-Z]\d+)\b(?:, [A-Z]\d+)*(?: |: )(.*?)\1/g;

/**
 * The names of the tests, by row: those that a device can run from outside, and those that need the gateway.
 * @returns {Map<string, { file: string, name: string, outside: boolean }[]>}
 */
function testsByRow() {
  const tests = new Map(Object.keys(ROWS).map((row) => [row, /** @type {any[]} */ ([])]));
  const put = (/** @type {string} */ row, /** @type {object} */ test) =>
    tests.set(row, [...(tests.get(row) ?? []), test]);
  CHECKS.forEach(({ row, name }) => put(row, { file: 'rows', name, outside: true }));
  for (const file of fs.readdirSync(FOLDER).filter((name) => name.endsWith('.test.js'))) {
    const text = fs.readFileSync(path.join(FOLDER, file), 'utf8');
    for (const [, , row, name] of text.matchAll(NAMED)) put(row, { file, name, outside: false });
  }
  return tests;
}

/**
 * The table of rows: what each is, what it rests on, and its tests.
 * @param {(line: string) => void} print
 * @param {{ tests?: boolean }} [options] tests: their names, too
 */
function table(print, { tests: withNames = false } = {}) {
  print(`Read on ${CHECKED} in:`);
  Object.entries(RELEASES).forEach(([name, release]) => print(`  ${name.padEnd(7)}${release}`));
  print('');
  for (const [row, tests] of testsByRow()) {
    const { what, rests, open } = ROWS[row];
    const outside = tests.filter((test) => test.outside).length;
    print(`${row.padEnd(4)}${what}`);
    print(`    ${rests.join(', ')}`);
    if (open) print(`    open: ${open}`);
    print(`    ${tests.length} tests, ${outside} of them from outside`);
    if (withNames)
      tests.forEach(({ file, name, outside: out }) => print(`    - ${name} [${out ? 'outside' : file}]`));
  }
  print(
    '\n--tests names them; --against <connection string> --ca <file> runs those from outside on another gateway.',
  );
}

module.exports = { table, testsByRow };

// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');

/** Sections that are taken in whole: each needs a row of its own. */
const SECTIONS = [
  '1.1',
  '1.2',
  '1.3',
  '2.1',
  '2.2',
  '2.3',
  '2.4',
  '2.5',
  '2.6',
  '2.7',
  '3.7',
  '3.8',
  '3.9',
  '6',
  '7',
  '8',
  '9',
  '12.1',
];

/**
 * @param {import('./rows').Row[]} rows
 * @returns {string[]} What is not covered, and by which test it should be.
 */
function gaps(rows) {
  const missing = SECTIONS.filter((section) => !rows.some((row) => row.section === section));
  return [
    ...missing.map((section) => `§${section}: no row`),
    ...rows.flatMap(({ section, says, tests = [], later }) => {
      if (later === undefined && tests.length === 0) return [`§${section} ${says}: no test`];
      return tests
        .filter(([file, name]) => !has(file, name))
        .map(([file, name]) => `§${section} ${says}: ${file} has no "${name}"`);
    }),
  ];
}

/**
 * @param {string} file
 * @param {string} name
 */
function has(file, name) {
  const whole = path.join(ROOT, file);
  if (!fs.existsSync(whole)) return false;
  // A file of scripts runs each script by its name.
  const scripts = path.join(path.dirname(whole), 'scripts');
  return fs.readFileSync(whole, 'utf8').includes(name) || fs.existsSync(path.join(scripts, name));
}

/**
 * @param {import('./rows').Row[]} rows
 * @returns {string[]} A line for each row.
 */
function lines(rows) {
  return rows.map(({ section, mark, says, tests = [], later }) => {
    const by = tests.map(([file, name]) => `${file}: ${name}`).join('; ');
    return `§${section.padEnd(5)} [${mark}] ${says}: ${later === undefined ? by : `comes with ${later}`}`;
  });
}

module.exports = { gaps, lines };

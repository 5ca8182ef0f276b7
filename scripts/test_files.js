// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, StepFailed } = require('./command');

/** Where tests may lie. One elsewhere is an error: nobody would notice that it does not run. */
const FOLDERS = [
  '__test__/unit',
  '__test__/client',
  '__test__/model',
  '__test__/trust',
  '__test__/https',
  '__test__/uploads',
  '__test__/hostile',
  '__test__/wire',
  '__test__/bad_input',
  '__test__/errors',
  '__test__/doctor',
  '__test__/lifecycle',
  '__test__/compat',
  '__test__/reference',
  '__test__/types',
  '__test__/package',
  'gateway/__test__',
  'bench/__test__',
];

/** Where those lie that take minutes; `npm run test:long` runs them. */
const LONG_FOLDERS = ['__test__/long', 'gateway/__test__/long'];

/** By their endings. */
const TEST = /\.test\.[cm]?js$/;
const LONG_TEST = /\.long\.js$/;

/** Not ours, or made by tools. */
const SKIPPED = new Set(['node_modules', 'target', '.git', '.cache']);

/**
 * All test files, named one by one: Node 20 and 24 differ in what they make of a directory or a pattern.
 *
 * @returns {string[]} Relative to the root, folder by folder.
 * @throws {StepFailed} A test lies where no test belongs.
 */
function testFiles() {
  return filesIn(FOLDERS, TEST);
}

/**
 * @returns {string[]} As above, of the tests that take minutes.
 * @throws {StepFailed}
 */
function longTestFiles() {
  return filesIn(LONG_FOLDERS, LONG_TEST);
}

/**
 * @param {string[]} folders
 * @param {RegExp} name
 * @returns {string[]}
 */
function filesIn(folders, name) {
  const all = find('', name);
  const stray = all.filter((file) => !folders.some((folder) => file.startsWith(folder + '/')));
  if (stray.length > 0) {
    throw new StepFailed(`These tests lie in no folder of scripts/test_files.js: ${stray.join(', ')}`);
  }
  return folders.flatMap((folder) => all.filter((file) => file.startsWith(folder + '/')));
}

/**
 * @param {string} folder Relative to the root, with slashes.
 * @param {RegExp} pattern
 * @returns {string[]}
 */
function find(folder, pattern) {
  const entries = fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : find(name, pattern);
      return pattern.test(entry.name) ? [name] : [];
    });
}

module.exports = { longTestFiles, testFiles };

// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { npm, ROOT, run } = require('./command');

/** Each folder in it has a manifest and a lock, with the hash of every package. */
const LISTS = path.join(__dirname, 'fetched');
const INSTALLED = path.join(ROOT, '.cache', 'fetched');

/**
 * Programs that one command needs and that are too heavy to be installed for everybody. They are got from npm's registry as
 * their lock says, once, into `.cache/fetched`. No script of theirs runs at that.
 *
 * @param {string} list A folder of `scripts/fetched/`.
 * @returns {string} The folder of what is installed: its `node_modules`.
 * @throws {import('./command').StepFailed}
 */
function fetched(list) {
  const folder = path.join(INSTALLED, list);
  const modules = path.join(folder, 'node_modules');
  const files = ['package.json', 'package-lock.json'];
  // npm writes this file last, so it tells a finished installation from a broken one.
  const finished = fs.existsSync(path.join(modules, '.package-lock.json'));
  if (finished && files.every((name) => same(path.join(LISTS, list, name), path.join(folder, name))))
    return modules;
  console.log(`Fetching what scripts/fetched/${list} lists …`);
  fs.mkdirSync(folder, { recursive: true });
  for (const name of files) fs.copyFileSync(path.join(LISTS, list, name), path.join(folder, name));
  run(...npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']), { cwd: folder });
  return modules;
}

/** @param {string} one @param {string} other */
function same(one, other) {
  return fs.existsSync(other) && fs.readFileSync(one).equals(fs.readFileSync(other));
}

module.exports = { fetched };

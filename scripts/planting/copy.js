// @ts-check
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../command');
const { addOn } = require('../setup');

/** Where the copy lies: what stays the same between two runs is not compiled again. */
const COPY = path.join(ROOT, '.cache', 'planted', 'copy');

/** The add-on, relative to the root and to the copy. */
const ADD_ON = path.relative(ROOT, addOn()).replaceAll(path.sep, '/');

/** Brings the copy up to what git knows and what it does not ignore, add-on included. */
function refresh() {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const wanted = [...listed.split('\0').filter(Boolean), ADD_ON];
  const there = wanted.filter((name) => fs.existsSync(path.join(ROOT, name)));
  for (const name of there) write(name, fs.readFileSync(path.join(ROOT, name)));
  const kept = new Set(there);
  for (const name of filesOf('')) if (!kept.has(name)) fs.rmSync(path.join(COPY, name));
  linkModules();
}

/**
 * Writes a file of the copy, if it is not so already: its age tells compilers what changed.
 *
 * @param {string} name
 * @param {Buffer | string} content
 */
function write(name, content) {
  const file = path.join(COPY, name);
  const bytes = Buffer.from(content);
  if (fs.existsSync(file) && fs.readFileSync(file).equals(bytes)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // A new file: a process may still run the old.
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, bytes);
}

/** The installed packages are those of the root. */
function linkModules() {
  for (const name of ['node_modules', 'gateway/node_modules']) {
    const target = path.join(ROOT, name);
    const link = path.join(COPY, name);
    if (fs.existsSync(target) && !fs.existsSync(link)) fs.symlinkSync(target, link, 'junction');
  }
}

/**
 * @param {string} folder
 * @returns {string[]} All files of the copy, without those of packages.
 */
function filesOf(folder) {
  return fs.readdirSync(path.join(COPY, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.name === 'node_modules') return [];
    return entry.isDirectory() ? filesOf(name) : [name];
  });
}

module.exports = { ADD_ON, COPY, refresh, write };

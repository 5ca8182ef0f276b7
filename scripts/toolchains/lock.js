// @ts-check
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { main, StepFailed } = require('../command');
const { DOWNLOADS, hash, identifier, LOCK, REGISTRIES } = require('./fetch');
const { SETS } = require('./sets');

/** @typedef {import('./sets').Package} Package */

/** Writes the lock: the newest of each suite of Debian, and the versions of `sets.js`. Nothing is built with them yet. */
function writeLock() {
  /** @type {Map<string, Package[]>} */
  const groups = new Map();
  for (const each of Object.values(SETS).flat()) {
    groups.set(groupOf(each), [...(groups.get(groupOf(each)) ?? []), each]);
  }
  fs.mkdirSync(DOWNLOADS, { recursive: true });
  const lines = [...groups.values()].flatMap(lockedOf);
  const lock = Object.fromEntries(lines.sort(([a], [b]) => (a < b ? -1 : 1)));
  fs.writeFileSync(LOCK, JSON.stringify(lock, null, 2) + '\n');
}

/**
 * What is fetched at once. apt takes long to start, so it is all of a suite; names of files then tell packages apart.
 *
 * @param {Package} wanted
 */
function groupOf({ registry, suite, architecture, platform, name }) {
  return registry === 'debian' ? `${suite} ${architecture}` : `${registry} ${platform} ${name}`;
}

/**
 * @param {Package[]} group
 * @returns {[identifier: string, locked: import('./fetch').Locked][]}
 */
function lockedOf(group) {
  const wanted = [...new Map(group.map((each) => [identifier(each), each])).values()];
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-lock-'));
  try {
    REGISTRIES[wanted[0].registry].download(wanted, directory);
    return wanted.map((each) => [identifier(each), lockedAs(each, directory)]);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

/**
 * @param {Package} wanted
 * @param {string} directory With its file.
 * @returns {import('./fetch').Locked}
 */
function lockedAs(wanted, directory) {
  const files = fs.readdirSync(directory);
  const file =
    wanted.registry === 'debian' ? files.find((each) => each.startsWith(`${wanted.name}_`)) : files[0];
  if (!file) throw new StepFailed(`${identifier(wanted)} was not fetched`);
  const full = path.join(directory, file);
  fs.copyFileSync(full, path.join(DOWNLOADS, file));
  return { version: wanted.version ?? debianVersion(full), file, sha256: hash(full) };
}

/** @param {string} file */
function debianVersion(file) {
  return execFileSync('dpkg-deb', ['--field', file, 'Version'], { encoding: 'utf8' }).trim();
}

main(writeLock);

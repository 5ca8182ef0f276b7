// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const { StepFailed } = require('../command');

/** `readelf` has a line for each few symbols. Bytes. */
const LONGEST_LISTING = 256 * 1024 * 1024;

/**
 * @param {string} file An ELF file of any processor.
 * @returns {string | undefined} The oldest glibc it loads with, such as `2.17`; undefined if it needs none.
 * @throws {StepFailed} It is no ELF file, or there is no `readelf`.
 */
function glibcNeeded(file) {
  const { status, error, stdout, stderr } = spawnSync('readelf', ['--version-info', '--wide', file], {
    encoding: 'utf8',
    maxBuffer: LONGEST_LISTING,
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error) throw new StepFailed(`readelf cannot be run (Debian: binutils): ${error.message}`);
  // For what is no ELF file it ends with 0 in older releases, and says so in this way in all.
  if (status !== 0 || stderr.trim() !== '') throw new StepFailed(`${file}: ${stderr.trim()}`);
  const versions = [...stdout.matchAll(/Name: GLIBC_([\d.]+)/g)].map(([, version]) => version);
  return versions.sort(compareVersions).at(-1);
}

/**
 * @param {string} file
 * @param {string} floor
 * @returns {string | undefined} That it needs a newer glibc than the floor, if it does.
 * @throws {StepFailed} As above.
 */
function floorFault(file, floor) {
  const needed = glibcNeeded(file);
  if (needed === undefined || compareVersions(needed, floor) <= 0) return undefined;
  return `needs glibc ${needed}, and may need ${floor} at most`;
}

/**
 * @param {string} a
 * @param {string} b
 */
function compareVersions(a, b) {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  const differing = [0, 1, 2].find((index) => (x[index] ?? 0) !== (y[index] ?? 0));
  return differing === undefined ? 0 : (x[differing] ?? 0) - (y[differing] ?? 0);
}

module.exports = { compareVersions, glibcNeeded, floorFault };

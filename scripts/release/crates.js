// @ts-check
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../command');

/**
 * A crate of others that is linked into the add-on, on some platform at least.
 *
 * @typedef {object} Crate
 * @property {string} name
 * @property {string} version
 * @property {string} license As SPDX writes it.
 * @property {string} folder Its sources.
 * @property {string} checksum SHA-256 of its package, of `Cargo.lock`.
 */

/** Of the binding and all below it, for all platforms; macros run in the compiler alone. */
const TREE = [
  'tree',
  '--locked',
  '-p',
  'edge-downstream-binding',
  '-e',
  'normal,no-proc-macro',
  '--target',
  'all',
];

/** @returns {Crate[]} By name. */
function linkedCrates() {
  const lines = cargo([...TREE, '--prefix', 'none', '--format', '{p}']).split('\n');
  const linked = new Set(lines.map((line) => line.split(' ').slice(0, 2).join(' ')));
  const checksums = lockedChecksums();
  /** @type {any[]} */
  const packages = JSON.parse(cargo(['metadata', '--format-version=1', '--locked'])).packages;
  return packages
    .filter(({ name, version, source }) => source && linked.has(`${name} v${version}`))
    .map(({ name, version, license, manifest_path: manifest }) => ({
      ...{ name, version, license: license.replaceAll('/', ' OR '), folder: path.dirname(manifest) },
      checksum: /** @type {string} */ (checksums.get(`${name} ${version}`)),
    }))
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** @returns {Map<string, string>} By name and version. */
function lockedChecksums() {
  const lock = fs.readFileSync(path.join(ROOT, 'Cargo.lock'), 'utf8');
  const entry = /name = "(.*)"\nversion = "(.*)"\nsource = ".*"\nchecksum = "(.*)"/g;
  return new Map(
    Array.from(lock.matchAll(entry), ([, name, version, checksum]) => [`${name} ${version}`, checksum]),
  );
}

/** @param {string[]} args */
function cargo(args) {
  return execFileSync('cargo', args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

module.exports = { linkedCrates };

// @ts-check
'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { StepFailed } = require('../command');
const { CACHE } = require('./cache');
const { SETS } = require('./sets');

/**
 * A package, of Debian with the version to fetch: without one, the newest of its suite.
 *
 * @typedef {import('./sets').Package} Wanted
 *
 * @typedef {object} Locked
 * @property {string} version
 * @property {string} file
 * @property {string} sha256
 */

const REGISTRIES = { debian: require('./debian'), pypi: require('./pypi'), npm: require('./npm') };
const LOCK = path.join(__dirname, 'lock.json');
const DOWNLOADS = path.join(CACHE, 'toolchains', 'downloads');

/**
 * Unpacks a set, fetching what of it was never fetched. Each file must have the hash of the lock.
 *
 * @param {string} name One of `SETS`.
 * @returns {string} Its folder.
 * @throws {StepFailed} Something cannot be fetched, or is not what was locked.
 */
function ensureSet(name) {
  const packages = SETS[name].map((wanted) => ({ wanted, locked: lockOf(wanted) }));
  const folder = path.join(CACHE, 'toolchains', name);
  const stamp = path.join(folder, '.unpacked');
  const recipe = packages.map(({ wanted, locked }) => `${locked.sha256} ${wanted.into}\n`).join('');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === recipe) return folder;

  fetch(packages);
  console.log(`Unpacking ${name} …`);
  fs.rmSync(folder, { recursive: true, force: true });
  for (const { wanted, locked } of packages) {
    const into = path.join(folder, wanted.into);
    fs.mkdirSync(into, { recursive: true });
    REGISTRIES[wanted.registry].unpack(path.join(DOWNLOADS, locked.file), into);
  }
  fs.writeFileSync(stamp, recipe);
  return folder;
}

/** @param {{ wanted: Wanted, locked: Locked }[]} packages */
function fetch(packages) {
  fs.mkdirSync(DOWNLOADS, { recursive: true });
  const missing = packages.filter(({ locked }) => !isThere(locked));
  for (const [registry, { download }] of Object.entries(REGISTRIES)) {
    const ours = missing.filter(({ wanted }) => wanted.registry === registry);
    if (ours.length === 0) continue;
    console.log(`Fetching from ${registry}: ${ours.map(({ locked }) => locked.file).join(', ')}`);
    download(
      ours.map(({ wanted, locked }) => ({ ...wanted, version: locked.version })),
      DOWNLOADS,
    );
  }
  for (const { locked } of packages) {
    if (isThere(locked)) continue;
    const file = path.join(DOWNLOADS, locked.file);
    if (!fs.existsSync(file)) throw new StepFailed(`${locked.file} was not fetched. ${RENEW}`);
    throw new StepFailed(`${file} has another hash than scripts/toolchains/lock.json`);
  }
}

/** Debian keeps only the newest version of a package within a release. */
const RENEW = 'If there is a newer one, `node scripts/toolchains/lock.js` takes it into the lock.';

/** @param {Locked} locked */
function isThere({ file, sha256 }) {
  const full = path.join(DOWNLOADS, file);
  return fs.existsSync(full) && hash(full) === sha256;
}

/** @param {string} file */
function hash(file) {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

/** @param {Wanted} wanted */
function lockOf(wanted) {
  const locked = JSON.parse(fs.readFileSync(LOCK, 'utf8'))[identifier(wanted)];
  if (!locked) {
    throw new StepFailed(`scripts/toolchains/lock.json lacks ${identifier(wanted)}. ${RENEW}`);
  }
  return /** @type {Locked} */ (locked);
}

/**
 * @param {Wanted} wanted
 * @returns {string} Its name in the lock, such as `debian bullseye amd64 libc6`.
 */
function identifier({ registry, suite, architecture, platform, name }) {
  return [registry, suite, architecture, platform, name].filter(Boolean).join(' ');
}

module.exports = { DOWNLOADS, ensureSet, hash, identifier, LOCK, REGISTRIES };

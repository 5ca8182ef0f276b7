// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { npm, ROOT, run, StepFailed } = require('./command');
const { ADD_ONS, platformPackage } = require('./platform_package');

/**
 * What a fresh clone lacks. Everything here works before anything is installed.
 */

/** What the add-on is made of. */
const SOURCES = ['.cargo', 'src', 'binding', 'Cargo.toml', 'Cargo.lock'];

/** Installs the dependencies as the lock says, unless an installation was finished before. */
function ensureInstalled() {
  // npm writes this file last, so it tells a finished installation from a broken one.
  if (fs.existsSync(path.join(ROOT, 'node_modules', '.package-lock.json'))) return;
  console.log('Installing the development tools (npm ci) …');
  run(...npm(['ci', '--no-audit', '--no-fund']));
}

/**
 * Builds the add-on unless it is newer than all it is made of.
 *
 * @param {() => void} [make] `compile` where what lies in `npm/` is to stay as it is.
 */
function ensureBuilt(make = build) {
  const built = fs.statSync(addOn(), { throwIfNoEntry: false });
  if (built && built.mtimeMs >= newest(SOURCES.map((name) => path.join(ROOT, name)))) return;
  console.log(
    built
      ? 'The sources changed: building the add-on …'
      : 'Building the add-on (a few minutes the first time) …',
  );
  make();
}

/** Builds the add-on in release mode, and puts a copy into the package of this platform. */
function build() {
  compile();
  const ours = platformPackage();
  if (!ours) return;
  const copy = path.join(ours.folder, ours.main);
  // A new file, as the build makes one: a process may still run the old.
  fs.rmSync(copy, { force: true });
  fs.copyFileSync(addOn(), copy);
}

/** Builds the add-on in release mode, for this checkout alone. */
function compile() {
  requireRust();
  run(process.execPath, [
    path.join(ROOT, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js'),
    ...['build', '--platform', '--release', '--package', 'edge-downstream-binding'],
    ...['--output-dir', 'lib/native', '--js', 'binding.js', '--dts', 'binding.d.ts'],
  ]);
  const file = addOn();
  // Cargo leaves an up-to-date file as old as it is; the clone's sources may be younger.
  const now = new Date();
  fs.utimesSync(file, now, now);
}

function requireRust() {
  const { error } = spawnSync('cargo', ['--version']);
  if (error) {
    throw new StepFailed(
      'The add-on is written in Rust, and there is no `cargo` on the PATH. Get it from https://rustup.rs',
    );
  }
}

/** @returns {string} Where the add-on of this machine lies, or would lie. */
function addOn() {
  const ours = platformPackage();
  if (ours) return path.join(ADD_ONS, ours.main);
  // A platform nothing is published for can still build its own.
  const any = fs.readdirSync(ADD_ONS).find((name) => name.endsWith('.node'));
  return path.join(ADD_ONS, any ?? 'missing.node');
}

/**
 * @param {string[]} entries Files and folders.
 * @returns {number} When the youngest file in them was changed, milliseconds since 1970.
 */
function newest(entries) {
  return Math.max(
    ...entries.map((entry) => {
      const found = fs.statSync(entry);
      if (!found.isDirectory()) return found.mtimeMs;
      return newest(fs.readdirSync(entry).map((name) => path.join(entry, name)));
    }),
  );
}

module.exports = { addOn, build, compile, ensureBuilt, ensureInstalled };

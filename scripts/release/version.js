// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * One version for all that is published and for the crates behind it. `npm version` writes the manifest of the root; here
 * are the other places.
 *
 * @typedef {object} Place
 * @property {string} file Relative to the root.
 * @property {(text: string) => string[]} read Every version that stands there.
 * @property {(text: string, version: string) => string} write
 */

/** Of workspace members: what comes from a registry has a `source`. */
const CARGO_LOCK = /(\[\[package\]\]\nname = "[^"]+"\nversion = ")([^"]+)("\n(?!source))/g;
const CARGO_MANIFEST = /(\[workspace\.package\]\nversion = ")([^"]+)(")/g;
/** In the generated loader: what it compares a platform package with, and what it says then. */
const LOADER = /(bindingPackageVersion !== '|mismatch, expected )([^' ]+)('| but got)/g;

/**
 * @param {string} root Of a checkout.
 * @returns {Place[]}
 */
function places(root) {
  const platforms = fs.readdirSync(path.join(root, 'npm')).map((name) => `npm/${name}/package.json`);
  return [
    ...['package.json', 'gateway/package.json', ...platforms].map(manifest),
    {
      file: 'package-lock.json',
      read: (text) => lockedHere(JSON.parse(text)).map(({ version }) => version),
      write: (text, version) => {
        const lock = JSON.parse(text);
        for (const entry of lockedHere(lock)) entry.version = version;
        return json(lock);
      },
    },
    pattern('Cargo.toml', CARGO_MANIFEST),
    pattern('Cargo.lock', CARGO_LOCK),
    pattern('lib/native/binding.js', LOADER),
  ];
}

/** @param {string} file @returns {Place} */
function manifest(file) {
  return {
    file,
    read: (text) => [JSON.parse(text).version],
    write: (text, version) => json({ ...JSON.parse(text), version }),
  };
}

/**
 * @param {string} file
 * @param {RegExp} expression What stands before a version, the version, what stands behind it.
 * @returns {Place}
 */
function pattern(file, expression) {
  return {
    file,
    read: (text) => Array.from(text.matchAll(expression), ([, , version]) => version),
    write: (text, version) =>
      text.replace(expression, (_all, before, _old, after) => before + version + after),
  };
}

/** The root, twice, and the gateway. @param {any} lock @returns {{ version: string }[]} */
function lockedHere(lock) {
  return [lock, lock.packages[''], lock.packages.gateway];
}

/** @param {unknown} value */
function json(value) {
  return JSON.stringify(value, null, 2) + '\n';
}

/**
 * @param {string} root
 * @returns {{ file: string, versions: string[] }[]} What stands where; none where a place is not found.
 */
function versionsOf(root) {
  return places(root).map(({ file, read }) => ({
    file,
    versions: read(fs.readFileSync(path.join(root, file), 'utf8')),
  }));
}

/**
 * @param {string} root
 * @param {string} version
 * @returns {string[]} The files, relative to the root.
 */
function writeVersion(root, version) {
  return places(root).map(({ file, write }) => {
    const full = path.join(root, file);
    fs.writeFileSync(full, write(fs.readFileSync(full, 'utf8'), version));
    return file;
  });
}

module.exports = { versionsOf, writeVersion };

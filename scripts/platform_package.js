// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const PACKAGES = path.join(__dirname, '..', 'npm');
/** Where the build leaves the add-on, beside its loader. */
const ADD_ONS = path.join(__dirname, '..', 'lib', 'native');

/**
 * One folder of `npm/`: the package that brings the add-on to one platform.
 *
 * @typedef {object} PlatformPackage
 * @property {string} folder
 * @property {string} name
 * @property {string} main The add-on's file name, here and in `lib/native/`.
 * @property {boolean} fits This machine.
 */

/** @returns {PlatformPackage[]} */
function platformPackages() {
  return fs.readdirSync(PACKAGES).map((entry) => {
    const folder = path.join(PACKAGES, entry);
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return { folder, name: manifest.name, main: manifest.main, fits: fits(manifest) };
  });
}

/** @returns {PlatformPackage | undefined} That of this machine, if there is one. */
function platformPackage() {
  return platformPackages().find((each) => each.fits);
}

/** @param {{ os: string[], cpu: string[], libc?: string[] }} manifest */
function fits({ os, cpu, libc }) {
  return os.includes(process.platform) && cpu.includes(process.arch) && (!libc || libc.includes(ourLibc()));
}

/** Node's own report tells the version of glibc exactly where there is a glibc. */
function ourLibc() {
  const { header } = /** @type {any} */ (process.report.getReport());
  return header.glibcVersionRuntime ? 'glibc' : 'musl';
}

module.exports = { ADD_ONS, platformPackage, platformPackages };

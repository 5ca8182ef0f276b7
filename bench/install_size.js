// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { PROJECT } = require('../scripts/packed');
const { platformPackage } = require('../scripts/platform_package');
const { PEERS } = require('./preparation');

/**
 * @typedef {import('./contenders').Contender} Contender
 * @typedef {{ installedBytes: number, packages: number }} Size
 */

/**
 * @param {Contender} contender
 * @returns {Record<string, number>}
 */
function installSize(contender) {
  return contender.packages.length > 0 ? sizeOfPeer(contender.packages) : sizeOfOurs();
}

/** @returns {Size & { otherDependencies: number }} */
function sizeOfOurs() {
  const lock = path.join(PROJECT, 'node_modules', '.package-lock.json');
  const installed = Object.keys(JSON.parse(fs.readFileSync(lock, 'utf8')).packages);
  const own = ['edge-downstream', platformPackage()?.name].map((name) => `node_modules/${name}`);
  return {
    installedBytes: installed.reduce((sum, location) => sum + packageBytes(path.join(PROJECT, location)), 0),
    packages: installed.length,
    otherDependencies: installed.filter((location) => !own.includes(location)).length,
  };
}

/**
 * What installing these packages alone would bring: they and all they depend on, looked up as Node does.
 *
 * @param {string[]} names
 * @returns {Size}
 */
function sizeOfPeer(names) {
  /** @type {Set<string>} */
  const found = new Set();
  const visit = (/** @type {string} */ name, /** @type {string} */ from) => {
    const folder = lookUp(name, from);
    if (!folder || found.has(folder)) return;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(dependencies)) visit(dependency, folder);
  };
  for (const name of names) visit(name, PEERS);
  return {
    installedBytes: [...found].reduce((sum, folder) => sum + packageBytes(folder), 0),
    packages: found.size,
  };
}

/**
 * @param {string} name
 * @param {string} from
 * @returns {string | undefined}
 */
function lookUp(name, from) {
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (fs.existsSync(path.join(candidate, 'package.json'))) return candidate;
    if (folder === PEERS) return undefined;
  }
}

/**
 * @param {string} folder
 * @returns {number} bytes of the package's files, without those of packages nested in it
 */
function packageBytes(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + packageBytes(full);
    return sum + fs.lstatSync(full).size;
  }, 0);
}

module.exports = { installSize };

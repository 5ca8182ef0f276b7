// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { run } = require('./children');
const { npm } = require('./npm');
const { PEERS, ROOT } = require('./preparation');
const { pack, packRoot } = require('../scripts/pack');
const { ADD_ONS, platformPackage } = require('../scripts/platform_package');

/**
 * @typedef {import('./contenders').Contender} Contender
 * @typedef {{ installedBytes: number, packages: number }} Size
 */

/**
 * @param {Contender} contender
 * @param {string} scratch an existing directory
 * @returns {Promise<Record<string, number>>}
 */
async function installSize(contender, scratch) {
  if (contender.packages.length > 0) return sizeOfPeer(contender.packages);
  return packAndInstall(fs.mkdtempSync(path.join(scratch, 'install-')));
}

/**
 * Packs this package and the one for this machine, installs both into an empty project, and loads the result there.
 *
 * @param {string} directory empty
 * @returns {Promise<Size & { otherDependencies: number }>}
 */
async function packAndInstall(directory) {
  const platform = platformPackage();
  if (!platform) throw new Error(`npm/ has no package for ${process.platform}-${process.arch}`);
  // As `npm run build` leaves it, with the add-on of the last build.
  const folder = path.join(directory, 'platform');
  fs.cpSync(platform.folder, folder, { recursive: true });
  fs.copyFileSync(path.join(ADD_ONS, platform.main), path.join(folder, platform.main));
  const tarballs = [packRoot(directory), pack(folder, directory)];

  const project = path.join(directory, 'project');
  fs.mkdirSync(project);
  fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }\n');
  // Offline: platform packages of other machines are optional and left out; anything else that is asked for is a
  // dependency this package must not have.
  await npm(['install', '--offline', '--ignore-scripts', '--prefix', project, ...tarballs], { cwd: project });
  const name = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')).name;
  await run(process.execPath, ['-e', `require('${name}')`], { cwd: project });

  const modules = path.join(project, 'node_modules');
  const lock = JSON.parse(fs.readFileSync(path.join(modules, '.package-lock.json'), 'utf8'));
  const installed = Object.keys(lock.packages);
  const own = [name, platform.name];
  return {
    installedBytes: installed.reduce((sum, location) => sum + packageBytes(path.join(project, location)), 0),
    packages: installed.length,
    otherDependencies: installed.filter(
      (location) => !own.some((known) => location === `node_modules/${known}`),
    ).length,
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

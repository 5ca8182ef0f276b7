// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { run } = require('./children');
const { npm } = require('./npm');
const { PEERS, ROOT } = require('./preparation');

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
  const platform = platformPackage(directory);
  const tarballs = [];
  for (const source of [ROOT, platform]) {
    // Scripts of the package are for building and publishing it; what they make is built already.
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
    const packed = JSON.parse(await npm(args, { cwd: source }));
    // An array up to npm 11, an object by package name in later ones.
    for (const { filename } of Object.values(packed))
      tarballs.push(path.join(directory, path.basename(filename)));
  }

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
  const own = [name, JSON.parse(fs.readFileSync(path.join(platform, 'package.json'), 'utf8')).name];
  return {
    installedBytes: installed.reduce((sum, location) => sum + packageBytes(path.join(project, location)), 0),
    packages: installed.length,
    otherDependencies: installed.filter(
      (location) => !own.some((known) => location === `node_modules/${known}`),
    ).length,
  };
}

/**
 * The package under `npm/` for this machine, with its binary; where publishing has not put one there yet, in a copy
 * that gets the one of the last build.
 *
 * @param {string} directory
 * @returns {string}
 */
function platformPackage(directory) {
  const found = fs
    .readdirSync(path.join(ROOT, 'npm'))
    .map((name) => path.join(ROOT, 'npm', name))
    .find((folder) => fs.existsSync(path.join(folder, 'package.json')) && fitsThisMachine(folder));
  if (!found) throw new Error(`npm/ has no package for ${process.platform}-${process.arch}`);
  const { main } = JSON.parse(fs.readFileSync(path.join(found, 'package.json'), 'utf8'));
  if (fs.existsSync(path.join(found, main))) return found;
  const copy = path.join(directory, path.basename(found));
  fs.cpSync(found, copy, { recursive: true });
  fs.copyFileSync(path.join(ROOT, 'lib', main), path.join(copy, main));
  return copy;
}

/** @param {string} folder */
function fitsThisMachine(folder) {
  const { os, cpu, libc } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  // Node's own report tells what it runs on; there is a version of glibc in it exactly where there is a glibc.
  const { header } = /** @type {any} */ (process.report.getReport());
  const ourLibc = header.glibcVersionRuntime ? 'glibc' : 'musl';
  return os?.includes(process.platform) && cpu?.includes(process.arch) && (!libc || libc.includes(ourLibc));
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

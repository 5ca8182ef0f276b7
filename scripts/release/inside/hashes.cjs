'use strict';

/**
 * Runs in a project that installed the packages, and tells the SHA-256 of each of their files, as JSON by package and name.
 * Its argument: the package of this platform. Where packages lie in archives (Plug'n'Play) only the project itself finds them.
 */

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

const manifest = require.resolve('edge-downstream/package.json');
const [platform] = process.argv.slice(2);
const entries = {
  'edge-downstream': manifest,
  [platform]: createRequire(manifest).resolve(platform),
  'edge-downstream-gateway': require.resolve('edge-downstream-gateway'),
};

/** @param {string} folder @param {string} [prefix] @returns {[name: string, hash: string][]} */
function hashes(folder, prefix = '') {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    // What installers put there: packages inside, and the mark of yarn that an archive is unpacked.
    if (['node_modules', '.ready'].includes(entry.name)) return [];
    if (entry.isDirectory()) return hashes(full, `${prefix}${entry.name}/`);
    return [[prefix + entry.name, createHash('sha256').update(fs.readFileSync(full)).digest('hex')]];
  });
}

const told = Object.entries(entries).map(([name, file]) => [
  name,
  Object.fromEntries(hashes(path.dirname(file))),
]);
console.log(JSON.stringify(Object.fromEntries(told)));

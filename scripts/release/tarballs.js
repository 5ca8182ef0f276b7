// @ts-check
'use strict';

const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/**
 * A package as it is published.
 *
 * @typedef {object} Tarball
 * @property {string} file
 * @property {any} manifest
 * @property {string} integrity As npm writes it: `sha512-…`.
 */

/**
 * @param {string} directory With what `npm run pack` made.
 * @returns {Tarball[]} In the order in which they are published: whoever installs the package while that goes on finds the
 *   package of his platform, and whoever installs the gateway finds what its README speaks of.
 */
function tarballsIn(directory) {
  const files = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
  return files
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => read(path.join(directory, name)))
    .sort((a, b) => rank(a) - rank(b) || (a.manifest.name < b.manifest.name ? -1 : 1));
}

/** @param {Tarball} tarball */
function rank({ manifest }) {
  if (manifest.os) return 0;
  return manifest.optionalDependencies ? 1 : 2;
}

/** @param {string} file @returns {Tarball} */
function read(file) {
  const manifest = execFileSync('tar', ['-xzOf', path.basename(file), 'package/package.json'], {
    // A path with a drive letter is a host to some tar.
    cwd: path.dirname(file),
    encoding: 'utf8',
  });
  const digest = createHash('sha512').update(fs.readFileSync(file)).digest('base64');
  return { file, manifest: JSON.parse(manifest), integrity: `sha512-${digest}` };
}

module.exports = { tarballsIn };

// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { releaseNotes } = require('./changelog');
const { limitFaults } = require('./limits');
const { ownerFaults } = require('./owner');
const { versionsOf } = require('./version');

/**
 * @typedef {object} Release
 * @property {string} root Of the checkout.
 * @property {import('./owner').Owner} owner
 * @property {import('./tarballs').Tarball[]} tarballs
 * @property {string} [tag] That the release is made from.
 */

/**
 * @param {Release} release
 * @returns {string[]} What stands against it, a sentence each; none: it may be published.
 */
function releaseFaults(release) {
  return [...openFaults(release), ...packageFaults(release)];
}

/**
 * What only the owner and `npm version` can mend: a dry run comes before them.
 *
 * @param {Omit<Release, 'tarballs'>} release
 * @returns {string[]}
 */
function openFaults({ root, owner, tag }) {
  const { version } = manifestOf(root);
  return [
    ...ownerFaults(owner),
    ...(releaseNotes(fs.readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8'), version)
      ? []
      : [`CHANGELOG.md has no section for ${version}: \`npm version\` makes it`]),
    ...(tag === undefined || tag === `v${version}` ? [] : [`the tag is ${tag}, the version ${version}`]),
  ];
}

/**
 * What is wrong with the packages themselves.
 *
 * @param {Pick<Release, 'root' | 'tarballs'>} release
 * @returns {string[]}
 */
function packageFaults({ root, tarballs }) {
  const { name, version } = manifestOf(root);
  return [
    ...versionsOf(root)
      .filter(({ versions }) => versions.length === 0 || versions.some((each) => each !== version))
      .map(
        ({ file, versions }) =>
          `${file} has version ${versions.join(', ') || 'none'}, package.json ${version}`,
      ),
    ...missing(tarballs, name, version),
    ...limitFaults(tarballs),
  ];
}

/** @param {string} root */
function manifestOf(root) {
  return JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
}

/**
 * @param {import('./tarballs').Tarball[]} tarballs
 * @param {string} name Of the package.
 * @param {string} version
 */
function missing(tarballs, name, version) {
  const packed = new Map(tarballs.map(({ manifest }) => [manifest.name, manifest]));
  const main = packed.get(name);
  if (!main) return [`${name} is not packed: \`npm run pack\``];
  const wanted = [name, `${name}-gateway`, ...Object.keys(main.optionalDependencies ?? {})];
  return wanted.flatMap((each) => {
    const found = packed.get(each);
    if (!found) return [`${each} is not packed; a platform's package is once its add-on lies in npm/`];
    return found.version === version
      ? []
      : [`${each} is packed as ${found.version}, the version is ${version}`];
  });
}

module.exports = { openFaults, packageFaults, releaseFaults };

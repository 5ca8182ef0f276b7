// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { releaseNotes } = require('./changelog');
const { limitFaults } = require('./limits');
const { ownerFaults } = require('./owner');
const { versionsOf } = require('./version');

/**
 * @param {object} release
 * @param {string} release.root Of the checkout.
 * @param {import('./owner').Owner} release.owner
 * @param {import('./tarballs').Tarball[]} release.tarballs
 * @param {string} [release.tag] That the release is made from.
 * @returns {string[]} What stands against it, a sentence each; none: it may be published.
 */
function releaseFaults({ root, owner, tarballs, tag }) {
  const { name, version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  return [
    ...ownerFaults(owner),
    ...versionsOf(root)
      .filter(({ versions }) => versions.length === 0 || versions.some((each) => each !== version))
      .map(
        ({ file, versions }) =>
          `${file} has version ${versions.join(', ') || 'none'}, package.json ${version}`,
      ),
    ...(releaseNotes(fs.readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8'), version)
      ? []
      : [`CHANGELOG.md has no section for ${version}: \`npm version\` makes it`]),
    ...(tag === undefined || tag === `v${version}` ? [] : [`the tag is ${tag}, the version ${version}`]),
    ...missing(tarballs, name, version),
    ...limitFaults(tarballs),
  ];
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

module.exports = { releaseFaults };

// @ts-check
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { floorFault } = require('../targets/symbol_versions');
const { TARGETS } = require('../targets/targets');

/** What users install at most, on any platform, and what is to be read besides. Bytes. */
const INSTALLED = 5_000_000;
const DOCUMENTATION = 500_000;

/** Files of the package that are to be read, not run. */
const READ = /^(LICENSE|THIRD_PARTY_LICENSES|[A-Z]+\.md|docs\/.*\.md|bench\/README\.md|examples\/.*)$/;

/**
 * @param {import('./tarballs').Tarball[]} tarballs
 * @returns {string[]} Which limits they pass, a sentence each: size, and the oldest glibc that an add-on may ask for.
 * @throws {import('../command').StepFailed} An add-on cannot be read.
 */
function limitFaults(tarballs) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-limits-'));
  try {
    const unpacked = tarballs.map(({ file, manifest }) => ({ manifest, folder: unpack(file, directory) }));
    const root = unpacked.find(({ manifest }) => manifest.optionalDependencies);
    const platforms = unpacked.filter(({ manifest }) => manifest.os);
    return [
      ...(root ? sizeFaults(root.folder, platforms) : []),
      ...platforms.flatMap(({ manifest, folder }) => glibcFault(manifest, folder) ?? []),
    ];
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

/**
 * @param {string} root
 * @param {{ manifest: any, folder: string }[]} platforms
 */
function sizeFaults(root, platforms) {
  return platforms.flatMap(({ manifest: { name }, folder }) => {
    const all = bytesOf(root, () => true) + bytesOf(folder, () => true);
    const read = bytesOf(root, isRead) + bytesOf(folder, isRead);
    const code = all - read;
    return [
      ...(code > INSTALLED ? [`with ${name} ${code} bytes are installed, of at most ${INSTALLED}`] : []),
      ...(read > DOCUMENTATION
        ? [`with ${name} ${read} bytes are documentation, of at most ${DOCUMENTATION}`]
        : []),
    ];
  });
}

/** @param {string} name Of a file in a package. */
function isRead(name) {
  return READ.test(name);
}

/**
 * @param {any} manifest Of the package of a platform.
 * @param {string} folder
 */
function glibcFault(manifest, folder) {
  const target = TARGETS.find(({ platform }) => manifest.name === `edge-downstream-${platform}`);
  if (!target?.glibc) return undefined;
  const fault = floorFault(path.join(folder, manifest.main), target.glibc);
  return (
    fault && `${manifest.name} ${fault}: \`npm run build -- --target ${target.triple}\` makes one that fits`
  );
}

/**
 * @param {string} file
 * @param {string} directory
 */
function unpack(file, directory) {
  const folder = path.join(directory, path.basename(file, '.tgz'));
  fs.mkdirSync(folder);
  // A path with a drive letter is a host to some tar.
  execFileSync('tar', ['-xzf', path.basename(file), '-C', folder, '--strip-components=1'], {
    cwd: path.dirname(file),
  });
  return folder;
}

/**
 * @param {string} folder
 * @param {(name: string) => boolean} counts Which files; their names are relative to the folder, with slashes.
 * @returns {number} Bytes.
 */
function bytesOf(folder, counts) {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => counts(name.replaceAll(path.sep, '/')))
    .map((name) => fs.lstatSync(path.join(folder, name)))
    .filter((found) => !found.isDirectory())
    .reduce((sum, found) => sum + found.size, 0);
}

module.exports = { bytesOf, DOCUMENTATION, INSTALLED, limitFaults, READ };

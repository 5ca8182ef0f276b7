// @ts-check
'use strict';

const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/**
 * @param {string} tarball
 * @returns {Record<string, string>} The SHA-256 of each file in it, by its name below `package/`.
 */
function packedHashes(tarball) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-contents-'));
  try {
    // A path with a drive letter is a host to some tar.
    const copy = path.join(directory, 'it.tgz');
    fs.copyFileSync(tarball, copy);
    execFileSync('tar', ['-xzf', 'it.tgz'], { cwd: directory });
    return folderHashes(path.join(directory, 'package'));
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

/**
 * @param {string} folder
 * @returns {Record<string, string>} The SHA-256 of each file in it, by its name, with slashes.
 */
function folderHashes(folder) {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names
      .filter((name) => fs.statSync(path.join(folder, name)).isFile())
      .map((name) => [name.replaceAll(path.sep, '/'), sha256(path.join(folder, name))]),
  );
}

/**
 * @param {Record<string, string>} wanted
 * @param {Record<string, string>} found
 * @returns {string[]} The names of files that are missing, added or other than wanted.
 */
function differences(wanted, found) {
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...names].filter((name) => wanted[name] !== found[name]);
}

/** @param {string} file */
function sha256(file) {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

module.exports = { differences, folderHashes, packedHashes, sha256 };

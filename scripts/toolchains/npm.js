// @ts-check
'use strict';

const { npm, run } = require('../command');

/** Packages of npm, without their scripts. */

/**
 * @param {import('./fetch').Wanted[]} wanted
 * @param {string} directory For the files, which npm names.
 */
function download(wanted, directory) {
  const names = wanted.map(({ name, version }) => `${name}@${version}`);
  run(...npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', directory, ...names]));
}

/**
 * @param {string} file
 * @param {string} directory
 */
function unpack(file, directory) {
  run('tar', ['--extract', '--gzip', '--file', file, '--directory', directory, '--strip-components=1']);
}

module.exports = { download, unpack };

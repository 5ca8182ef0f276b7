// @ts-check
'use strict';

const { run } = require('../command');

/** Wheels of PyPI, of any platform. */

/**
 * @param {import('./fetch').Wanted[]} wanted
 * @param {string} directory For the files, which pip names.
 */
function download(wanted, directory) {
  for (const { name, version, platform } of wanted) {
    run('python3', [
      ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:'],
      ...['--platform', /** @type {string} */ (platform), '--dest', directory, `${name}==${version}`],
    ]);
  }
}

/** `zipfile` alone forgets which files are programs. */
const EXTRACT = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for entry in wheel.infolist():
        extracted = wheel.extract(entry, sys.argv[2])
        if entry.external_attr >> 16 & 0o111 and not entry.is_dir():
            os.chmod(extracted, 0o755)
`;

/**
 * @param {string} file
 * @param {string} directory
 */
function unpack(file, directory) {
  run('python3', ['-c', EXTRACT, file, directory]);
}

module.exports = { download, unpack };

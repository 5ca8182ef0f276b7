// @ts-check
'use strict';

const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const ROOT = path.join(__dirname, '..');

/**
 * Every file of the package but its tests.
 * @param {string} folder relative to the root
 * @returns {string[]}
 */
function files(folder) {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (!entry.isDirectory()) return [name];
    return ['__test__', 'node_modules'].includes(entry.name) ? [] : files(name);
  });
}

test('what is published is all there is, but tests and the set-up of the compiler', () => {
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json'], {
      cwd: ROOT,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    }),
  );
  // An array up to npm 11, an object by package name in later ones.
  const [{ files: published }] = /** @type {any[]} */ (Object.values(packed));
  const names = published.map((/** @type {{ path: string }} */ file) => file.path);
  const wanted = files('').filter((name) => name !== 'tsconfig.json');
  assert.deepStrictEqual(names.sort(), wanted.sort());
});

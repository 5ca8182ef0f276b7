// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { ROOT, run } = require('./command');

const DIRECTORY = path.join(ROOT, '.cache', 'tools');

/**
 * A program of crates.io, compiled with the dependencies of its own lock when it is first asked for: that takes minutes.
 *
 * @param {string} name
 * @param {string} version
 * @returns {string} Its path.
 * @throws {import('./command').StepFailed}
 */
function cargoTool(name, version) {
  const file = path.join(DIRECTORY, 'bin', name);
  const told = spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout;
  if (!told?.split(/\s/).includes(version)) {
    console.log(`Compiling ${name} ${version} (some minutes) …`);
    run('cargo', ['install', '--locked', '--version', version, '--root', DIRECTORY, name]);
  }
  return file;
}

module.exports = { cargoTool };

// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { main, ROOT, run } = require('../command');

const WHEELS = path.join(__dirname, '..', 'fetched', 'workflow_linters.txt');
const WORKFLOWS = path.join(ROOT, '.github', 'workflows');

/** The workflows are right by actionlint, and safe by zizmor. */
main(() => {
  const bin = linters();
  const files = fs.readdirSync(WORKFLOWS).map((name) => path.join(WORKFLOWS, name));
  run(path.join(bin, 'actionlint'), files);
  const offline = ['--offline', '--no-progress', '--quiet'];
  run(path.join(bin, 'zizmor'), [
    ...offline,
    '--persona',
    'pedantic',
    '--config',
    '.github/zizmor.yml',
    '.github',
  ]);
  console.log('The workflows are right and safe, as far as linters see.');
});

/** @returns {string} The folder of their programs, got from PyPI when they are first asked for. */
function linters() {
  const directory = path.join(ROOT, '.cache', 'fetched', 'workflow_linters');
  const python = path.join(directory, 'bin', 'python');
  if (!fs.existsSync(python)) run('python3', ['-m', 'venv', directory]);
  const options = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary', ':all:'];
  run(python, ['-m', 'pip', 'install', ...options, '--requirement', WHEELS]);
  return path.dirname(python);
}

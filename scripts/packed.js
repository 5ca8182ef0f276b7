// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { npm, ROOT, run } = require('./command');
const { packBoth } = require('./pack');

/** A project that has this package as users get it, and nothing else. */
const PROJECT = path.join(ROOT, '.cache', 'packed', 'project');

/** The package in it. */
const INSTALLED = path.join(PROJECT, 'node_modules', 'edge-downstream');

/** Packs this checkout, with the add-on of the last build, and installs what came of it into the project, made anew. */
async function installPacked() {
  const directory = path.dirname(PROJECT);
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(PROJECT, { recursive: true });
  const { root, platform } = await packBoth(directory);
  fs.writeFileSync(path.join(PROJECT, 'package.json'), '{ "private": true }\n');
  // Offline: the packages of other platforms are optional and left out; anything else that is asked for would be a
  // dependency, and there must be none.
  const quiet = ['--silent', '--no-audit', '--no-fund', '--no-update-notifier'];
  run(...npm(['install', '--offline', '--ignore-scripts', ...quiet, root, platform]), { cwd: PROJECT });
}

module.exports = { INSTALLED, installPacked, PROJECT };

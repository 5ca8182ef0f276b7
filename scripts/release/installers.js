// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * Who installs packages for people.
 *
 * @typedef {object} Installer
 * @property {string} name
 * @property {'npm' | 'registry'} list The folder of `scripts/fetched/` that brings it.
 * @property {string} script Relative to its `node_modules`.
 * @property {string[]} add Its words before the names of packages.
 * @property {string[]} [node] Its words before those of Node, where a bare `node` does not find what it installed.
 * @property {(directory: string, registry: string) => void} [settle] Writes its settings into a project.
 */

/** @type {Installer[]} */
const INSTALLERS = [
  { name: 'npm', list: 'npm', script: 'npm/bin/npm-cli.js', add: ['install', '--no-audit', '--no-fund'] },
  { name: 'pnpm', list: 'registry', script: 'pnpm/bin/pnpm.cjs', add: ['add'] },
  { name: 'yarn 1', list: 'registry', script: 'yarn/bin/yarn.js', add: ['add', '--non-interactive'] },
  {
    name: 'yarn 4, node_modules',
    list: 'registry',
    script: '@yarnpkg/cli-dist/bin/yarn.js',
    add: ['add'],
    settle: (directory, registry) => yarnSettings(directory, registry, 'node-modules'),
  },
  {
    name: "yarn 4, Plug'n'Play",
    list: 'registry',
    script: '@yarnpkg/cli-dist/bin/yarn.js',
    add: ['add'],
    node: ['node'],
    settle: (directory, registry) => yarnSettings(directory, registry, 'pnp'),
  },
];

/**
 * @param {string} directory
 * @param {string} registry
 * @param {string} nodeLinker
 */
function yarnSettings(directory, registry, nodeLinker) {
  const settings = {
    nodeLinker,
    npmRegistryServer: registry,
    unsafeHttpWhitelist: ['127.0.0.1'],
    enableTelemetry: false,
    enableGlobalCache: false,
    // It refuses what is younger than a day; here all is.
    npmMinimalAgeGate: 0,
  };
  // JSON is YAML, too.
  fs.writeFileSync(path.join(directory, '.yarnrc.yml'), JSON.stringify(settings, null, 2) + '\n');
}

module.exports = { INSTALLERS };

// @ts-check
'use strict';

/**
 * Preloaded by `npm run test:packed`: a module of `lib/`, whoever requires it, is the one of the installed bundles.
 */

const Module = require('node:module');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
// Not from `packed.js`, whose own requires would be in every process of every test.
const BUNDLES = path.join(
  ROOT,
  '.cache',
  'packed',
  'project',
  'node_modules',
  'edge-downstream',
  'lib',
  'bundle',
);

/** The functions that give the modules, by their files in the checkout. @type {Map<string, () => unknown>} */
const modules = new Map();
for (const bundle of fs.readdirSync(BUNDLES)) {
  for (const [file, give] of Object.entries(require(path.join(BUNDLES, bundle)))) {
    modules.set(path.join(ROOT, file), give);
  }
}

const extensions = /** @type {any} */ (Module)._extensions;
const load = extensions['.js'];
extensions['.js'] = (/** @type {NodeJS.Module} */ module, /** @type {string} */ filename) => {
  const give = modules.get(filename);
  if (give) module.exports = give();
  else load(module, filename);
};

// @ts-check
'use strict';

const moduleLoader = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

/**
 * Preloaded by `node -r edge-downstream/register app.js` or `node --import edge-downstream/register app.mjs`: from then
 * on the three names of the original SDK mean this package, for `require` and `import`, installed or not.
 *
 * Only the bare names are redirected. Files inside the originals, which no app should name, are left alone.
 */

/** @type {Map<string, string>} The name and the file that stands in for it. */
const redirected = new Map(
  ['azure-iot-device', 'azure-iot-device-mqtt', 'azure-iot-common'].map((name) => [
    name,
    path.join(__dirname, name.replaceAll('-', '_') + '.js'),
  ]),
);

const urls = new Map(Array.from(redirected, ([name, file]) => [name, pathToFileURL(file).href]));

/**
 * One synchronous hook for both module systems, in Node 22.15 and later.
 *
 * @param {(hooks: { resolve: Function }) => void} registerHooks
 */
function hook(registerHooks) {
  registerHooks({
    resolve(
      /** @type {string} */ specifier,
      /** @type {object} */ context,
      /** @type {Function} */ nextResolve,
    ) {
      const url = urls.get(specifier);
      return url ? { url, format: 'commonjs', shortCircuit: true } : nextResolve(specifier, context);
    },
  });
}

/**
 * Node 20 has a hook for `import` alone, so `require` is redirected where it looks names up.
 *
 * The hook for `import` starts a thread, which costs a script a tenth of a second and 11 MB, so it waits until it is
 * needed: for an ES module, or a CommonJS one that imports one of the names by `import()`.
 */
function hookSeparately() {
  const loader = /** @type {any} */ (moduleLoader);
  const resolveFilename = loader._resolveFilename;
  loader._resolveFilename = function (/** @type {string} */ request, /** @type {unknown[]} */ ...rest) {
    return redirected.get(request) ?? resolveFilename.call(this, request, ...rest);
  };
  if (isImported() || process.argv[1]?.endsWith('.mjs')) hookImport();
  else hookImportOnCall(loader.prototype);
}

/** By `--import` or an `import` statement: then there is no module that required this one. */
function isImported() {
  return !module.parent;
}

function hookImport() {
  moduleLoader.register('./register_hook.mjs', { parentURL: pathToFileURL(__filename), data: urls });
}

/** An `import()` of one of the names; one that computes the name wants `--import`. */
const IMPORT_CALL = /\bimport\s*\(\s*['"`]azure-iot-(device|device-mqtt|common)['"`]/;

/** @param {{ _compile: Function }} modules The prototype of CommonJS modules. */
function hookImportOnCall(modules) {
  const compile = modules._compile;
  modules._compile = function (/** @type {string} */ source, /** @type {unknown[]} */ ...rest) {
    if (IMPORT_CALL.test(source)) {
      modules._compile = compile;
      hookImport();
    }
    return compile.call(this, source, ...rest);
  };
}

const { registerHooks } = /** @type {any} */ (moduleLoader);
if (registerHooks) hook(registerHooks);
else hookSeparately();

// @ts-check
'use strict';

const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('./command');

/**
 * The bundles of the package, and which modules each holds. They lie as deep as the rooms of `lib/`, as some modules
 * look at what lies two folders up.
 */
const BUNDLES = [
  // What few processes run, and what would cost all of them a third of their start.
  { file: 'lib/bundle/doctor.js', holds: (/** @type {string} */ file) => ofDoctor(file) },
  { file: 'lib/bundle/https.js', holds: (/** @type {string} */ file) => ofHttps(file) },
  {
    file: 'lib/bundle/edge_downstream.js',
    holds: (/** @type {string} */ file) => !ofDoctor(file) && !ofHttps(file),
  },
];

/** Stay files of their own: the loader that is generated, and the hooks that tell Node where files lie. */
const UNBUNDLED = ['lib/native/binding.js', 'lib/compat/register.js', 'lib/compat/register_hook.mjs'];

/** The files that users name, and the one that the command runs. */
const ENTRIES = [
  'index.js',
  'lib/compat/azure_iot_common.js',
  'lib/compat/azure_iot_device.js',
  'lib/compat/azure_iot_device_mqtt.js',
  'lib/doctor/command_line.js',
];

/** Short lines, so that a stack still tells where. Characters. */
const LINE_LIMIT = 120;

/**
 * Puts `index.js` and `lib/` into a package as they are published: its modules in three files, which start in half
 * the time. Each module runs when it is first required, as it would alone; names stay, comments do not.
 *
 * @param {string} stage The folder of the package.
 */
async function bundleInto(stage) {
  const files = ['index.js', ...filesIn('lib', /\.js$/).filter((file) => !UNBUNDLED.includes(file))];
  for (const { file, holds } of BUNDLES) {
    const inside = files.filter(holds);
    const rows = inside.map((module) => `${quoted(module)}: () => require(${quoted(`./${module}`)}),\n`);
    const built = await esbuild.build({
      stdin: { contents: `module.exports = {\n${rows.join('')}};\n`, resolveDir: ROOT },
      plugins: [{ name: 'modules', setup: (build) => loadModules(build, holds) }],
      // As if it lay in the checkout, so that what stays outside is found from there.
      outfile: file,
      write: false,
      absWorkingDir: ROOT,
      bundle: true,
      platform: 'node',
      target: 'node20',
      charset: 'utf8',
      external: ['./lib/native/binding.js', './package.json', '@azure/storage-blob'],
      minifyWhitespace: true,
      lineLimit: LINE_LIMIT,
      logLevel: 'error',
    });
    write(stage, file, built.outputFiles[0].text);
  }
  for (const file of ENTRIES) write(stage, file, entry(file));
  for (const file of [...UNBUNDLED, ...filesIn('lib', /\.d\.ts$/), 'index.d.ts']) {
    write(stage, file, fs.readFileSync(path.join(ROOT, file), 'utf8'));
  }
}

/**
 * @param {esbuild.PluginBuild} build
 * @param {(file: string) => boolean} holds
 */
function loadModules(build, holds) {
  build.onLoad({ filter: /\.js$/ }, ({ path: absolute }) => {
    const file = path.relative(ROOT, absolute).replaceAll(path.sep, '/');
    // A module that another bundle holds is asked of it, so that there is one of each.
    if (!holds(file)) {
      return {
        contents: `module.exports = ${asked(file, `beside:${path.posix.basename(bundleOf(file))}`)};`,
      };
    }
    // In a function, as classes at the top of a module would get other names, which apps see.
    return { contents: `(() => {${fs.readFileSync(absolute, 'utf8')}})();` };
  });
  build.onResolve({ filter: /^beside:/ }, ({ path: name }) => ({
    path: name.replace('beside:', './'),
    external: true,
  }));
}

/**
 * @param {string} file
 * @returns {string} One that hands on the names of its namesake, so that ESM sees every one.
 */
function entry(file) {
  const names = Object.keys(require(path.join(ROOT, file)));
  const bundle = path.posix.relative(path.posix.dirname(file), bundleOf(file));
  const list = `{\n  ${names.join(',\n  ')},\n}`;
  const from = asked(file, bundle.startsWith('.') ? bundle : `./${bundle}`);
  return `'use strict';\n\nconst ${list} = ${from};\n\nmodule.exports = ${list};\n`;
}

/**
 * @param {string} file Of a module.
 * @param {string} bundle Where `require` finds the one that holds it.
 */
function asked(file, bundle) {
  return `require(${quoted(bundle)})[${quoted(file)}]()`;
}

/** @param {string} file */
function bundleOf(file) {
  return /** @type {(typeof BUNDLES)[number]} */ (BUNDLES.find(({ holds }) => holds(file))).file;
}

/** @param {string} file `diagnose.js` is the door in front of it, which every app passes. */
function ofDoctor(file) {
  return file.startsWith('lib/doctor/') && file !== 'lib/doctor/diagnose.js';
}

/** @param {string} file */
function ofHttps(file) {
  return /^lib\/(https|uploads)\//.test(file);
}

/** @param {string} text */
function quoted(text) {
  return JSON.stringify(text);
}

/**
 * @param {string} folder
 * @param {RegExp} pattern
 * @returns {string[]} Relative to the root, with slashes.
 */
function filesIn(folder, pattern) {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')))
    .filter((file) => pattern.test(file))
    .sort();
}

/**
 * @param {string} stage
 * @param {string} file
 * @param {string} text
 */
function write(stage, file, text) {
  const target = path.join(stage, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
}

module.exports = { BUNDLES, bundleInto };

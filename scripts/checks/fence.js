// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { main, ROOT, StepFailed } = require('../command');

/** The only room that may name the generated loader, and those that may name the add-on. */
const LOADER = 'lib/native.js';
const USERS_OF_NATIVE = [
  'lib/doctor/verifier.js',
  'lib/session.js',
  'lib/shared_access_signature.js',
  'lib/trust.js',
];

/** Who may know whom (ARCHITECTURE.md): core | binding | facade, and the gateway beside them. */
main(() => {
  const faults = [...core(), ...facade(), ...gateway()];
  if (faults.length > 0) throw new StepFailed(faults.join('\n'));
  console.log('Nobody reaches over the fences.');
});

/** The core knows nothing of Node. */
function core() {
  return ['Cargo.toml', ...files('src', /\.rs$/)].flatMap((file) =>
    /\bnapi/.test(read(file)) ? [`${file} names napi, which belongs to binding/`] : [],
  );
}

/** The package stands on Node alone; one door leads to the add-on. */
function facade() {
  return ['index.js', ...files('bin', /\.js$/), ...files('lib', /\.m?js$/)]
    .filter((file) => file !== 'lib/binding.js')
    .flatMap((file) => imports(file).flatMap((name) => facadeFault(file, name) ?? []));
}

/**
 * @param {string} file
 * @param {string} name
 * @returns {string | undefined}
 */
function facadeFault(file, name) {
  if (name.startsWith('node:')) return;
  if (!name.startsWith('.')) return `${file} depends on ${name}; users install nothing besides this package`;
  const target = resolve(file, name);
  if (target === 'lib/binding' && file !== LOADER) return `${file} requires the loader; ${LOADER} does`;
  if (target === 'lib/native' && !USERS_OF_NATIVE.includes(file)) return `${file} requires the add-on`;
  if (!target.startsWith('lib/') && !['package.json', 'index'].includes(target)) {
    return `${file} requires ${target}, which is not in the package`;
  }
}

/** The gateway is a package of its own. Its tests may name what they test it with. */
function gateway() {
  const { dependencies = {} } = JSON.parse(read('gateway/package.json'));
  return files('gateway', /\.m?js$/)
    .filter((file) => !file.startsWith('gateway/__test__/'))
    .flatMap((file) =>
      imports(file).flatMap((name) => {
        if (name.startsWith('node:') || packageOf(name) in dependencies) return [];
        if (name.startsWith('.') && resolve(file, name).startsWith('gateway/')) return [];
        return [`${file} requires ${name}, which is not in the gateway's package`];
      }),
    );
}

/** @param {string} name */
function packageOf(name) {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/**
 * @param {string} file
 * @returns {string[]} What it requires or imports at run time. Types in comments do not count.
 */
function imports(file) {
  const code = read(file).replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  const calls = /\b(?:require|import)\(\s*['"]([^'"]+)['"]\s*\)/;
  const statements = /^(?:import|export)\b[^'"]*\bfrom\s+'([^']+)'/;
  const found = code.matchAll(new RegExp(`${calls.source}|${statements.source}`, 'gm'));
  return Array.from(found, ([, called, from]) => called ?? from);
}

/**
 * @param {string} file
 * @param {string} name Relative to it.
 */
function resolve(file, name) {
  const target = path.posix.join(path.posix.dirname(file), name).replace(/\.js$/, '');
  return target === '.' ? 'index' : target;
}

/** @param {string} file */
function read(file) {
  return fs.readFileSync(path.join(ROOT, file), 'utf8');
}

/**
 * @param {string} folder
 * @param {RegExp} pattern
 * @returns {string[]} Relative to the root, with slashes.
 */
function files(folder, pattern) {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : files(name, pattern);
    return pattern.test(entry.name) ? [name] : [];
  });
}

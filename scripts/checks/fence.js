// @ts-check
'use strict';

const { main, ROOT, StepFailed } = require('../command');
const { coreRoomFaults } = require('./core_rooms');
const { roomFaults } = require('./rooms');
const { resolve, Sources } = require('./sources');

/** The only file that may name the generated loader, and those that may name the add-on. */
const LOADER = 'lib/native/add_on.js';
const USERS_OF_NATIVE = [
  'lib/authentication/shared_access_signature.js',
  'lib/doctor/verifier.js',
  'lib/https/verdict.js',
  'lib/session/bell.js',
  'lib/session/session.js',
  'lib/tls/client_certificate.js',
  'lib/tls/trust.js',
];

/** Who may name a package that apps may install besides. @type {Record<string, string>} */
const OPTIONAL = { 'lib/uploads/library.js': '@azure/storage-blob' };

/** The checkout to look at. */
const sources = new Sources(process.argv[2] ?? ROOT);

/** Who may know whom (ARCHITECTURE.md): core | binding | facade with its rooms, and the gateway beside them. */
main(() => {
  const faults = [...core(), ...coreRoomFaults(sources), ...facade(), ...roomFaults(sources), ...gateway()];
  if (faults.length > 0) throw new StepFailed(faults.join('\n'));
  console.log('Nobody reaches over the fences.');
});

/** The core knows nothing of Node. */
function core() {
  return ['Cargo.toml', ...sources.files('src', /\.rs$/)].flatMap((file) =>
    /\bnapi/.test(sources.read(file)) ? [`${file} names napi, which belongs to binding/`] : [],
  );
}

/** The package stands on Node alone; one door leads to the add-on. */
function facade() {
  return ['index.js', ...sources.files('bin', /\.js$/), ...sources.files('lib', /\.m?js$/)]
    .filter((file) => file !== 'lib/native/binding.js')
    .flatMap((file) => sources.imports(file).flatMap((name) => facadeFault(file, name) ?? []));
}

/**
 * @param {string} file
 * @param {string} name
 * @returns {string | undefined}
 */
function facadeFault(file, name) {
  if (name.startsWith('node:')) return;
  if (OPTIONAL[file] === name) return;
  if (!name.startsWith('.')) return `${file} depends on ${name}; users install nothing besides this package`;
  const target = resolve(file, name);
  if (target === 'lib/native/binding' && file !== LOADER)
    return `${file} requires the loader; ${LOADER} does`;
  if (target === 'lib/native/add_on' && !USERS_OF_NATIVE.includes(file)) return `${file} requires the add-on`;
  if (!target.startsWith('lib/') && !['package.json', 'index'].includes(target)) {
    return `${file} requires ${target}, which is not in the package`;
  }
}

/** The gateway is a package of its own. Its tests may name what they test it with. */
function gateway() {
  const { dependencies = {} } = JSON.parse(sources.read('gateway/package.json'));
  return sources
    .files('gateway', /\.m?js$/)
    .filter((file) => !file.startsWith('gateway/__test__/'))
    .flatMap((file) =>
      sources.imports(file).flatMap((name) => {
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

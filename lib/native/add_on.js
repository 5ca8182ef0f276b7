// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { failure } = require('../vocabulary/failure');

/**
 * The add-on. It lies beside this file in a checkout, else in the package of this platform, an optional dependency. The
 * generated loader, `binding.js`, finds it; what it says when there is none would not help the reader.
 */
module.exports = load();

/** @returns {typeof import('./binding')} */
function load() {
  try {
    return require('./binding');
  } catch (cause) {
    throw missing(/** @type {Error} */ (cause));
  }
}

/** @param {Error} loaderError */
function missing(loaderError) {
  // All that was tried, one the cause of the other. A file that is there and does not load is the one to tell of. The
  // loader keeps no codes.
  const tried = [];
  for (let each = /** @type {any} */ (loaderError.cause); each; each = each.cause) tried.push(each);
  const broken = tried.find((error) => !/^(Cannot find module|Unsupported )/.test(error.message));
  const message = broken
    ? `The add-on for ${platform()} does not load: ${broken.message}`
    : `There is no add-on for ${platform()}: ${remedy(false)}`;
  return failure(Error, 'ERR_IOT_NATIVE_MISSING', message, {
    hint: remedy(broken !== undefined),
    cause: saidBy(broken ?? tried.find(({ message }) => message.includes(platformName())) ?? loaderError),
  });
}

/**
 * The others of the chain are files that nobody expects to be there.
 *
 * @param {Error} error
 */
function saidBy({ message }) {
  const cause = new Error(message.split('\n', 1)[0]);
  cause.stack = undefined;
  return cause;
}

/** @param {boolean} broken There is a file, but not a fitting one. */
function remedy(broken) {
  if (process.env.NAPI_RS_NATIVE_LIBRARY_PATH) {
    return 'NAPI_RS_NATIVE_LIBRARY_PATH is set: it must name the add-on, or be unset.';
  }
  if (fs.existsSync(path.join(__dirname, '..', '..', 'Cargo.toml'))) {
    return 'this is a checkout; run `npm run build` in it, which needs Rust (https://rustup.rs).';
  }
  const { version, optionalDependencies } = /** @type {any} */ (require('../../package.json'));
  const name = `edge-downstream-${platformName()}`;
  if (broken) {
    return `install anew on this machine (delete node_modules, then npm install), and check that its C library is as new as ${name} asks for.`;
  }
  if (!optionalDependencies || name in optionalDependencies) {
    return `run \`npm install ${name}@${version}\`; it is left out by --omit=optional and when node_modules comes from another machine.`;
  }
  return `there is none published; build it from the sources of edge-downstream ${version} and name it in NAPI_RS_NATIVE_LIBRARY_PATH.`;
}

/** Such as `linux-x64 (glibc 2.36)`. */
function platform() {
  const { platform, arch } = process;
  if (platform !== 'linux') return `${platform}-${arch}`;
  const glibc = glibcVersion();
  return `${platform}-${arch} (${glibc ? `glibc ${glibc}` : 'musl'})`;
}

/** As the platform packages are named. */
function platformName() {
  const { platform, arch } = process;
  if (platform === 'win32') return `${platform}-${arch}-msvc`;
  if (platform !== 'linux') return `${platform}-${arch}`;
  const abi = (glibcVersion() ? 'gnu' : 'musl') + (arch === 'arm' ? 'eabihf' : '');
  return `${platform}-${arch}-${abi}`;
}

/** Node's own report tells the version of glibc exactly where there is a glibc. */
function glibcVersion() {
  return /** @type {any} */ (process.report.getReport()).header.glibcVersionRuntime;
}

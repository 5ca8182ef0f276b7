// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { environment, ROOT, run, StepFailed } = require('../command');
const { CACHE } = require('../toolchains/cache');
const { ensureSet } = require('../toolchains/fetch');
const { importLibrary } = require('./import_library');
const { floorFault } = require('./symbol_versions');
const { addOnOf, TARGETS } = require('./targets');

/**
 * Builds the add-on for another kind of machine, in release mode, and puts it where `addOnOf` says. zig compiles the C of
 * AWS-LC and links.
 *
 * @param {string} triple
 * @throws {StepFailed}
 */
function buildTarget(triple) {
  const target = TARGETS.find((each) => each.triple === triple);
  if (!target) {
    const known = TARGETS.map((each) => each.triple).join(', ');
    throw new StepFailed(`There is no way to build for ${triple} here. Known are ${known}`);
  }
  const zig = ensureSet('zig');
  const rust = rustFor(triple);
  const compile = ['zigbuild', '--release', '--package', 'edge-downstream-binding', ...rust.args];
  const which = ['--target', target.glibc ? `${triple}.${target.glibc}` : triple];
  const special = abiSettings(target, zig);
  const directory = path.join(CACHE, 'cross');
  run(zigbuild(zig), [...compile, ...which, ...special.args], {
    env: {
      ...environment,
      CARGO_TARGET_DIR: directory,
      CARGO_ZIGBUILD_CACHE_DIR: path.join(CACHE, 'toolchains', 'zigbuild'),
      CARGO_ZIGBUILD_ZIG_PATH: path.join(zig, 'ziglang', 'zig'),
      ZIG_GLOBAL_CACHE_DIR: path.join(CACHE, 'toolchains', 'zig-objects'),
      ZIG_LOCAL_CACHE_DIR: path.join(CACHE, 'toolchains', 'zig-objects'),
      ...rust.env,
      ...special.env,
    },
  });

  const name = target.abi === 'windows' ? 'edge_downstream_binding.dll' : 'libedge_downstream_binding.so';
  const made = path.join(directory, triple, 'release', name);
  const fault = target.glibc && floorFault(made, target.glibc);
  if (fault) throw new StepFailed(`${made} ${fault}`);
  const addOn = addOnOf(target);
  fs.mkdirSync(path.dirname(addOn), { recursive: true });
  // A new file: a process may still run the old.
  fs.rmSync(addOn, { force: true });
  fs.copyFileSync(made, addOn);
  console.log(`${path.relative(ROOT, addOn)}: ${fs.statSync(addOn).size} bytes`);
}

/**
 * The Rust of this machine, if it has the standard library of the target; else Debian's, which makes that too.
 *
 * @param {string} triple
 * @returns {{ args: string[], env: NodeJS.ProcessEnv }}
 */
function rustFor(triple) {
  const { stdout } = spawnSync('rustc', ['--print', 'target-libdir', '--target', triple], {
    encoding: 'utf8',
  });
  if (stdout && fs.existsSync(stdout.trim())) return { args: [], env: {} };
  const folder = path.join(ensureSet('rust'), 'usr');
  return {
    args: ['-Z', 'build-std=std,panic_unwind'],
    env: {
      CARGO: path.join(folder, 'bin', 'cargo'),
      LD_LIBRARY_PATH: path.join(folder, 'lib', 'x86_64-linux-gnu'),
      PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env.PATH}`,
      RUSTC: path.join(folder, 'bin', 'rustc'),
      // `-Z` is for compilers of the day; this one is as good.
      RUSTC_BOOTSTRAP: '1',
    },
  };
}

/**
 * @param {import('./targets').Target} target
 * @param {string} zig
 * @returns {{ args: string[], env: NodeJS.ProcessEnv }}
 */
function abiSettings({ abi }, zig) {
  switch (abi) {
    case 'musl':
      // Node brings musl; an add-on with its own would have two.
      return { args: [], env: { RUSTFLAGS: '-C target-feature=-crt-static' } };
    case 'windows':
      return {
        // Looks Node's functions up in the process, as builds for msvc do.
        args: ['--features', 'napi/dyn-symbols'],
        env: { LIBNODE_PATH: importLibrary(zig), AWS_LC_SYS_PREBUILT_NASM: '1' },
      };
    case 'gnu':
      return { args: [], env: {} };
  }
}

/**
 * @param {string} zig
 * @returns {string} The program, which its wheel keeps under its version.
 */
function zigbuild(zig) {
  const data = fs.readdirSync(zig).find((name) => /^cargo_zigbuild-.*\.data$/.test(name));
  return path.join(zig, data ?? '', 'scripts', 'cargo-zigbuild');
}

module.exports = { buildTarget };

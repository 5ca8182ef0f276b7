// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { environment, ROOT, StepFailed } = require('../command');
const { ADD_ON, COPY, write } = require('./copy');

/** What a check may take, a compilation included. Milliseconds. */
const LONGEST_MS = 900_000;

/**
 * Compiled apart from the project's own, and kept; not incrementally, because a compiler that was killed can leave a cache
 * behind that takes a fault for the original.
 */
const env = {
  ...environment,
  CARGO_TARGET_DIR: path.join(ROOT, '.cache', 'planted', 'target'),
  CARGO_INCREMENTAL: '0',
  // As the tests are compiled: what the add-on needs, too, is then compiled once.
  CARGO_PROFILE_DEV_OPT_LEVEL: '1',
  // Nobody debugs what is compiled for one run.
  CARGO_PROFILE_DEV_DEBUG: '0',
  CARGO_PROFILE_TEST_DEBUG: '0',
  RUST_BACKTRACE: '0',
};

/** Programs of the models: which of the first 2 000 meets a fault changes with each change of them. The core's is fast. */
const SCHEDULES = { core: '20000', facade: '6000' };

/**
 * Runs a check on the copy as it is.
 *
 * @param {import('./fault').Check} check
 * @param {boolean} needsAddOn The add-on is to be made of the copy's sources first.
 * @returns {{ passed: boolean, output: string }}
 * @throws {StepFailed} The copy does not compile.
 */
function runCheck(check, needsAddOn) {
  if ('cargo' in check) {
    compile(['test', '--lib', '--no-run']);
    const EDGE_MODEL_SCHEDULES = SCHEDULES.core;
    return outcome(start('cargo', ['test', '--lib', '--quiet', '--', check.cargo], { EDGE_MODEL_SCHEDULES }));
  }
  if (needsAddOn) buildAddOn();
  const EDGE_MODEL_SCHEDULES = SCHEDULES.facade;
  return outcome(
    start(process.execPath, ['--test', '--test-reporter=tap', check.node], { EDGE_MODEL_SCHEDULES }),
  );
}

/** A debug build: made in seconds, and its assertions hold. */
function buildAddOn() {
  compile(['build', '--package', 'edge-downstream-binding']);
  const library = { win32: 'edge_downstream_binding.dll', darwin: 'libedge_downstream_binding.dylib' };
  const built =
    library[/** @type {'win32' | 'darwin'} */ (process.platform)] ?? 'libedge_downstream_binding.so';
  write(ADD_ON, fs.readFileSync(path.join(env.CARGO_TARGET_DIR, 'debug', built)));
}

/** @param {string[]} args Of cargo. */
function compile(args) {
  const { passed, output } = outcome(start('cargo', [args[0], '--quiet', ...args.slice(1)]));
  if (!passed) throw new StepFailed(`The copy does not compile:\n${output}`);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [more]
 */
function start(command, args, more) {
  return spawnSync(command, args, {
    cwd: COPY,
    env: { ...env, ...more },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: LONGEST_MS,
  });
}

/** @param {import('node:child_process').SpawnSyncReturns<string>} result */
function outcome({ status, error, stdout, stderr }) {
  const late = /** @type {NodeJS.ErrnoException | undefined} */ (error)?.code === 'ETIMEDOUT';
  if (error && !late) throw new StepFailed(`A check cannot be run: ${error.message}`, { cause: error });
  return { passed: status === 0, output: `${stdout}${stderr}${late ? 'It did not end.' : ''}` };
}

module.exports = { runCheck };

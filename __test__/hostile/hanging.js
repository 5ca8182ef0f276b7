'use strict';

const { execFileSync, fork } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** A process under a resolver, and a disk, that never answer. */

const SOURCE = path.join(__dirname, 'hanging.c');

/** @returns {string | undefined} Why it cannot be had here. */
function whatIsMissing() {
  if (process.platform !== 'linux') return 'It takes Linux: a library is preloaded.';
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
  } catch {
    return 'There is no C compiler: apt-get install gcc libc6-dev';
  }
}

/**
 * Says loudly what is not tested, and fails in CI.
 *
 * @param {import('node:test').TestContext} t
 */
function skipUnlessHanging(t) {
  const missing = whatIsMissing();
  if (missing === undefined) return false;
  console.error(`NOT TESTED: ${t.name}. ${missing}`);
  if (process.env.CI) throw new Error(`CI must test it. ${missing}`);
  t.skip(missing);
  return true;
}

/**
 * @param {string} folder
 * @returns {string} The path of the library, to be preloaded.
 */
function buildHanging(folder) {
  const library = path.join(folder, 'hanging.so');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, SOURCE, '-ldl']);
  return library;
}

/**
 * @param {import('node:test').TestContext} t
 * @param {string} program
 * @param {NodeJS.ProcessEnv} [env]
 */
function forkHanging(t, program, env = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-hostile-'));
  const child = fork(program, { env: { ...process.env, ...env, LD_PRELOAD: buildHanging(folder) } });
  t.after(() => {
    child.kill('SIGKILL');
    fs.rmSync(folder, { recursive: true });
  });
  return { child, folder };
}

module.exports = { buildHanging, forkHanging, skipUnlessHanging };

// @ts-check
'use strict';

const { spawn } = require('node:child_process');
const { performance } = require('node:perf_hooks');

/**
 * The processes the bench started. None outlives it: whatever ends the bench, the `exit` handler kills those
 * that still run.
 *
 * @type {Set<import('node:child_process').ChildProcess>}
 */
const running = new Set();

/** @type {NodeJS.Signals[]} */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
ENDING_SIGNALS.forEach((signal, index) => {
  process.on(signal, () => process.exit([130, 143, 129][index]));
});

/**
 * What the measured programs see of our environment: nothing that changes how Node or a client behaves, such as
 * NODE_OPTIONS or DEBUG.
 */
const bareEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|TEMP|TMP|SystemRoot|LANG)$/i.test(name)),
);

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
function start(command, args, options) {
  const child = spawn(command, args, options);
  running.add(child);
  child.once('close', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, timeoutMs?: number, environment?: NodeJS.ProcessEnv, show?: boolean }} [options] `show`
 *   lets its standard error, where tools report progress, reach the screen
 * @returns {Promise<{ stdout: string, milliseconds: number }>}
 * @throws {Error & { stdout: string }} with what it wrote, when it does not end well and in time
 */
function run(command, args, options = {}) {
  const { cwd, timeoutMs = 180_000, environment = bareEnvironment, show = false } = options;
  return new Promise((resolve, reject) => {
    const before = performance.now();
    let milliseconds = 0;
    let stdout = '';
    let stderr = '';
    const child = start(command, args, {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', show ? 'inherit' : 'pipe'],
    });
    const timer = setTimeout(() => {
      stderr += `\nstopped after ${timeoutMs / 1000} s`;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout?.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.once('exit', () => (milliseconds = performance.now() - before));
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve({ stdout, milliseconds });
      const error = new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}\n${stderr.trim()}`);
      reject(Object.assign(error, { stdout }));
    });
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<void>} when it is gone
 */
function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}

module.exports = { run, start, stop, bareEnvironment };

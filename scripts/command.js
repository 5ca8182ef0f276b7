// @ts-check
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');

/**
 * What npm sets for the script it runs would tell a nested npm, in another directory, that it stands in this project.
 */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)/i.test(name)),
);

/** A step that did not succeed; it has said why on the screen. */
class StepFailed extends Error {}

/**
 * Runs a program to its end, on this screen.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @throws {StepFailed} It is missing or ended with another code than 0.
 */
function run(command, args, { cwd = ROOT, env = environment } = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd, env, stdio: 'inherit' });
  if (error) throw new StepFailed(`${command} cannot be run: ${error.message}`, { cause: error });
  if (status !== 0) throw new StepFailed(`${command} ${args[0]} ended with ${signal ?? status}`);
}

/**
 * The npm that runs us, where one does: `npm` itself is a shell script or, on Windows, a batch file.
 *
 * @param {string[]} args
 * @returns {[command: string, args: string[]]}
 */
function npm(args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}

/**
 * A tool of `node_modules`, run by this Node.
 *
 * @param {string} file Such as `typescript/bin/tsc`.
 * @param {string[]} args
 * @returns {[command: string, args: string[]]}
 */
function tool(file, args) {
  return [process.execPath, [path.join(ROOT, 'node_modules', file), ...args]];
}

/**
 * Runs the steps of a script; a step that fails ends it with exit code 1.
 *
 * @param {() => void | Promise<void>} steps
 */
async function main(steps) {
  try {
    await steps();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

module.exports = { environment, main, npm, ROOT, run, StepFailed, tool };

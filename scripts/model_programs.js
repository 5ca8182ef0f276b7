// @ts-check
'use strict';

const { execFile } = require('node:child_process');
const { environment, ROOT, StepFailed } = require('./command');

/** A failure tells all that happened. Bytes. */
const LONGEST_OUTPUT = 2 ** 28;

/**
 * How the programs of a model are run; which ones, the environment says.
 *
 * @type {Record<Model, [command: string, args: string[]]>}
 */
const MODELS = {
  core: ['cargo', ['test', '--lib', '--quiet', '--', 'session::model']],
  // Most of what programs make is soon garbage: with more room for it they take a sixth less time.
  facade: [process.execPath, ['--max-semi-space-size=64', '__test__/model/programs.js']],
};

/** @typedef {'core' | 'facade'} Model `src/session/model/` or `__test__/model/`. */

/**
 * Runs random programs in a process of their own.
 *
 * @param {Model} model
 * @param {{ first: number, count: number }} [programs] The seed of the first one, at least 1, and how many. By default what
 *   the environment says.
 * @returns {Promise<string>} What it prints.
 * @throws {StepFailed} One of them fails: the message tells its seed, and what happened.
 */
async function runPrograms(model, programs) {
  const [command, args] = MODELS[model];
  const options = { cwd: ROOT, env: environmentOf(programs), maxBuffer: LONGEST_OUTPUT };
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new StepFailed(`A program of the ${model} fails:\n${stdout}${stderr}`, { cause: error }));
    });
  });
}

/** @param {{ first: number, count: number }} [programs] */
function environmentOf(programs) {
  if (programs === undefined) return environment;
  const { EDGE_MODEL_SEED: _one, ...others } = environment;
  const { first, count } = programs;
  return { ...others, EDGE_MODEL_FIRST: String(first), EDGE_MODEL_SCHEDULES: String(count) };
}

module.exports = { runPrograms };

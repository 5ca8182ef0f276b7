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
  facade: [process.execPath, ['--test', '--test-reporter=tap', '__test__/model/facade.test.js']],
};

/** @typedef {'core' | 'facade'} Model `src/session/model/` or `__test__/model/`. */

/**
 * Runs random programs in a process of their own.
 *
 * @param {Model} model
 * @param {number} first The seed of the first one, at least 1.
 * @param {number} count
 * @throws {StepFailed} One of them fails: the message tells its seed, and what happened.
 */
async function runPrograms(model, first, count) {
  const [command, args] = MODELS[model];
  // `node --test` runs nothing inside of itself unless that is not known.
  const { NODE_TEST_CONTEXT: _inside, EDGE_MODEL_SEED: _one, ...others } = environment;
  const env = { ...others, EDGE_MODEL_FIRST: String(first), EDGE_MODEL_SCHEDULES: String(count) };
  await new Promise((resolve, reject) => {
    execFile(command, args, { cwd: ROOT, env, maxBuffer: LONGEST_OUTPUT }, (error, stdout, stderr) => {
      if (error === null) resolve(undefined);
      else reject(new StepFailed(`A program of the ${model} fails:\n${stdout}${stderr}`, { cause: error }));
    });
  });
}

module.exports = { runPrograms };

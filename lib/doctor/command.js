// @ts-check
'use strict';

const { version } = require('../../package.json');
const { HELP, readArguments } = require('./arguments');
const { examine } = require('./examination');
const { jsonPresentation } = require('./presentation/json');
const { terminalPresentation } = require('./presentation/terminal');

/**
 * How a report is shown: while it is made, and at its end.
 *
 * @typedef {object} Presentation
 * @property {(progress: import('../..').DiagnosisProgress) => void} progress
 * @property {(diagnosis: import('../..').Diagnosis) => void} end
 * @property {() => void} [abandon] The examination failed: leave the terminal as it was.
 */

/**
 * `edge-downstream doctor …`
 *
 * @param {string[]} args
 * @param {import('./command_line').Surroundings} surroundings
 * @returns {Promise<number>} The exit code. 0: all is well; 1: there is a problem; 2: the arguments are not understood.
 */
async function doctor(args, { stdout, stderr, env }) {
  /** @type {import('./arguments').Arguments} */
  let read;
  try {
    read = readArguments(args);
  } catch (error) {
    return misunderstood(stderr, /** @type {Error} */ (error));
  }
  if (read.help || read.version) {
    stdout.write(read.help ? HELP : `${version}\n`);
    return 0;
  }
  const presentation = read.json
    ? jsonPresentation(stdout)
    : terminalPresentation(stdout, { color: read.color, env });
  try {
    const diagnosis = await examine({ ...read.options, onProgress: presentation.progress }, { env });
    presentation.end(diagnosis);
    return diagnosis.healthy ? 0 : 1;
  } catch (error) {
    presentation.abandon?.();
    if (/^ERR_IOT_(OPTION|CONNECTION_STRING_MISSING)/.test(/** @type {any} */ (error).code)) {
      return misunderstood(stderr, /** @type {Error} */ (error));
    }
    throw error;
  }
}

/**
 * @param {NodeJS.WriteStream} stderr
 * @param {Error & { hint?: string }} error
 */
function misunderstood(stderr, { message, hint }) {
  // What is wrong stands last, where a terminal shows it.
  stderr.write(`${HELP}\n${message}.${hint ? ` ${hint}` : ''}\n`);
  return 2;
}

module.exports = { doctor };

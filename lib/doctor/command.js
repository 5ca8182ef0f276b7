// @ts-check
'use strict';

const { version } = require('../../package.json');
const { withoutSecrets } = require('../vocabulary/failure');
const { HELP, readArguments } = require('./arguments');
const { examine } = require('./examination');
const { EXIT_CODES } = require('./exit_codes');
const { jsonPresentation } = require('./presentation/json');
const { printable } = require('./presentation/printable');
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
 * @returns {Promise<number>} One of `EXIT_CODES`.
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
    return EXIT_CODES.well;
  }
  const presentation = read.json
    ? jsonPresentation(stdout)
    : terminalPresentation(stdout, { color: read.color, env });
  try {
    const diagnosis = await examine({ ...read.options, onProgress: presentation.progress }, { env });
    presentation.end(diagnosis);
    return diagnosis.healthy ? EXIT_CODES.well : EXIT_CODES.problem;
  } catch (error) {
    presentation.abandon?.();
    if (/^ERR_IOT_(OPTION|CONNECTION_STRING_MISSING)/.test(/** @type {any} */ (error)?.code)) {
      return misunderstood(stderr, /** @type {Error} */ (error));
    }
    stderr.write(`${ownFailure(/** @type {Error} */ (error))}\n`);
    return EXIT_CODES.noReport;
  }
}

/**
 * @param {Error} error One that nobody expected.
 * @returns {string} One line: what it is, and where it was thrown, for those who mend it.
 */
function ownFailure(error) {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const [, place] = /\bat .*?([^\\/( ]+:\d+:\d+)\)?$/m.exec(stack ?? '') ?? [];
  const what = printable(withoutSecrets(`${name}: ${message}`), ' ');
  return `The doctor itself failed, and says nothing of the device: ${what} (${place}). Please report this line.`;
}

/**
 * @param {NodeJS.WriteStream} stderr
 * @param {Error & { hint?: string }} error
 */
function misunderstood(stderr, { message, hint }) {
  // What is wrong stands last, where a terminal shows it.
  stderr.write(`${HELP}\n${message}.${hint ? ` ${hint}` : ''}\n`);
  return EXIT_CODES.misunderstood;
}

module.exports = { doctor };

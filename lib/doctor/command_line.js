// @ts-check
'use strict';

const { EXIT_CODES } = require('./exit_codes');

const HELP = `Usage: edge-downstream <command>

    doctor    says why this device cannot connect to its IoT Edge gateway

edge-downstream doctor --help says more; edge-downstream --version tells the version.
`;

/**
 * What a command needs of the process.
 *
 * @typedef {object} Surroundings
 * @property {NodeJS.WriteStream} stdout
 * @property {NodeJS.WriteStream} stderr
 * @property {NodeJS.ProcessEnv} env
 * @property {string | number | null | undefined} [exitCode]
 * @property {(code: number) => void} exit
 */

/** By name. Loaded when called. @type {Record<string, () => (args: string[], surroundings: Surroundings) => Promise<number>>} */
const COMMANDS = {
  doctor: () => require('./command').doctor,
};

/**
 * `edge-downstream <command> …`. Ends with the exit code of the command.
 *
 * @param {string[]} args
 * @param {Surroundings} surroundings
 */
async function main([name, ...args], surroundings) {
  surroundings.stdout.on('error', (error) => {
    // Whoever read has seen enough, as in `edge-downstream doctor … | head`.
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EPIPE') return surroundings.exit(EXIT_CODES.pipe);
    const why = code === 'ENOSPC' ? 'the disk is full' : error.message;
    surroundings.stderr.write(`The report cannot be written: ${why} (${code}).\n`, () =>
      surroundings.exit(EXIT_CODES.noReport),
    );
  });
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name]() : undefined;
  const code = command ? await command(args, surroundings) : help(name, surroundings);
  // Written before the end; and what a resolver still waits for must not hold up anybody.
  surroundings.exitCode = code;
  surroundings.stdout.write('', (error) => {
    // What cannot be written is told above.
    if (!error) surroundings.stderr.write('', () => surroundings.exit(code));
  });
}

/**
 * @param {string | undefined} name
 * @param {Surroundings} surroundings
 */
function help(name, { stdout, stderr }) {
  if (name === '--version' || name === '-v') {
    stdout.write(`${require('../../package.json').version}\n`);
    return EXIT_CODES.well;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    stdout.write(HELP);
    return EXIT_CODES.well;
  }
  // Not shown: it may well be a connection string.
  stderr.write(`${HELP}\nThere is no such command.\n`);
  return EXIT_CODES.misunderstood;
}

module.exports = { main };

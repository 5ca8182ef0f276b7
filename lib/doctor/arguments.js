// @ts-check
'use strict';

const { parseArgs } = require('node:util');
const { PROTOCOLS } = require('./protocols');
const { readSourceFile } = require('./source_file');

const HELP = `Usage: edge-downstream doctor [<connection string> | <file>] [options]

Walks the way to the gateway step by step and says what is wrong, the most
likely cause first, and what to do. It connects as the device, so an app that is
connected under the same id is disconnected for a moment.

The connection string is the argument, or in the file it names, or in
IOTHUB_DEVICE_CONNECTION_STRING. Other users of this machine can read arguments
while the command runs.

    --ca <file>           the root certificate to trust; otherwise the file
                          PATH_TO_EDGE_CA_CERT names, otherwise the roots of
                          the operating system
    --cert <file>         the certificate of a device with x509=true, and those
                          above it; otherwise PATH_TO_CERTIFICATE_FILE
    --key <file>          its private key; otherwise PATH_TO_KEY_FILE. If it is
                          encrypted, KEY_PASSPHRASE_OR_EMPTY has the passphrase
    --protocol <name>     ${PROTOCOLS.map(({ name }) => name).join(', ')} (mqtt); amqp, which the client does not
                          speak, is examined as far as TLS
    --proxy <url>         the HTTP proxy to go through, or none; otherwise the
                          one of HTTPS_PROXY and NO_PROXY. A password is better
                          off there
    --send                send one message, which is real telemetry
    --timeout <seconds>   how long to wait for the answer to CONNECT (120)
    --json                the report as JSON (Diagnosis in index.d.ts)
    --no-color            no colours
    --version             the version of this package
    --help                this text

Exit code 0: all is well; 1: there is a problem; 2: not understood; 3: there is
no report, as the doctor itself failed or it cannot be written.
`;

/**
 * @typedef {object} Arguments
 * @property {import('../..').DiagnoseOptions} options
 * @property {boolean} help
 * @property {boolean} version
 * @property {boolean} json
 * @property {boolean} color
 */

/**
 * @param {string[]} args
 * @returns {Arguments}
 * @throws {Error} They are not understood. The message shows no values, which may be secrets.
 */
function readArguments(args) {
  const { values, positionals } = parse(args);
  if (positionals.length > 1) {
    throw new Error(
      'There is more than one argument; a connection string goes in quotes, as it contains semicolons',
    );
  }
  const {
    help = false,
    version = false,
    json = false,
    'no-color': noColor = false,
    timeout,
    proxy,
    ...rest
  } = values;
  return {
    help,
    version,
    json,
    color: !noColor,
    options: {
      ...(positionals.length > 0 && { connectionString: sourceOf(positionals[0]) }),
      .../** @type {any} */ (rest),
      ...(proxy !== undefined && { proxy: proxy === 'none' ? false : proxy }),
      ...(timeout !== undefined && { timeout: milliseconds(timeout) }),
    },
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        ca: { type: 'string' },
        cert: { type: 'string' },
        key: { type: 'string' },
        protocol: { type: 'string' },
        proxy: { type: 'string' },
        send: { type: 'boolean' },
        timeout: { type: 'string' },
        json: { type: 'boolean' },
        'no-color': { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Node's words name the option, which a connection string that begins with a dash would be.
    const { message } = /** @type {Error} */ (error);
    throw new Error(/SharedAccess/.test(message) ? 'An argument is not understood' : message.split('. ')[0], {
      cause: error,
    });
  }
}

/** @param {string} argument */
function sourceOf(argument) {
  return /HostName|SharedAccess|;/i.test(argument) ? argument : readSourceFile(argument);
}

/** @param {string} seconds */
function milliseconds(seconds) {
  const value = Number(seconds);
  if (value > 0 && value <= 86_400) return value * 1000;
  throw new Error(`--timeout is '${seconds.slice(0, 20)}', not a number of seconds up to 86400`);
}

module.exports = { HELP, readArguments };

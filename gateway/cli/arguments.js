// @ts-check
'use strict';

const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { isHost } = require('../control/authority');
const { isClientId } = require('./client_id');
const { UsageError } = require('./usage_error');

const HELP = `A local Azure IoT Edge gateway, and the cloud behind it. Shows what devices do until Ctrl-C.

    npx edge-downstream-gateway [options]

    --device <id>           a device, or a module as <device>/<module>; may be repeated (device1)
    --host <name>           name or address that devices connect to, in the certificate; may be repeated (localhost)
    --port <number>         for MQTT; 0 takes any free one (8883)
    --websocket-port <number>  for WebSockets and HTTPS (the same port)
    --listen <address>      address to listen on, such as 0.0.0.0 for others on the network (127.0.0.1, this machine)
    --certificate <variant> how the certificates are: good, or at fault in some way (--list shows which)
    --cert <file>           use this certificate chain instead (PEM, server certificate first)
    --key <file>            private key of --cert (PEM)
    --root <file>           the root that devices must trust with --cert
    --fault <fault>         misbehave, such as publish#3=cut-before-puback; may be repeated (--list shows which)
    --offline               begin without a link to the cloud
    --strict                as strict as IoT Hub, where edgeHub is lenient
    --hub                   be IoT Hub itself: devices connect without a gateway, and upload files
    --config <file>         JSON with any option of startGateway(); what is said here goes before it
    --directory <path>      where certificates and keys are kept from one start to the next
    --journal <form>        what is shown: text, or json, an object a line (text)
    --no-color              no colours, also in a terminal
    --list                  the certificate variants and the faults
    --version               the version of this package
    --help                  this text

While it runs it takes commands from its standard input; "help" lists them.
Exit code 0: stopped; 1: it could not start, or went wrong; 2: an option or a file is wrong.`;

/**
 * What the command line asks for; what is undefined was not said.
 * @typedef {object} Arguments
 * @property {string[] | undefined} devices client ids
 * @property {string[] | undefined} hosts
 * @property {number | undefined} port
 * @property {number | undefined} webSocketPort
 * @property {string | undefined} listen
 * @property {string | undefined} variant
 * @property {{ cert: string, key: string, root: string | undefined } | undefined} files
 * @property {string[]} faults not yet read
 * @property {true | undefined} offline
 * @property {true | undefined} strict
 * @property {boolean} hub
 * @property {string | undefined} config file
 * @property {string} directory
 * @property {'text' | 'json'} journal
 * @property {boolean} color allowed
 */

/**
 * @param {string[]} args
 * @returns {'help' | 'list' | 'version' | Arguments}
 * @throws {UsageError} names the option and its value
 */
function readArguments(args) {
  const values = parse(args);
  for (const name of /** @type {const} */ (['help', 'list', 'version'])) if (values[name]) return name;
  return {
    devices: values.device?.map(clientId),
    hosts: values.host?.map((host) => hostOf('--host', host)),
    port: portOf('--port', values.port),
    webSocketPort: portOf('--websocket-port', values['websocket-port']),
    listen: values.listen === undefined ? undefined : hostOf('--listen', values.listen),
    variant: values.certificate,
    files: filesOf(values),
    faults: values.fault ?? [],
    offline: values.offline ? true : undefined,
    strict: values.strict ? true : undefined,
    hub: values.hub === true,
    config: values.config,
    directory: path.resolve(values.directory ?? path.join(os.tmpdir(), `edge-downstream-gateway-${user()}`)),
    journal: journalOf(values.journal),
    color: !values['no-color'],
  };
}

/**
 * @param {string[]} args
 */
function parse(args) {
  const values = parsed(args);
  for (const [name, value] of Object.entries(values)) {
    // What a variable leaves behind that is not set.
    if ([value].flat().includes('')) throw new UsageError(`--${name} is empty`);
  }
  return values;
}

/**
 * @param {string[]} args
 */
function parsed(args) {
  try {
    return parseArgs({
      args,
      options: {
        device: { type: 'string', multiple: true },
        host: { type: 'string', multiple: true },
        port: { type: 'string' },
        'websocket-port': { type: 'string' },
        listen: { type: 'string' },
        certificate: { type: 'string' },
        cert: { type: 'string' },
        key: { type: 'string' },
        root: { type: 'string' },
        fault: { type: 'string', multiple: true },
        offline: { type: 'boolean' },
        strict: { type: 'boolean' },
        hub: { type: 'boolean' },
        config: { type: 'string' },
        directory: { type: 'string' },
        journal: { type: 'string' },
        'no-color': { type: 'boolean' },
        list: { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {string} text
 */
function clientId(text) {
  if (isClientId(text)) return text;
  throw new UsageError(`--device '${text}' is no device id, nor a device and a module as 'edge1/filter'`);
}

/**
 * @param {string} option
 * @param {string} text
 */
function hostOf(option, text) {
  if (isHost(text)) return text;
  throw new UsageError(`${option} '${text}' is no name or address; it goes without scheme, port and path`);
}

/**
 * @param {string} option
 * @param {string} [text]
 */
function portOf(option, text) {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new UsageError(`${option} '${text}' is not a number from 0 to 65535`);
}

/**
 * @param {string} [form]
 */
function journalOf(form = 'text') {
  if (form === 'text' || form === 'json') return form;
  throw new UsageError(`--journal '${form}' is neither text nor json`);
}

/**
 * @param {{ cert?: string, key?: string, root?: string, certificate?: string }} values
 */
function filesOf({ cert, key, root, certificate }) {
  if (cert === undefined && key === undefined && root === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new UsageError('--cert and --key belong together');
  if (certificate !== undefined)
    throw new UsageError('--certificate makes certificates, --cert brings them: give one');
  return { cert, key, root };
}

/** So that two people on one machine do not meet in one directory. */
function user() {
  try {
    return os.userInfo().username;
  } catch {
    return 'nobody';
  }
}

module.exports = { HELP, readArguments };

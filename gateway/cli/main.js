// @ts-check
'use strict';

const net = require('node:net');
const readline = require('node:readline');
const { HELP, readArguments } = require('./arguments');
const { painter, showsColors } = require('./colors');
const { obey } = require('./commands');
const { needsHostsEntry } = require('./hosts_file');
const { JsonFace } = require('./json_face');
const { Keeping } = require('./keeping');
const { listText } = require('./list');
const { Screen } = require('./screen');
const { settingsOf } = require('./settings');
const { TextFace } = require('./text_face');
const { UsageError } = require('./usage_error');
const { legible } = require('../encoding/legible');
const { startGateway, startHub } = require('../start');
const { version } = require('../package.json');

/**
 * @typedef {import('./arguments').Arguments} Arguments
 * @typedef {import('./text_face').Face} Face
 */

/** Whatever Node takes for the longest interval. */
const FOREVER_MS = 2 ** 31 - 1;

/**
 * The command line of the gateway; runs until a signal or a command ends it.
 * @param {string[]} words
 * @returns {Promise<number>} exit code
 */
async function main(words) {
  // Nobody reads: no reason to fail. While a gateway runs, it ends it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    const args = readArguments(words);
    if (args === 'help') write(`${HELP}\n`);
    else if (args === 'list') write(`${listText()}\n`);
    else if (args === 'version') write(`${version}\n`);
    else return await run(args);
    return 0;
  } catch (error) {
    process.stderr.write(`edge-downstream-gateway: ${legible(describe(error))}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/**
 * @param {Arguments} args
 * @returns {Promise<number>} exit code
 */
async function run(args) {
  const keeping = new Keeping(args.directory);
  const settings = await settingsOf(args, keeping);
  const gateway = await start(settings.options, args);
  const rootFile = await writeRoot(gateway, keeping);
  const stop = new Stop();
  const face = faceFor(args);
  face.started({
    gateway,
    settings,
    rootFile,
    args,
    loopback: isLoopback(gateway.host),
    needsHostsEntry: needsHostsEntry(gateway.hostname),
  });
  face.watch(gateway);
  let exitCode = 0;
  // Whatever goes wrong for one device, the others are served.
  process.on('uncaughtException', (error) => {
    exitCode = 1;
    face.failed(error);
  });
  process.stdout.on('error', () => stop.now('the end of its output'));
  const workplace = { gateway, keeping, faults: [...settings.faults], quit: () => stop.now('quit') };
  const commands = listen((line) => command(workplace, line, face));
  const by = await stop.asked;
  commands.close();
  await gateway.close();
  face.ended(by);
  return exitCode;
}

/**
 * @param {import('../index').GatewayOptions} options
 * @param {Arguments} args
 */
async function start(options, { config, hub }) {
  try {
    return await (hub ? startHub(options) : startGateway(options));
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError))
      throw new Error(describe(error, options), { cause: error });
    throw new UsageError(config === undefined ? error.message : `config '${config}': ${error.message}`);
  }
}

/**
 * @param {import('../index').Gateway} gateway which does not go on without it
 * @param {Keeping} keeping
 * @returns {Promise<string>} path of the file
 */
async function writeRoot(gateway, keeping) {
  try {
    return keeping.writeRoot(gateway.rootPem);
  } catch (error) {
    await gateway.close();
    throw error;
  }
}

/**
 * @param {Arguments} args
 * @returns {Face}
 */
function faceFor({ journal, color }) {
  if (journal === 'json') return new JsonFace(write);
  const paint = painter(color && showsColors(process.stdout, process.env));
  return new TextFace(new Screen(write, paint), !process.stdin.isTTY);
}

/**
 * @param {import('./commands').Workplace} workplace
 * @param {string} line
 * @param {Face} face
 */
async function command(workplace, line, face) {
  if (line.trim() === '') return;
  try {
    face.obeyed(line, await obey(workplace, line));
  } catch (error) {
    face.refused(line, describe(error));
  }
}

/**
 * @param {(line: string) => void} onLine
 */
function listen(onLine) {
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', onLine);
  // A signal ends this program, not an input that ended.
  process.stdin.unref?.();
  return lines;
}

/** Ends the program once: a signal, a command, or nobody left who reads what it shows. */
class Stop {
  /** @type {(by: string) => void} */
  now = () => {};
  /** @type {Promise<string>} by what */
  asked = new Promise((resolve) => {
    const alive = setInterval(() => {}, FOREVER_MS);
    this.now = (by) => {
      clearInterval(alive);
      resolve(by);
    };
  });

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => this.now(signal));
  }
}

/**
 * @param {string} host
 */
function isLoopback(host) {
  return host === 'localhost' || host === '::1' || (net.isIPv4(host) && host.startsWith('127.'));
}

/**
 * @param {unknown} error
 * @param {import('../index').GatewayOptions} [options] of a gateway that did not start
 */
function describe(error, options = {}) {
  const { code, message, port } = /** @type {NodeJS.ErrnoException & { port?: number }} */ (error);
  const option = port === options.webSocketPort ? '--websocket-port' : '--port';
  if (port && code === 'EADDRINUSE') return `port ${port} is in use; ${option} names another, 0 any free one`;
  if (port && code === 'EACCES') return `port ${port} is not allowed to this user; ${option} names another`;
  return message;
}

/**
 * @param {string} text
 */
function write(text) {
  process.stdout.write(text);
}

module.exports = { main };

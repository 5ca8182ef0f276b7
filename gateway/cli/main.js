// @ts-check
'use strict';

const { once } = require('node:events');
const readline = require('node:readline');
const { HELP, readArguments } = require('./arguments');
const { banner } = require('./banner');
const { painter, showsColors } = require('./colors');
const { obey } = require('./commands');
const { Journal } = require('./journal');
const { Keeping } = require('./keeping');
const { listText } = require('./list');
const { UsageError } = require('./usage_error');
const { createChain } = require('../certificates/chain');
const { readChain } = require('../certificates/own_chain');
const { readFaults } = require('../faults/notation');
const { startGateway } = require('../gateway');

/**
 * @typedef {import('./arguments').Arguments} Arguments
 */

/**
 * The command line of the gateway; runs until a signal comes.
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
async function main(args) {
  try {
    const options = readArguments(args);
    if (options === 'help') print(HELP);
    else if (options === 'list') print(listText());
    else await run(options);
    return 0;
  } catch (error) {
    console.error(`edge-downstream-gateway: ${describe(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/**
 * @param {Arguments} options
 */
async function run(options) {
  const keeping = new Keeping(options.directory);
  const gateway = await start(options, keeping);
  const stopping = stopped();
  const paint = painter(options.color && showsColors(process.stdout, process.env));
  const rootFile = keeping.writeRoot(gateway.rootPem);
  print(banner({ gateway, devices: options.devices, rootFile, options }, paint), '');
  const journal = new Journal(print, paint);
  journal.watch(gateway);
  const commands = listen((line) =>
    obey(gateway, line).then(
      (answer) => answer && print(answer),
      (error) => print(paint('red', describe(error))),
    ),
  );
  const signal = await stopping;
  commands.close();
  journal.stop();
  await gateway.close();
  print('', `Stopped by ${signal}.`);
}

/**
 * @param {Arguments} options
 * @param {Keeping} keeping
 */
async function start(options, keeping) {
  const { devices, listen: host, port, webSocketPort, offline, strict } = options;
  const chain = await chainFor(options, keeping);
  const keys = keeping.keys(devices);
  const faults = asUsage(() => readFaults(options.faults));
  return startGateway({
    chain,
    host,
    port,
    webSocketPort,
    offline,
    strict,
    faults,
    keep: 0,
    devices: deviceOptions(devices, keys),
  });
}

/**
 * @param {Arguments} options
 * @param {Keeping} keeping
 */
async function chainFor({ files, variant, hosts }, keeping) {
  if (files) return asUsage(() => readChain(files));
  if (variant === undefined) return keeping.chain(hosts ?? ['localhost']);
  try {
    return await createChain({ variant: /** @type {any} */ (variant), host: hosts });
  } catch (error) {
    throw new UsageError(`--certificate '${variant}': ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * @param {string[]} ids client ids; the device of a module need not be among them
 * @param {ReturnType<Keeping['keys']>} keys
 * @returns {import('../index').DeviceOptions[]}
 */
function deviceOptions(ids, keys) {
  /** @type {Map<string, import('../index').DeviceOptions>} */
  const devices = new Map();
  for (const id of ids) {
    const [deviceId, moduleId] = id.split('/');
    const device = devices.get(deviceId) ?? { deviceId, modules: [] };
    devices.set(deviceId, device);
    if (moduleId === undefined) Object.assign(device, keys[id]);
    else device.modules?.push({ moduleId, ...keys[id] });
  }
  return [...devices.values()];
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

/** @returns {Promise<string>} the signal */
async function stopped() {
  const alive = setInterval(() => {}, 2 ** 31 - 1);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const signal = await Promise.race(signals.map((name) => once(process, name).then(() => name)));
  clearInterval(alive);
  return signal;
}

/**
 * @template T
 * @param {() => T} action
 * @returns {T}
 */
function asUsage(action) {
  try {
    return action();
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {unknown} error
 */
function describe(error) {
  const { code, message, port } = /** @type {NodeJS.ErrnoException & { port?: number }} */ (error);
  if (code === 'EADDRINUSE') return `port ${port} is in use; --port names another, 0 any free one`;
  if (code === 'EACCES') return `port ${port} is not allowed to this user; --port names another`;
  return message;
}

/**
 * @param {string[]} lines
 */
function print(...lines) {
  process.stdout.write(lines.join('\n') + '\n');
}

module.exports = { main };

// @ts-check
'use strict';

const { createChain } = require('../certificates/chain');
const { readChain } = require('../certificates/own_chain');
const { isHost } = require('../control/authority');
const { requireValue } = require('../control/values');
const { readFaults } = require('../faults/notation');
const { Scope } = require('../identity/scope');
const { readConfig } = require('./config');
const { UsageError } = require('./usage_error');

/**
 * @typedef {import('./arguments').Arguments} Arguments
 * @typedef {import('./keeping').Keeping} Keeping
 * @typedef {import('../index').GatewayOptions} GatewayOptions
 * @typedef {import('../index').DeviceOptions} DeviceOptions
 */

/**
 * @typedef {object} Settings
 * @property {GatewayOptions} options
 * @property {string[]} shown client ids that somebody named
 * @property {string[]} faults in force at the start, in words
 */

/** Of whom there is one if nobody names any. */
const USUAL_DEVICE = 'device1';

/**
 * What is to be started: the options of the command line, then those of the config file, then the usual ones.
 * @param {Arguments} args
 * @param {Keeping} keeping
 * @returns {Promise<Settings>}
 * @throws {UsageError}
 */
async function settingsOf(args, keeping) {
  const config = args.config === undefined ? { options: {}, faults: [] } : readConfig(args.config);
  const { devices: named = [], chain, hostname, host, port, webSocketPort, faults, ...rest } = config.options;
  asUsage(() => check(named, hostname), `config '${args.config}': `);
  const shown = [...(args.devices ?? []), ...named.flatMap(idsOf)];
  if (shown.length === 0) shown.push(USUAL_DEVICE);
  const options = {
    keep: 0,
    ...rest,
    hostname: args.hosts?.[0] ?? hostname,
    chain: await chainFor(args, chain, hostname, keeping),
    host: args.listen ?? host ?? '127.0.0.1',
    port: args.port ?? port ?? 8883,
    webSocketPort: args.webSocketPort ?? webSocketPort ?? 'same',
    offline: args.offline ?? rest.offline,
    strict: args.strict ?? rest.strict,
    faults: args.faults.length > 0 ? asUsage(() => readFaults(args.faults)) : faults,
    devices: withKeys(named, shown, keeping),
  };
  return {
    options,
    shown: [...new Set(shown)],
    faults: args.faults.length > 0 ? args.faults : config.faults,
  };
}

/**
 * @param {Arguments} args
 * @param {import('../index').Chain | undefined} chain of the config file
 * @param {string | undefined} hostname of the config file
 * @param {Keeping} keeping
 */
async function chainFor({ files, variant, hosts, hub }, chain, hostname, keeping) {
  if (files) return asUsage(() => readChain(files));
  if (variant === undefined)
    return chain ?? keeping.chain(hosts ?? (hostname === undefined ? ['localhost'] : [hostname]), { hub });
  try {
    return await createChain({ variant: /** @type {any} */ (variant), host: hosts ?? hostname });
  } catch (error) {
    throw new UsageError(`--certificate '${variant}': ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * @param {DeviceOptions} device
 * @returns {string[]} client ids
 */
function idsOf({ deviceId, modules = [] }) {
  return [deviceId, ...modules.map(({ moduleId }) => `${deviceId}/${moduleId}`)];
}

/**
 * The devices of the config file and those that were only named, with keys that outlive this run.
 * @param {DeviceOptions[]} named
 * @param {string[]} ids client ids; the device of a module need not be among them
 * @param {Keeping} keeping
 * @returns {DeviceOptions[]}
 */
function withKeys(named, ids, keeping) {
  const all = named.map((each) => ({ ...each, modules: [...(each.modules ?? [])] }));
  for (const id of ids) {
    const [deviceId, moduleId] = id.split('/');
    let device = all.find((each) => each.deviceId === deviceId);
    if (!device) all.push((device = { deviceId, modules: [] }));
    if (moduleId !== undefined && !device.modules.some((each) => each.moduleId === moduleId))
      device.modules.push({ moduleId });
  }
  const without = all.flatMap((device) => [
    ...(hasSecret(device) ? [] : [device.deviceId]),
    ...device.modules.filter((each) => !hasSecret(each)).map((each) => `${device.deviceId}/${each.moduleId}`),
  ]);
  const keys = keeping.keys(without);
  return all.map((device) => ({
    ...keys[device.deviceId],
    ...device,
    modules: device.modules.map((each) => ({ ...keys[`${device.deviceId}/${each.moduleId}`], ...each })),
  }));
}

/**
 * @param {{ primaryKey?: string, x509?: unknown }} options
 */
function hasSecret({ primaryKey, x509 }) {
  return primaryKey !== undefined || x509 !== undefined;
}

/**
 * What is used before startGateway() looks at it.
 * @param {unknown} devices
 * @param {unknown} hostname
 * @throws {TypeError | RangeError} names what cannot be
 */
function check(devices, hostname) {
  if (hostname !== undefined) requireValue('startGateway', { hostname }, 'a name or an address', isHost);
  if (!Array.isArray(devices)) throw new TypeError('devices is no array');
  const scope = new Scope();
  devices.forEach((device) => scope.add(device));
}

/**
 * @template T
 * @param {() => T} action
 * @param {string} [where] before the words of its error
 * @returns {T}
 */
function asUsage(action, where = '') {
  try {
    return action();
  } catch (error) {
    throw new UsageError(`${where}${/** @type {Error} */ (error).message}`);
  }
}

module.exports = { settingsOf };

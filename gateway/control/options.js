// @ts-check
'use strict';

const { inspect } = require('node:util');
const { readCertificates } = require('../identity/trust_bundle');
const { hubLimitsOf, limitsOf } = require('./limits');

/** What may be asked for; edgeHub has the latter two. */
const VERSIONS = ['TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/**
 * @typedef {import('../index').GatewayOptions} GatewayOptions
 *
 * Options with their defaults. `hostname` and `chain` are absent where they follow from each other.
 * @typedef {ReturnType<typeof readOptions>} Settings
 */

/** What a gateway has and the hub itself has not: a device that it runs on, and a way to the cloud. */
const OF_GATEWAYS = [
  'hubHostName',
  'edgeDeviceId',
  'routes',
  'workloadSocket',
  'workloadPort',
  'offline',
  'strict',
];
/** What a hub is asked for, unless somebody says otherwise. */
const OF_HUB = { webSocketPort: /** @type {const} */ ('same'), strict: true };

/**
 * @param {import('../index').HubOptions} options
 * @returns {Settings}
 * @throws {TypeError} an option or limit is unknown or has a value it cannot have
 */
function readHubOptions(options) {
  // What is undefined was not said: it must not hide what a hub has instead of a gateway.
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const [name] = given.find(([each]) => OF_GATEWAYS.includes(each)) ?? [];
  if (name !== undefined) throw new TypeError(`startHub: option '${name}' is of gateways`);
  const { hostname = options.chain?.host ?? 'localhost', limits } = options;
  return {
    ...readOptions(
      { ...OF_HUB, ...Object.fromEntries(given), hostname, hubHostName: hostname },
      'startHub',
    ),
    hub: true,
    limits: hubLimitsOf(limits),
  };
}

/**
 * @param {GatewayOptions} options
 * @param {string} [asked] by what function, for the words of errors
 * @throws {TypeError} an option or limit is unknown or has a value it cannot have
 */
function readOptions(options, asked = 'startGateway') {
  const {
    host = '127.0.0.1',
    port = 0,
    webSocketPort = 0,
    chain,
    hostname,
    hubHostName = 'local.azure-devices.net',
    devices = [],
    edgeDeviceId,
    routes,
    workloadSocket,
    workloadPort,
    offline = false,
    keep = 100,
    strict = false,
    cleanClose = false,
    minVersion = 'TLSv1.2',
    maxVersion = 'TLSv1.3',
    clientCertificate = 'optional',
    trustBundle,
    clockOffsetMs = 0,
    limits,
    faults,
    ...unknown
  } = options;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new TypeError(`${asked}: option '${name}' is unknown`);
  assertOption({ host }, 'a name or an address', isName);
  assertOption({ hostname }, 'a name or an address', (value) => value === undefined || isName(value));
  assertOption({ hubHostName }, 'a name', isName);
  assertOption({ devices }, 'an array', Array.isArray);
  assertOption({ edgeDeviceId }, 'a name', (value) => value === undefined || isName(value));
  assertOption({ workloadSocket }, 'a path', (value) => value === undefined || isName(value));
  assertOption({ keep }, 'a number from 0', (value) => typeof value === 'number' && value >= 0);
  assertOption({ clockOffsetMs }, 'a number', Number.isFinite);
  assertOption({ offline }, 'true or false', isFlag);
  assertOption({ strict }, 'true or false', isFlag);
  assertOption({ cleanClose }, 'true or false', isFlag);
  return {
    host,
    port: portOf('port', port),
    webSocketPort: webSocketPort === 'same' ? webSocketPort : portOf('webSocketPort', webSocketPort),
    chain,
    hostname,
    hubHostName,
    devices,
    edgeDeviceId,
    routes,
    workloadSocket,
    workloadPort: workloadPort === undefined ? undefined : portOf('workloadPort', workloadPort),
    offline,
    keep,
    strict,
    hub: false,
    cleanClose,
    ...versionsOf(minVersion, maxVersion),
    clientCertificate: clientCertificateOf(clientCertificate),
    trustBundle: trustBundle === undefined ? undefined : readCertificates('trustBundle', trustBundle),
    clockOffsetMs,
    limits: limitsOf(limits),
    faults,
  };
}

/**
 * @param {Record<string, unknown>} option
 * @param {string} allowed in words
 * @param {(value: unknown) => boolean} holds
 */
function assertOption(option, allowed, holds) {
  const [[name, value]] = Object.entries(option);
  if (!holds(value))
    throw new TypeError(`startGateway: ${name} cannot be ${inspect(value)}; it is ${allowed}`);
}

/**
 * @param {unknown} value
 */
const isName = (value) => typeof value === 'string' && value !== '';

/**
 * @param {unknown} value
 */
const isFlag = (value) => typeof value === 'boolean';

/**
 * @param {unknown} mode
 * @returns {'optional' | 'required' | 'none'}
 */
function clientCertificateOf(mode) {
  if (mode === 'optional' || mode === 'required' || mode === 'none') return mode;
  throw new TypeError(
    `startGateway: clientCertificate cannot be ${JSON.stringify(mode)}; it is 'optional', 'required' or 'none'`,
  );
}

/**
 * @param {'port' | 'webSocketPort' | 'workloadPort'} name
 * @param {unknown} value
 * @returns {number}
 */
function portOf(name, value) {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65535) return value;
  const also = name === 'webSocketPort' ? ", or 'same'" : '';
  throw new TypeError(
    `startGateway: ${name} cannot be ${JSON.stringify(value)}; it is 0 to 65535, 0 being any free one${also}`,
  );
}

/**
 * @param {unknown} least
 * @param {unknown} most
 */
function versionsOf(least, most) {
  const minVersion = versionOf('minVersion', least);
  const maxVersion = versionOf('maxVersion', most);
  if (minVersion > maxVersion) {
    throw new TypeError(`startGateway: minVersion ${minVersion} is above maxVersion ${maxVersion}`);
  }
  return { minVersion, maxVersion };
}

/**
 * @param {'minVersion' | 'maxVersion'} name
 * @param {any} version
 * @returns {'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'}
 */
function versionOf(name, version) {
  if (VERSIONS.includes(version)) return version;
  throw new TypeError(
    `startGateway: ${name} cannot be ${JSON.stringify(version)}; it is ${VERSIONS.join(', ')}`,
  );
}

module.exports = { readHubOptions, readOptions };

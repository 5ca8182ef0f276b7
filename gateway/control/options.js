// @ts-check
'use strict';

const { readCertificates } = require('../identity/trust_bundle');
const { isHost } = require('./authority');
const { hubLimitsOf, limitsOf } = require('./limits');
const { isCount, isFlag, isName, requireKnown, requireRecord, requireValue } = require('./values');

/** What may be asked for; edgeHub has the latter two. */
const VERSIONS = ['TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
/** For a certificate of the client. */
const REQUESTS = ['optional', 'required', 'none'];
/** Numbers of ports. */
const PORT = '0 to 65535, 0 being any free one';

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
  requireRecord('startHub', { options }, 'an object');
  // What is undefined was not said: it must not hide what a hub has instead of a gateway.
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const [name] = given.find(([each]) => OF_GATEWAYS.includes(each)) ?? [];
  if (name !== undefined) throw new TypeError(`startHub: option '${name}' is of gateways`);
  const { hostname = options.chain?.host ?? 'localhost', limits } = options;
  return {
    ...readOptions({ ...OF_HUB, ...Object.fromEntries(given), hostname, hubHostName: hostname }, 'startHub'),
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
  requireRecord(asked, { options }, 'an object');
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
  requireKnown(asked, unknown);
  const check = (
    /** @type {Record<string, unknown>} */ option,
    /** @type {string} */ allowed,
    /** @type {(value: any) => boolean} */ holds,
  ) => requireValue(asked, option, allowed, holds);
  const optional = (/** @type {(value: unknown) => boolean} */ holds) => (/** @type {unknown} */ value) =>
    value === undefined || holds(value);
  check({ host }, 'a name or an address', isHost);
  check({ port }, PORT, isPort);
  check({ webSocketPort }, `${PORT}, or 'same'`, (value) => value === 'same' || isPort(value));
  check({ hostname }, 'a name or an address', optional(isHost));
  check({ hubHostName }, 'a name', isHost);
  check({ devices }, 'an array', Array.isArray);
  check({ edgeDeviceId }, 'the id of a device', optional(isDeviceId));
  check({ workloadSocket }, 'a path of 103 bytes at most', optional(isSocketPath));
  check({ workloadPort }, PORT, optional(isPort));
  check({ keep }, 'a whole number from 0, or Infinity', (value) => value === Infinity || isCount(value));
  check({ clockOffsetMs }, 'a number', Number.isFinite);
  check({ offline }, 'true or false', isFlag);
  check({ strict }, 'true or false', isFlag);
  check({ cleanClose }, 'true or false', isFlag);
  check({ minVersion }, VERSIONS.join(', '), (value) => VERSIONS.includes(value));
  check({ maxVersion }, VERSIONS.join(', '), (value) => VERSIONS.includes(value));
  check({ clientCertificate }, "'optional', 'required' or 'none'", (value) => REQUESTS.includes(value));
  if (minVersion > maxVersion) {
    throw new TypeError(`${asked}: minVersion ${minVersion} is above maxVersion ${maxVersion}`);
  }
  return {
    host,
    port,
    webSocketPort,
    chain,
    hostname,
    hubHostName,
    devices,
    edgeDeviceId,
    routes,
    workloadSocket,
    workloadPort,
    offline,
    keep,
    strict,
    hub: false,
    cleanClose,
    minVersion,
    maxVersion,
    clientCertificate,
    trustBundle: trustBundle === undefined ? undefined : readCertificates(asked, 'trustBundle', trustBundle),
    clockOffsetMs,
    limits: limitsOf(limits),
    faults,
  };
}

/**
 * @param {unknown} value
 */
const isDeviceId = (value) => isName(value) && !String(value).includes('/');

/**
 * Linux takes 107 bytes, macOS 103; Node 20 listens at what is left of a longer one.
 * @param {unknown} value
 */
const isSocketPath = (value) => isName(value) && Buffer.byteLength(String(value)) <= 103;

/**
 * @param {unknown} value
 */
const isPort = (value) => isCount(value) && Number(value) <= 65535;

module.exports = { readHubOptions, readOptions };

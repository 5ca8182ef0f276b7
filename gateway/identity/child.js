// @ts-check
'use strict';

const { randomBytes, randomInt } = require('node:crypto');
const { requireKnown, requireRecord } = require('../control/values');

/**
 * @typedef {import('../index').Device} Child
 * @typedef {import('../index').DeviceOptions} DeviceOptions
 * @typedef {import('../index').ModuleOptions} ModuleOptions
 * @typedef {import('../index').Thumbprints} Thumbprints
 * @typedef {{ primaryKey?: string, secondaryKey?: string } & Partial<Thumbprints>} Secrets
 */

/** SHA-1 or SHA-256. */
const THUMBPRINT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
/** What Node's base64 reads, in either alphabet. */
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * @param {DeviceOptions} options missing keys are made up
 * @returns {Child}
 * @throws {TypeError} names the option; never shows a key
 */
function deviceOf(options) {
  requireRecord('devices', { device: options }, 'an object with a deviceId');
  const { deviceId, primaryKey, secondaryKey, x509, modules = [], ...unknown } = options;
  requireName('device', deviceId);
  const child = { clientId: deviceId, deviceId, enabled: true };
  const who = describe(deviceId);
  requireKnown(who, unknown);
  if (!Array.isArray(modules)) throw new TypeError(`${who}: modules is not an array`);
  if (x509 === undefined) return { ...child, ...keysOf(who, { primaryKey, secondaryKey }) };
  if (primaryKey !== undefined || secondaryKey !== undefined) {
    throw new TypeError(`${who} authenticates by X.509: it cannot have keys besides`);
  }
  if (x509 === 'ca') return { ...child, x509 };
  if (!x509?.primaryThumbprint) {
    throw new TypeError(`${who}: x509 is neither 'ca' nor an object with a primaryThumbprint`);
  }
  return { ...child, x509: thumbprintsOf(who, x509) };
}

/**
 * @param {string} deviceId
 * @param {ModuleOptions} options missing keys are made up
 * @returns {Child}
 * @throws {TypeError} names the option; never shows a key
 */
function moduleOf(deviceId, options) {
  requireRecord(describe(deviceId), { module: options }, 'an object with a moduleId');
  const { moduleId, primaryKey, secondaryKey, ...unknown } = options;
  requireName('module', moduleId);
  const clientId = `${deviceId}/${moduleId}`;
  const who = describe(clientId);
  if ('x509' in unknown) throw new TypeError(`${who}: modules cannot use X.509 (edgeHub refuses it)`);
  requireKnown(who, unknown);
  const keys = keysOf(who, { primaryKey, secondaryKey });
  return { clientId, deviceId, moduleId, generationId: newGeneration(), enabled: true, ...keys };
}

/**
 * Gives a child other keys or thumbprints.
 * @param {Child} child
 * @param {Secrets} secrets those absent stay; without any key both keys are made up
 * @throws {TypeError} they are not of the child's kind
 */
function rotate(child, secrets) {
  const who = describe(child.clientId);
  requireRecord(who, { secrets }, 'an object');
  const { primaryKey, secondaryKey, primaryThumbprint, secondaryThumbprint, ...unknown } = secrets;
  // Of a name that there is not, keys would be made up.
  requireKnown(who, unknown);
  const keys = present({ primaryKey, secondaryKey });
  const thumbprints = present({ primaryThumbprint, secondaryThumbprint });
  if (child.x509 === undefined) {
    if (Object.keys(thumbprints).length > 0)
      throw new TypeError(`${who} authenticates by key: it has no thumbprints`);
    const rest = Object.keys(keys).length > 0 ? child : {};
    Object.assign(child, keysOf(who, { ...rest, ...keys }));
    return;
  }
  if (Object.keys(keys).length > 0) throw new TypeError(`${who} authenticates by X.509: it has no keys`);
  if (child.x509 === 'ca') throw new TypeError(`${who} has certificates of a CA: it has nothing to rotate`);
  if (Object.keys(thumbprints).length === 0) {
    throw new TypeError(`${who}: say which thumbprints it has now; they cannot be made up`);
  }
  child.x509 = thumbprintsOf(who, { ...child.x509, ...thumbprints });
}

/**
 * @param {string} who
 * @param {{ primaryKey?: string, secondaryKey?: string }} given
 */
function keysOf(who, { primaryKey = newKey(), secondaryKey = newKey() }) {
  for (const [name, key] of Object.entries({ primaryKey, secondaryKey })) {
    if (typeof key !== 'string' || !BASE64.test(key)) throw new TypeError(`${who}: ${name} is not base64`);
  }
  return { primaryKey, secondaryKey };
}

/**
 * @param {string} who
 * @param {Thumbprints} given
 * @returns {Thumbprints}
 */
function thumbprintsOf(who, { primaryThumbprint, secondaryThumbprint, ...unknown }) {
  requireKnown(`${who}: x509`, unknown);
  const read = (/** @type {string} */ name, /** @type {unknown} */ value) => {
    const digits = String(value).replaceAll(':', '').toLowerCase();
    if (THUMBPRINT.test(digits)) return digits;
    throw new TypeError(
      `${who}: ${name} '${value}' is not a SHA-1 or SHA-256 in hexadecimal (40 or 64 digits)`,
    );
  };
  const primary = { primaryThumbprint: read('primaryThumbprint', primaryThumbprint) };
  if (secondaryThumbprint === undefined) return primary;
  return { ...primary, secondaryThumbprint: read('secondaryThumbprint', secondaryThumbprint) };
}

/**
 * A slash parts device and module in client ids, usernames and topics.
 * @param {'device' | 'module'} kind
 * @param {unknown} id
 */
function requireName(kind, id) {
  if (typeof id === 'string' && /^[^/]+$/.test(id) && id.trim()) return;
  throw new TypeError(`${kind} id '${id}' is not a name: one or more characters, no '/'`);
}

/**
 * @param {string} clientId
 */
const describe = (clientId) => `${String(clientId).includes('/') ? 'module' : 'device'} '${clientId}'`;

/**
 * @param {Record<string, string | undefined>} values
 */
const present = (values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** As many digits as IoT Hub gives to the generation of an identity. */
const newGeneration = () => `${randomInt(1e9, 1e10)}${randomInt(1e8)}`.padEnd(18, '0').slice(0, 18);

/** As long as the keys that IoT Hub makes. */
const newKey = () => randomBytes(32).toString('base64');

module.exports = { describe, deviceOf, moduleOf, rotate };

// @ts-check
'use strict';

const { isHost } = require('../control/authority');
const { isRecord, requireRecord } = require('../control/values');
const { ownAuthorities } = require('./authorities');
const { USAGES } = require('./extensions');
const { DIGESTS } = require('./keys');

/**
 * @typedef {import('../index').ChainOptions} ChainOptions
 * @typedef {{ is: (value: any) => boolean, expected: string }} Rule
 */

/** @type {Rule} */
const DATE = {
  is: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  expected: 'a valid Date',
};
/** @type {Rule} */
const TEXT = {
  is: (value) => typeof value === 'string' && value !== '',
  expected: 'a string that is not empty',
};
/** @type {Rule} */
const BOOLEAN = { is: (value) => typeof value === 'boolean', expected: 'a boolean' };

/** What may differ in a certificate of any kind. @type {Record<string, Rule>} */
const COMMON = {
  commonName: TEXT,
  key: TEXT,
  notBefore: DATE,
  notAfter: DATE,
  version: oneOf(1, 3),
  digest: oneOf(...DIGESTS),
  authority: BOOLEAN,
  serialNumber: {
    is: (value) => value instanceof Uint8Array && value.length > 0,
    expected: 'a Uint8Array that is not empty',
  },
};

/** Only of the server certificate. @type {Record<string, Rule>} */
const SERVER = { ...COMMON, names: listOf(TEXT), usages: listOf(oneOf(...Object.keys(USAGES))) };

/** Only of a CA. @type {Record<string, Rule>} */
const AUTHORITY = {
  ...COMMON,
  pathLength: {
    is: (value) => Number.isInteger(value) && value >= 0 && value <= 127,
    expected: 'a whole number from 0 to 127',
  },
};

/** What only `createChain` and `authoritiesBehind` can tell. @type {Rule} */
const CHAIN = { is: (value) => value !== null, expected: 'a chain' };

/** @type {Record<string, Rule>} */
const DEVICE = {
  deviceId: TEXT,
  key: TEXT,
  notBefore: DATE,
  notAfter: DATE,
  authority: BOOLEAN,
  issuer: CHAIN,
};

/** Names of variants, of kinds of keys and of certificates are looked up where they are used. @type {Record<string, Rule>} */
const OPTIONS = {
  variant: TEXT,
  host: {
    is: (value) => [value].flat().length > 0 && [value].flat().every(isHost),
    expected: 'a name or an address, or an array of them, without scheme or port',
  },
  present: {
    is: (value) => Array.isArray(value) && value.length > 0,
    expected: 'an array of certificates, server first',
  },
  issuer: CHAIN,
  root: CHAIN,
  rootGiven: oneOf('actual', 'stranger', 'namesake'),
  rootName: TEXT,
  edgeDeviceName: TEXT,
  quickStart: BOOLEAN,
  caKeySize: { is: (value) => Number.isInteger(value) && value > 0, expected: 'a number of bits' },
  caKey: TEXT,
  serverKey: TEXT,
  certificates: { is: isRecord, expected: 'an object of certificates' },
  now: DATE,
};

/**
 * @param {unknown} options as they were given
 * @throws {TypeError} an unknown option, or a value that it cannot have
 */
function checkGiven(options) {
  requireRecord('createChain', { options }, 'an object');
  check('createChain', /** @type {ChainOptions} */ (options), OPTIONS);
}

/**
 * Whatever would be ignored is refused, so that a chain is at fault as it was asked for, or not made.
 * @param {ChainOptions} options with those of the variant
 * @throws {TypeError} an unknown field, or a value that it cannot have
 * @throws {RangeError} a certificate that is not made here
 */
function checkOptions(options) {
  const { issuer, quickStart, root, certificates = {} } = options;
  if (quickStart && root) {
    throw new RangeError(
      "createChain: the CA of a 'quickStart' gateway is its own root; it cannot share 'root'",
    );
  }
  if (issuer) checkIneffective(options, ['root', 'rootName', 'edgeDeviceName'], "'issuer' has its CAs");
  if (root) checkIneffective(options, ['rootName'], "'root' has its name");
  if (quickStart) checkIneffective(options, ['rootName'], "the CA of a 'quickStart' gateway is its own root");
  const made = ['server', ...ownAuthorities(options)];
  for (const [role, overrides] of Object.entries(certificates)) {
    if (overrides === undefined) continue;
    if (!made.includes(role)) {
      throw new RangeError(
        `createChain: certificates.${role} is not made here; with these options there are ${made.join(', ')}`,
      );
    }
    requireRecord('createChain', { [`certificates.${role}`]: overrides }, 'an object');
    check(`createChain: certificates.${role}`, overrides, role === 'server' ? SERVER : AUTHORITY);
  }
}

/**
 * @param {ChainOptions} options
 * @param {Array<keyof ChainOptions>} names
 * @param {string} why
 */
function checkIneffective(options, names, why) {
  const name = names.find((each) => options[each]);
  if (name !== undefined) throw new RangeError(`createChain: '${name}' would have no effect: ${why}`);
}

/**
 * @param {import('../index').DeviceCertificateOptions} options
 * @throws {TypeError} an unknown field, or a value that it cannot have
 */
function checkDeviceOptions(options) {
  requireRecord('createDeviceCertificate', { options }, 'an object');
  check('createDeviceCertificate', { ...options, deviceId: options.deviceId ?? '' }, DEVICE);
}

/**
 * @param {string} where for the words of the error
 * @param {Record<string, any>} values
 * @param {Record<string, Rule>} rules
 */
function check(where, values, rules) {
  for (const [field, value] of Object.entries(values)) {
    if (!Object.hasOwn(rules, field)) {
      throw new TypeError(`${where}: '${field}' is unknown; there are ${Object.keys(rules).join(', ')}`);
    }
    const { is, expected } = rules[field];
    if (value !== undefined && !is(value)) {
      throw new TypeError(`${where}: ${field} must be ${expected}, not '${value}'`);
    }
  }
}

/**
 * @param {...unknown} values
 * @returns {Rule}
 */
function oneOf(...values) {
  return { is: (value) => values.includes(value), expected: `one of ${values.join(', ')}` };
}

/**
 * @param {Rule} rule of each element
 * @returns {Rule}
 */
function listOf({ is, expected }) {
  return {
    is: (value) => value === false || (Array.isArray(value) && value.every(is)),
    expected: `false or an array, each ${expected}`,
  };
}

module.exports = { checkDeviceOptions, checkGiven, checkOptions };

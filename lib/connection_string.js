// @ts-check
'use strict';

const { inspect } = require('node:util');
const { requireDeviceId } = require('./device_id');
const { ArgumentError, FormatError } = require('./errors');
const { failure, quote } = require('./failure');
const { parseEndpoint } = require('./gateway_address');
const { readNameValueList } = require('./name_value_list');
const { decodeSharedAccessKey } = require('./shared_access_key');

const KNOWN_FIELDS = [
  'HostName',
  'DeviceId',
  'ModuleId',
  'SharedAccessKey',
  'SharedAccessKeyName',
  'SharedAccessSignature',
  'GatewayHostName',
  'x509',
];

/**
 * The lenient reading of the original (device-sdk.md §1.5).
 *
 * The result is a plain object. Printing it with `util.inspect` or `console.log` hides the key and the token.
 */
class ConnectionString {
  /**
   * @param {string} source
   * @param {string[]} [requiredFields]
   * @returns {import('..').ConnectionStringFields} Unknown fields are kept, of duplicates the last.
   * @throws {ArgumentError} `ERR_IOT_CONNECTION_STRING_FIELD_MISSING`: a required field is absent.
   */
  static parse(source, requiredFields = []) {
    const fields = hideSecrets(readNameValueList(source, ';'));
    const missing = requiredFields.find((name) => !(name in fields));
    if (missing) throw missingField(missing);
    return fields;
  }
}

/** The functions of the same name in azure-iot-device. */
const deviceConnectionString = {
  /**
   * @param {string} source
   * @returns {import('..').ConnectionStringFields}
   * @throws {ArgumentError} HostName or DeviceId is absent, or there is not exactly one of SharedAccessKey,
   *   SharedAccessSignature and x509.
   */
  parse(source) {
    const fields = ConnectionString.parse(source, ['HostName', 'DeviceId']);
    requireOneCredential(fields);
    return fields;
  },

  /**
   * @param {string} hostName Of the hub.
   * @param {string} deviceId
   * @param {string} symmetricKey Base64.
   * @returns {string}
   * @throws {ReferenceError} An argument is falsy.
   */
  createWithSharedAccessKey(hostName, deviceId, symmetricKey) {
    requireArguments({ hostName, deviceId, symmetricKey });
    return `HostName=${hostName};DeviceId=${deviceId};SharedAccessKey=${symmetricKey}`;
  },

  /**
   * @param {string} hostName Of the hub.
   * @param {string} deviceId
   * @returns {string}
   * @throws {ReferenceError} An argument is falsy.
   */
  createWithX509Certificate(hostName, deviceId) {
    requireArguments({ hostName, deviceId });
    return `HostName=${hostName};DeviceId=${deviceId};x509=true`;
  },
};

/**
 * The strict reading of `connect()`: what the lenient one would pass over is an error that names the field.
 *
 * Space around names and values is ignored. Messages show names of fields, hosts and device ids, nothing else: a
 * damaged string may have its key anywhere.
 *
 * @param {string} source
 * @returns {import('..').ConnectionStringFields} HostName, DeviceId and one credential are there, every value usable.
 * @throws {FormatError} `ERR_IOT_CONNECTION_STRING_MALFORMED`: an element is not `name=value`.
 * @throws {ArgumentError} `ERR_IOT_CONNECTION_STRING_…`: `MISSING`, `FIELD_UNKNOWN`, `FIELD_DUPLICATE`,
 *   `FIELD_MISSING`, `NO_CREDENTIAL`, `CREDENTIAL_CONFLICT`; `ERR_IOT_HOST_INVALID`, `ERR_IOT_DEVICE_ID_INVALID`,
 *   `ERR_IOT_KEY_NOT_BASE64`.
 */
function parseStrict(source) {
  if (typeof source !== 'string' || !source.trim()) {
    const given = typeof source === 'string' ? 'empty' : source === undefined ? 'missing' : 'not a text';
    throw failure(ArgumentError, 'ERR_IOT_CONNECTION_STRING_MISSING', `The connection string is ${given}`, {
      hint: 'Give the one the hub shows for the device, with ;GatewayHostName=<gateway> added.',
    });
  }
  /** @type {Record<string, string>} */
  const fields = {};
  for (const [index, element] of source.split(';').entries()) {
    if (element.trim()) readField(element, index + 1, fields);
  }
  for (const name of ['HostName', 'DeviceId']) if (!fields[name]) throw missingField(name);
  requireOneCredential(fields);
  parseEndpoint(fields.HostName, 0);
  if (fields.GatewayHostName) parseEndpoint(fields.GatewayHostName, 0);
  requireDeviceId(fields.DeviceId);
  if (fields.SharedAccessKey) decodeSharedAccessKey(fields.SharedAccessKey);
  return hideSecrets(fields);
}

/**
 * @param {string} element
 * @param {number} position From 1.
 * @param {Record<string, string>} fields Receives the field.
 */
function readField(element, position, fields) {
  const at = element.indexOf('=');
  const name = element.slice(0, Math.max(at, 0)).trim();
  const value = element.slice(at + 1).trim();
  if (!name || !value) {
    const subject = KNOWN_FIELDS.includes(name) ? name : `Element ${position} of the connection string`;
    const fault = name ? 'has no value' : 'is not of the form name=value';
    throw failure(FormatError, 'ERR_IOT_CONNECTION_STRING_MALFORMED', `${subject} ${fault}`, {
      hint: 'Elements read name=value and are separated by semicolons.',
    });
  }
  if (!KNOWN_FIELDS.includes(name)) throw unknownField(name, position);
  if (Object.hasOwn(fields, name)) {
    const message = `The connection string has ${name} twice`;
    throw failure(ArgumentError, 'ERR_IOT_CONNECTION_STRING_FIELD_DUPLICATE', message, {
      hint: 'Keep one.',
      field: name,
    });
  }
  fields[name] = value;
}

/**
 * @param {string} name
 * @param {number} position From 1.
 */
function unknownField(name, position) {
  // A piece of a key may stand where a name should, so only what looks like a name is shown.
  const shown = /^[A-Za-z]{1,24}$/.test(name) ? quote(name) : `in element ${position}`;
  const meant = KNOWN_FIELDS.find((known) => known.toLowerCase() === name.toLowerCase());
  return failure(
    ArgumentError,
    'ERR_IOT_CONNECTION_STRING_FIELD_UNKNOWN',
    `The connection string has an unknown field ${shown}`,
    { hint: meant ? `Write it ${meant}.` : `Known are ${KNOWN_FIELDS.join(', ')}.` },
  );
}

/** @param {string} name */
function missingField(name) {
  return failure(
    ArgumentError,
    'ERR_IOT_CONNECTION_STRING_FIELD_MISSING',
    `The connection string has no ${name}`,
    {
      hint: `It reads: HostName=<hub>;DeviceId=<device>;SharedAccessKey=<key>;GatewayHostName=<gateway>`,
      field: name,
    },
  );
}

/**
 * @param {Record<string, string | undefined>} fields
 * @throws {ArgumentError} None or several of the three ways to authenticate.
 */
function requireOneCredential(fields) {
  const present = ['SharedAccessKey', 'SharedAccessSignature', 'x509'].filter((name) => fields[name]);
  if (present.length === 0) {
    throw failure(
      ArgumentError,
      'ERR_IOT_CONNECTION_STRING_NO_CREDENTIAL',
      'The connection string has no SharedAccessKey, SharedAccessSignature or x509=true',
      { hint: 'Copy it from the hub, where it ends in SharedAccessKey=…' },
    );
  }
  if (present.length > 1) {
    throw failure(
      ArgumentError,
      'ERR_IOT_CONNECTION_STRING_CREDENTIAL_CONFLICT',
      `The connection string has both ${present.join(' and ')}`,
      { hint: 'Keep the one the device is registered with.' },
    );
  }
}

/**
 * @template {Record<string, any>} T
 * @param {T} fields
 * @returns {T} `fields`, which `util.inspect` now shows without their secrets.
 */
function hideSecrets(fields) {
  return Object.defineProperty(fields, inspect.custom, {
    value: (/** @type {number} */ _depth, /** @type {import('node:util').InspectOptions} */ options) => {
      const shown = /** @type {Record<string, any>} */ ({ ...fields });
      for (const name of Object.keys(shown)) {
        if (/^SharedAccess(Key|Signature)$/i.test(name) && shown[name]) shown[name] = '<hidden>';
      }
      return inspect(shown, options);
    },
  });
}

/** @param {Record<string, unknown>} values */
function requireArguments(values) {
  for (const [name, value] of Object.entries(values)) {
    if (!value) throw new ReferenceError(`The argument ${name} is ${value === '' ? 'empty' : value}`);
  }
}

module.exports = { ConnectionString, deviceConnectionString, parseStrict, hideSecrets };

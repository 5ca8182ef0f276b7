// @ts-check
'use strict';

const { inspect } = require('node:util');
const { requireArguments } = require('../plumbing/argument');
const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { shownFields } = require('../vocabulary/shown_fields');
const { readNameValueList } = require('../plumbing/name_value_list');

/** What a connection string may hold. */
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

const FORM = 'It reads: HostName=<hub>;DeviceId=<device>;SharedAccessKey=<key>;GatewayHostName=<gateway>';
/** A connection string, or its first name, as files of variables often keep it. */
const IN_QUOTES = /^\s*["']/;
const TAKE_OFF_QUOTES = 'Take the quotes off: a shell does so, but neither a file nor docker --env-file.';

/**
 * Where a field begins inside the value of another, which a semicolon should have ended. Not looked for at every blank of a
 * row: that takes the square of its length.
 */
const NEXT_FIELD = new RegExp(`(?<![\\s,&|])[\\s,&|]*(?<![A-Za-z])(?=(?:${KNOWN_FIELDS.join('|')})=)`, 'i');

/**
 * The lenient reading of the original (device-sdk.md §1.5); `strict_connection_string.js` has the one of `connect()`.
 *
 * The result is a plain object. `util.inspect` and `console.log` show it without the key and the token; `JSON.stringify` writes
 * all of it, as in the original.
 */
class ConnectionString {
  /**
   * @param {string} source
   * @param {string[]} [requiredFields]
   * @returns {import('../..').ConnectionStringFields} Unknown fields are kept, of duplicates the last.
   * @throws {ArgumentError} `ERR_IOT_CONNECTION_STRING_FIELD_MISSING`: a required field is absent.
   */
  static parse(source, requiredFields = []) {
    const fields = hideSecrets(readNameValueList(source, ';'));
    const missing = requiredFields.find((name) => !(name in fields));
    if (missing) throw missingField(missing, IN_QUOTES.test(source) ? TAKE_OFF_QUOTES : undefined);
    return fields;
  }
}

/**
 * A connection string as it was meant. Environment variables, files and secrets end in line breaks and blanks, and host
 * names pasted from a browser in a slash; the original connects with all of them.
 *
 * @param {string} source
 * @returns {string} Without white space around its fields, and without slashes behind host names.
 */
function tidied(source) {
  const elements = String(source).split(';');
  return elements.map((element) => tidiedField(element)).join(';');
}

/** @param {string} element */
function tidiedField(element) {
  const at = element.indexOf('=');
  if (at < 0) return element;
  const name = element.slice(0, at).trim();
  const value = element.slice(at + 1).trim();
  return `${name}=${/^(Gateway)?HostName$/.test(name) ? value.replace(/(?<!\/)\/+$/, '') : value}`;
}

/** The functions of the same name in azure-iot-device. */
const deviceConnectionString = {
  /**
   * @param {string} source
   * @returns {import('../..').ConnectionStringFields}
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
 * @param {string} name
 * @param {string} [hint]
 */
function missingField(name, hint = FORM) {
  return failure(
    ArgumentError,
    'ERR_IOT_CONNECTION_STRING_FIELD_MISSING',
    `The connection string has no ${name}`,
    {
      hint,
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
    value: (/** @type {number} */ _depth, /** @type {import('node:util').InspectOptions} */ options) =>
      inspect(shownFields(fields), options),
  });
}

module.exports = {
  IN_QUOTES,
  KNOWN_FIELDS,
  NEXT_FIELD,
  TAKE_OFF_QUOTES,
  ConnectionString,
  deviceConnectionString,
  missingField,
  requireOneCredential,
  hideSecrets,
  tidied,
};

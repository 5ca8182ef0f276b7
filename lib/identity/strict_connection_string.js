// @ts-check
'use strict';

const {
  IN_QUOTES,
  KNOWN_FIELDS,
  NEXT_FIELD,
  TAKE_OFF_QUOTES,
  hideSecrets,
  missingField,
  requireOneCredential,
} = require('./connection_string');
const { requireDeviceId } = require('./device_id');
const { ArgumentError, FormatError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { parseEndpoint } = require('./gateway_address');
const { decodeSharedAccessKey } = require('./shared_access_key');

/** Characters. Names and ids are of 256 at most, a token of some hundred: what is longer is something else. */
const LONGEST = 8192;

/**
 * The reading of `connect()`: what the lenient one would pass over is an error that names the field.
 *
 * Messages show names of fields, hosts and device ids, nothing else: a
 * damaged string may have its key anywhere.
 *
 * @param {string} source
 * @returns {import('../..').ConnectionStringFields} HostName, DeviceId and one credential are there, every value usable.
 * @throws {FormatError} `ERR_IOT_CONNECTION_STRING_MALFORMED`: an element is not `name=value`, or it is too long.
 * @throws {ArgumentError} `ERR_IOT_CONNECTION_STRING_…`: `MISSING`, `SPACE`, `FIELD_UNKNOWN`, `FIELD_DUPLICATE`,
 *   `FIELD_MISSING`, `NO_CREDENTIAL`, `CREDENTIAL_CONFLICT`; `ERR_IOT_HOST_INVALID`, `ERR_IOT_DEVICE_ID_INVALID`,
 *   `ERR_IOT_KEY_NOT_BASE64`; `ERR_IOT_TOKEN_…`: `MALFORMED`, `EXPIRY`, `RESOURCE`.
 */
function parseConnectionString(source) {
  if (typeof source !== 'string' || !source.trim()) {
    const given = typeof source === 'string' ? 'empty' : source === undefined ? 'missing' : 'not a text';
    throw failure(ArgumentError, 'ERR_IOT_CONNECTION_STRING_MISSING', `The connection string is ${given}`, {
      hint: 'Give the one the hub shows for the device, with ;GatewayHostName=<gateway> added.',
    });
  }
  if (source.length > LONGEST) {
    const message = `What is given as connection string is none: it has ${source.length} characters`;
    throw failure(FormatError, 'ERR_IOT_CONNECTION_STRING_MALFORMED', message, {
      hint: `None has more than ${LONGEST}. Give the one the hub shows for the device, by itself.`,
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
  if (fields.ModuleId) requireDeviceId(fields.ModuleId, 'module');
  if (fields.SharedAccessKey) decodeSharedAccessKey(fields.SharedAccessKey);
  if (fields.SharedAccessSignature) requireTokenOf(fields);
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
  const value = element.slice(at + 1);
  if (!name || !value.trim()) {
    const subject = KNOWN_FIELDS.includes(name) ? name : `Element ${position} of the connection string`;
    const fault = name ? 'has no value' : 'is not of the form name=value';
    throw failure(FormatError, 'ERR_IOT_CONNECTION_STRING_MALFORMED', `${subject} ${fault}`, {
      hint: 'Elements read name=value and are separated by semicolons.',
    });
  }
  const [, swallowed] = value.split(NEXT_FIELD);
  if (swallowed !== undefined) {
    const message = `There is no semicolon before the ${swallowed.slice(0, swallowed.indexOf('='))} of the connection string`;
    throw failure(FormatError, 'ERR_IOT_CONNECTION_STRING_MALFORMED', message, {
      hint: 'Elements read name=value and are separated by semicolons.',
    });
  }
  if (!KNOWN_FIELDS.includes(name)) throw unknownField(name, position);
  if (!element.startsWith(name) || value !== value.trim()) {
    const message = `There is white space around the ${name} of the connection string`;
    throw failure(ArgumentError, 'ERR_IOT_CONNECTION_STRING_SPACE', message, {
      hint: 'Remove it; what was read from a file often ends in a line break.',
      field: name,
    });
  }
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
 * What no gateway can read is refused here. And a token alone decides which device connects, so one for another device
 * would go unnoticed.
 *
 * @param {Record<string, string>} fields
 */
function requireTokenOf({ SharedAccessSignature: text, DeviceId, ModuleId }) {
  // Only who brings a token needs it.
  const { formFaultsOf, holderOf, isForAnother, readToken } = require('../failures/token');
  const [fault] = formFaultsOf(text);
  if (fault === 'milliseconds') {
    const message = 'The token of the connection string expires at a time (se) that is not in seconds';
    throw failure(ArgumentError, 'ERR_IOT_TOKEN_EXPIRY', message, {
      hint: 'Make the token with se in seconds since 1970: Math.floor(Date.now() / 1000) + 3600.',
    });
  }
  if (fault !== undefined) {
    const what = fault === 'encoding' ? 'has a signature that is not percent-encoded' : 'is malformed';
    throw failure(
      FormatError,
      'ERR_IOT_TOKEN_MALFORMED',
      `The shared access signature of the connection string ${what}`,
      {
        hint: 'Copy it once more, whole, with the one space in it; its signature has %2B, %2F and %3D for + / and =.',
      },
    );
  }
  const token = readToken(text);
  if (!isForAnother(token, ModuleId ? `${DeviceId}/${ModuleId}` : DeviceId)) return;
  const message = `The token of the connection string is for ${holderOf(token)}, its DeviceId is ${quote(DeviceId)}`;
  throw failure(ArgumentError, 'ERR_IOT_TOKEN_RESOURCE', message, {
    hint: 'Make the token for sr=<hub>%2Fdevices%2F<device>, signed with the key of that device.',
  });
}

const KNOWN = `Known are ${KNOWN_FIELDS.join(', ')}.`;

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
    { hint: meant ? `Write it ${meant}.` : IN_QUOTES.test(name) ? TAKE_OFF_QUOTES : KNOWN },
  );
}

module.exports = { LONGEST, parseConnectionString };

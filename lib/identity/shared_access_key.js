// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/**
 * The bytes of a base64 key: standard or URL-safe alphabet, with or without padding, white space ignored. That is
 * what Node's own decoder reads without dropping anything; what it would drop silently is an error here, because a
 * damaged key shows itself only as a refused connection.
 *
 * @param {unknown} key
 * @returns {Buffer} At least one byte.
 * @throws {ArgumentError} `ERR_IOT_KEY_NOT_BASE64`. Says how the key is wrong, never what it is.
 */
function decodeSharedAccessKey(key) {
  if (typeof key !== 'string') throw notBase64(key ? 'is not a text' : 'is empty');
  const text = key.replace(/\s+/g, '');
  const [, digits, rest] = /** @type {RegExpExecArray} */ (/^([A-Za-z0-9+/_-]*)=*(.*)$/.exec(text));
  if (rest) throw notBase64('contains a character outside the base64 alphabet');
  if (!digits) throw notBase64('is empty');
  if (digits.length % 4 === 1) throw notBase64(`has ${digits.length} base64 digits, which no key can have`);
  return Buffer.from(digits, 'base64');
}

/** @param {string} fault */
function notBase64(fault) {
  return failure(ArgumentError, 'ERR_IOT_KEY_NOT_BASE64', `SharedAccessKey is not base64: it ${fault}`, {
    hint: "Copy the device's primary or secondary key from the hub once more, whole and without quotes.",
  });
}

module.exports = { decodeSharedAccessKey };

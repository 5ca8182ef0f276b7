// @ts-check
'use strict';

/**
 * Writes DER (ITU-T X.690), the few types of which certificates are made. It only writes what it is told: certificates at
 * fault are made of it, too.
 */

const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  UTF8_STRING: 0x0c,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
};

/** Classes of a context-specific tag. */
const PRIMITIVE = 0x80;
const CONSTRUCTED = 0xa0;

/** The years that UTCTime can say (RFC 5280 §4.1.2.5). */
const UTC_YEARS = { first: 1950, last: 2049 };

/**
 * @param {number} tag
 * @param {...Uint8Array} contents
 */
function value(tag, ...contents) {
  const length = contents.reduce((sum, each) => sum + each.length, 0);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(length)]), ...contents]);
}

/**
 * @param {number} length
 * @returns {number[]} §8.1.3
 */
function lengthOf(length) {
  if (length < 0x80) return [length];
  const octets = [];
  for (let left = length; left > 0; left >>= 8) octets.unshift(left & 0xff);
  return [0x80 | octets.length, ...octets];
}

/** @param {...Uint8Array} items */
const sequence = (...items) => value(TAG.SEQUENCE, ...items);

/** @param {...Uint8Array} items */
const set = (...items) => value(TAG.SET, ...items);

/** @param {boolean} truth */
const boolean = (truth) => value(TAG.BOOLEAN, Buffer.from([truth ? 0xff : 0]));

/** @param {Uint8Array} content as it is to be, leading zeros included */
const integer = (content) => value(TAG.INTEGER, content);

/** @param {Uint8Array} content */
const octetString = (content) => value(TAG.OCTET_STRING, content);

/**
 * @param {Uint8Array} content
 * @param {number} [unused] bits at its end
 */
const bitString = (content, unused = 0) => value(TAG.BIT_STRING, Buffer.from([unused]), content);

/** @param {string} text */
const utf8String = (text) => value(TAG.UTF8_STRING, Buffer.from(text));

const NULL = value(TAG.NULL);

/** @param {string} identifier with dots */
function objectIdentifier(identifier) {
  const [first, second, ...rest] = identifier.split('.').map(Number);
  return value(TAG.OBJECT_IDENTIFIER, Buffer.from([40 * first + second, ...rest].flatMap(base128)));
}

/**
 * @param {number} arc
 * @returns {number[]} §8.19.2
 */
function base128(arc) {
  const octets = [arc % 0x80];
  for (let left = Math.floor(arc / 0x80); left > 0; left = Math.floor(left / 0x80)) {
    octets.unshift(0x80 | (left % 0x80));
  }
  return octets;
}

/** @param {Date} date of a whole second */
function time(date) {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, '');
  const year = date.getUTCFullYear();
  return year >= UTC_YEARS.first && year <= UTC_YEARS.last
    ? value(TAG.UTC_TIME, Buffer.from(digits.slice(2)))
    : value(TAG.GENERALIZED_TIME, Buffer.from(digits));
}

/**
 * @param {number} number
 * @param {Uint8Array} item
 */
const explicit = (number, item) => value(CONSTRUCTED | number, item);

/**
 * @param {number} number
 * @param {Uint8Array} content of a primitive type
 */
const implicit = (number, content) => value(PRIMITIVE | number, content);

module.exports = {
  NULL,
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
};

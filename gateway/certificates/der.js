// @ts-check
'use strict';

/**
 * A writer for the DER elements of an X.509 certificate (ITU-T X.690). Written out because the gateway must
 * also issue what certificate libraries refuse to: serial number 0, as edgeHub's certificate has.
 */

/**
 * @param {number} tag
 * @param {...Uint8Array} contents
 * @returns {Buffer}
 */
function element(tag, ...contents) {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const octets = bigEndian(length);
  return Buffer.concat([Buffer.from([tag, 0x80 | octets.length]), octets, content]);
}

/** @param {...Uint8Array} items */
const sequence = (...items) => element(0x30, ...items);

/** @param {...Uint8Array} items */
const set = (...items) => element(0x31, ...items);

/** @param {Uint8Array} content */
const octetString = (content) => element(0x04, content);

/** @param {string} text */
const utf8String = (text) => element(0x0c, Buffer.from(text));

const nothing = Buffer.from([0x05, 0x00]);
const yes = Buffer.from([0x01, 0x01, 0xff]);

/**
 * A non-negative INTEGER.
 * @param {number | Uint8Array} value a number, or big-endian bytes
 */
function integer(value) {
  const bytes = typeof value === 'number' ? bigEndian(value) : Buffer.from(value);
  return element(0x02, bytes[0] & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/**
 * @param {Uint8Array} content
 * @param {number} [unusedBits]
 */
const bitString = (content, unusedBits = 0) => element(0x03, Buffer.from([unusedBits]), content);

/**
 * Named bits, the first being the most significant (X.690 §11.2.2: no trailing zero bits).
 * @param {number[]} positions all below 8
 */
function namedBits(positions) {
  const octet = positions.reduce((bits, position) => bits | (0x80 >> position), 0);
  return bitString(Buffer.from([octet]), 7 - Math.max(...positions));
}

/**
 * @param {string} dotted
 */
function objectIdentifier(dotted) {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) septets.unshift((left & 0x7f) | 0x80);
    return septets;
  });
  return element(0x06, Buffer.from(arcs));
}

/**
 * UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5).
 * @param {Date} date
 */
function time(date) {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, '');
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}

/**
 * @param {number} number
 */
function bigEndian(number) {
  const bytes = [number & 0xff];
  for (let left = number >>> 8; left > 0; left >>>= 8) bytes.unshift(left & 0xff);
  return Buffer.from(bytes);
}

module.exports = {
  bitString,
  element,
  integer,
  namedBits,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
  yes,
};

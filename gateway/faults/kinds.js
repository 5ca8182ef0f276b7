// @ts-check
'use strict';

const { LONGEST_DELAY } = require('../control/limits');

/**
 * A kind of value under a key of a fault.
 * @typedef {object} Kind
 * @property {string} allowed in words
 * @property {(value: unknown) => boolean} holds
 * @property {(text: string) => unknown} read a value of this kind or of none
 */

/** Of counts and rates without a limit of their own. */
const COUNT_MAX = 2 ** 31 - 1;

const HEXADECIMAL = /^([0-9a-f]{2})+$/i;
const NUMBER = /^(0x[0-9a-f]+|\d+(\.\d+)?(e\d+)?)$/i;

/** How a connection ends. */
const ENDINGS = ['cut', 'reset', 'freeze'];

/** @type {Kind} */
const milliseconds = {
  allowed: `milliseconds from 0 to ${LONGEST_DELAY}`,
  holds: (value) => typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY,
  read: numberOf,
};

/** @type {Kind} */
const octet = whole(0, 255);

/** @type {Kind} */
const bytes = {
  allowed: 'bytes, or a string of hexadecimal digits in pairs',
  holds: (value) => value instanceof Uint8Array || (typeof value === 'string' && HEXADECIMAL.test(value)),
  read: (text) => text,
};

/** @type {Kind} */
const ending = {
  allowed: ENDINGS.join(', '),
  holds: (value) => typeof value === 'string' && ENDINGS.includes(value),
  read: (text) => text,
};

/** @type {Kind} */
const text = {
  allowed: 'a string, or bytes',
  holds: (value) => typeof value === 'string' || value instanceof Uint8Array,
  read: (text) => text,
};

/** @type {Kind} */
const string = { allowed: 'a string', holds: (value) => typeof value === 'string', read: (text) => text };

/** @type {Kind} */
const flag = {
  allowed: 'true or false',
  holds: (value) => typeof value === 'boolean',
  read: (text) => (text === 'true' ? true : text === 'false' ? false : text),
};

/**
 * @param {number} least
 * @param {number} most
 * @returns {Kind}
 */
function whole(least, most) {
  return {
    allowed: `a whole number from ${least} to ${most}`,
    holds: (value) => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
    read: numberOf,
  };
}

/**
 * @param {string} text decimal, or hexadecimal as in 0x80
 */
function numberOf(text) {
  return NUMBER.test(text) ? Number(text) : text;
}

module.exports = { COUNT_MAX, ENDINGS, bytes, ending, flag, milliseconds, octet, string, text, whole };

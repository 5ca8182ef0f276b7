// @ts-check
'use strict';

const { inspect } = require('node:util');
const { LONGEST_DELAY } = require('../control/limits');

/**
 * The points in a connection's life and what can go wrong there (contract edge-gateway.md §11.3). Everything that
 * reads a fault, from a script or from a command line, goes by this table.
 *
 * @typedef {keyof import('../index').Faults} Point
 *
 * A kind of value under a key of a fault.
 * @typedef {object} Kind
 * @property {string} allowed in words
 * @property {(value: unknown) => boolean} holds
 * @property {(text: string) => unknown} read a value of this kind or of none
 *
 * @typedef {object} PointDescription
 * @property {string[]} words faults that a word says
 * @property {Record<string, Kind>} keys of a fault that is an object
 * @property {Kind} [plain] a fault that is a bare value
 * @property {boolean} repeats whether it comes more than once in a connection
 * @property {number} connectionAt which circumstance of the decision is the connection
 */

/** Of counts and rates without a limit of their own. */
const COUNT_MAX = 2 ** 31 - 1;

const HEXADECIMAL = /^([0-9a-f]{2})+$/i;
const NUMBER = /^(0x[0-9a-f]+|\d+(\.\d+)?(e\d+)?)$/i;

/** How a connection ends. */
const ENDINGS = ['cut', 'reset', 'freeze'];

const MOMENTS = ['before-store', 'before-puback', 'after-puback'];

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

const DISTURBANCE = { delayMs: milliseconds, inject: bytes, then: ending };

/** @type {Record<Point, PointDescription>} in the order of a connection's life */
const POINTS = {
  accept: once(['refuse', 'silent', ...ENDINGS], DISTURBANCE),
  hello: once(['mqtt', 'http', 'garbage', 'silent', ...ENDINGS], DISTURBANCE),
  secure: once(ENDINGS, DISTURBANCE),
  connack: once(['silent', ...ENDINGS], { code: octet, ...DISTURBANCE }),
  connected: once(ENDINGS, DISTURBANCE),
  publish: {
    words: [
      ...MOMENTS.flatMap((moment) => ENDINGS.map((how) => `${how}-${moment}`)),
      'drop-puback',
      'duplicate-puback',
    ],
    keys: {
      delayMs: milliseconds,
      inject: bytes,
      pubackDelayMs: milliseconds,
      pubackBehind: whole(1, 65535),
      pubackId: whole(0, 65535),
    },
    repeats: true,
    connectionAt: 2,
  },
  suback: {
    words: ['omit', 'silent', ...ENDINGS],
    plain: octet,
    keys: { code: octet, ...DISTURBANCE },
    repeats: true,
    connectionAt: 1,
  },
  unsuback: { words: ['silent', ...ENDINGS], keys: DISTURBANCE, repeats: true, connectionAt: 1 },
  pingresp: { words: ['silent', ...ENDINGS], keys: DISTURBANCE, repeats: true, connectionAt: 0 },
  delivery: { words: ['silent', 'twice', ...ENDINGS], keys: DISTURBANCE, repeats: true, connectionAt: 1 },
  twin: {
    words: ['silent'],
    keys: {
      status: whole(0, COUNT_MAX),
      body: text,
      delayMs: milliseconds,
      rid: string,
      repeat: whole(0, COUNT_MAX),
      omitVersion: flag,
    },
    repeats: true,
    connectionAt: 1,
  },
  method: { words: ['silent', 'duplicate'], keys: { body: text }, repeats: true, connectionAt: 1 },
  output: once([], {
    bytesPerSecond: whole(1, COUNT_MAX),
    fragmentBytes: whole(1, COUNT_MAX),
    gatherMs: milliseconds,
  }),
};

/**
 * @param {string[]} words
 * @param {Record<string, Kind>} keys
 * @returns {PointDescription}
 */
function once(words, keys) {
  return { words, keys, repeats: false, connectionAt: 0 };
}

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

/**
 * @param {string} name
 * @returns {name is Point}
 */
function isPoint(name) {
  return Object.hasOwn(POINTS, name);
}

/**
 * @param {Point} point
 * @returns {string} what may be committed there, in words
 */
function allowedAt(point) {
  const { words, keys, plain } = POINTS[point];
  const choices = [
    ...words,
    ...(plain ? [plain.allowed] : []),
    `an object of ${Object.keys(keys).join(', ')}`,
  ];
  const last = choices.pop();
  return choices.length === 0 ? `${last}` : `${choices.join(', ')} or ${last}`;
}

/**
 * @param {Point} point
 * @param {unknown} fault
 * @throws {TypeError} names the point, the value and what there is
 */
function assertFault(point, fault) {
  const { words, keys, plain } = POINTS[point];
  if (typeof fault === 'string' ? words.includes(fault) : plain?.holds(fault)) return;
  if (!isRecord(fault) || Object.keys(fault).length === 0) {
    throw new TypeError(`faults: ${point} cannot be ${shown(fault)}; it is ${allowedAt(point)}`);
  }
  for (const [key, value] of Object.entries(fault)) {
    if (!Object.hasOwn(keys, key)) {
      throw new TypeError(`faults: ${point}.${key} is unknown; there are ${Object.keys(keys).join(', ')}`);
    }
    if (value === undefined || keys[key].holds(value)) continue;
    throw new TypeError(`faults: ${point}.${key} cannot be ${shown(value)}; it is ${keys[key].allowed}`);
  }
}

/**
 * @param {string} name of the value
 * @param {unknown} value
 * @throws {TypeError} neither bytes nor hexadecimal
 */
function assertBytes(name, value) {
  if (!bytes.holds(value)) throw new TypeError(`${name} cannot be ${shown(value)}; it is ${bytes.allowed}`);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/**
 * @param {unknown} value
 */
function shown(value) {
  return inspect(value, { breakLength: Infinity, depth: 1, maxStringLength: 60, maxArrayLength: 10 });
}

module.exports = { POINTS, allowedAt, assertBytes, assertFault, isPoint, isRecord, shown };

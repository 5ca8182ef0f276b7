// @ts-check
'use strict';

const { inspect } = require('node:util');
const { isRecord } = require('../control/values');
const {
  COUNT_MAX,
  ENDINGS,
  bytes,
  ending,
  flag,
  milliseconds,
  octet,
  string,
  text,
  whole,
} = require('./kinds');

/**
 * The points in a connection's life and what can go wrong there. Everything that reads a fault, from a script or from
 * a command line, goes by this table.
 *
 * @typedef {keyof import('../index').Faults} Point
 * @typedef {import('./kinds').Kind} Kind
 *
 * @typedef {object} PointDescription
 * @property {string} when in words
 * @property {string[]} words faults that a word says
 * @property {Record<string, Kind>} keys of a fault that is an object
 * @property {Kind} [plain] a fault that is a bare value
 * @property {Record<string, string>} [needs] keys that say nothing without another
 * @property {boolean} repeats whether it comes more than once in a connection
 * @property {number} connectionAt which circumstance of the decision is the connection
 */

const MOMENTS = ['before-store', 'before-puback', 'after-puback'];

const DISTURBANCE = { delayMs: milliseconds, inject: bytes, then: ending };

/** @type {Record<Point, PointDescription>} in the order of a connection's life */
const POINTS = {
  accept: once('TCP was accepted', ['refuse', 'silent', ...ENDINGS], DISTURBANCE),
  hello: once('the first bytes arrived', ['mqtt', 'http', 'garbage', 'silent', ...ENDINGS], DISTURBANCE),
  secure: once('the TLS handshake is done', ['drop-early-connect', ...ENDINGS], DISTURBANCE),
  connack: once('CONNECT arrived', ['silent', ...ENDINGS], { code: octet, ...DISTURBANCE }),
  connected: once('CONNACK 0 was sent', ENDINGS, DISTURBANCE),
  publish: {
    ...often(
      'a PUBLISH arrived',
      [
        ...MOMENTS.flatMap((moment) => ENDINGS.map((how) => `${how}-${moment}`)),
        'drop-puback',
        'duplicate-puback',
      ],
      {
        delayMs: milliseconds,
        inject: bytes,
        pubackDelayMs: milliseconds,
        pubackBehind: whole(1, 65535),
        pubackId: whole(0, 65535),
      },
    ),
    connectionAt: 2,
  },
  suback: {
    ...often('a SUBSCRIBE arrived, for each filter', ['omit', 'silent', ...ENDINGS], {
      code: octet,
      ...DISTURBANCE,
    }),
    plain: octet,
  },
  unsuback: often('an UNSUBSCRIBE arrived', ['silent', ...ENDINGS], DISTURBANCE),
  pingresp: { ...often('a PINGREQ arrived', ['silent', ...ENDINGS], DISTURBANCE), connectionAt: 0 },
  delivery: often('a PUBLISH to the device is due', ['silent', 'twice', ...ENDINGS], DISTURBANCE),
  twin: often('a twin request arrived', ['silent'], {
    status: whole(0, COUNT_MAX),
    body: text,
    delayMs: milliseconds,
    rid: string,
    repeat: whole(0, COUNT_MAX),
    omitVersion: flag,
  }),
  method: often('a method call is due', ['silent', 'duplicate'], { body: text }),
  request: {
    ...often('an HTTPS request arrived', ['silent', ...ENDINGS], {
      status: whole(200, 599),
      body: string,
      ...DISTURBANCE,
    }),
    needs: { body: 'status' },
  },
  output: once('whenever something is sent', [], {
    bytesPerSecond: whole(1, COUNT_MAX),
    fragmentBytes: whole(1, COUNT_MAX),
    gatherMs: milliseconds,
  }),
};

/**
 * @param {string} when
 * @param {string[]} words
 * @param {Record<string, Kind>} keys
 * @returns {PointDescription}
 */
function once(when, words, keys) {
  return { when, words, keys, repeats: false, connectionAt: 0 };
}

/**
 * @param {string} when
 * @param {string[]} words
 * @param {Record<string, Kind>} keys
 * @returns {PointDescription}
 */
function often(when, words, keys) {
  return { when, words, keys, repeats: true, connectionAt: 1 };
}

/**
 * @param {string} name
 * @returns {name is Point}
 */
function isPoint(name) {
  return Object.hasOwn(POINTS, name);
}

/**
 * What may be committed at a point, in words.
 * @param {Point} point
 * @param {string} [keysOf] how a fault with keys is written
 */
function allowedAt(point, keysOf = 'an object of') {
  const { words, keys, plain } = POINTS[point];
  const choices = [...words, ...(plain ? [plain.allowed] : [])];
  const last = `${keysOf} ${Object.keys(keys).join(', ')}`;
  return choices.length === 0 ? last : `${choices.join(', ')} or ${last}`;
}

/**
 * @param {Point} point
 * @param {unknown} fault
 * @returns {string | undefined} what is wrong with it, and what there is
 */
function problemOf(point, fault) {
  const { words, keys, plain, needs = {} } = POINTS[point];
  if (typeof fault === 'string' ? words.includes(fault) : plain?.holds(fault)) return;
  if (!isRecord(fault) || Object.keys(fault).length === 0) {
    return `${point} cannot be ${shown(fault)}; it is ${allowedAt(point)}`;
  }
  for (const [key, value] of Object.entries(fault)) {
    if (!Object.hasOwn(keys, key)) {
      return `${point}.${key} is unknown; there are ${Object.keys(keys).join(', ')}`;
    }
    if (value !== undefined && !keys[key].holds(value)) {
      return `${point}.${key} cannot be ${shown(value)}; it is ${keys[key].allowed}`;
    }
  }
  const lacking = Object.keys(needs).find(
    (key) => fault[key] !== undefined && fault[needs[key]] === undefined,
  );
  if (lacking !== undefined) return `${point}.${lacking} says nothing without ${point}.${needs[lacking]}`;
}

/**
 * @param {Point} point
 * @param {unknown} fault
 * @throws {TypeError} names the point, the value and what there is
 */
function assertFault(point, fault) {
  const problem = problemOf(point, fault);
  if (problem !== undefined) throw new TypeError(`faults: ${problem}`);
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
 */
function shown(value) {
  return inspect(value, { breakLength: Infinity, depth: 1, maxStringLength: 60, maxArrayLength: 10 });
}

module.exports = { POINTS, allowedAt, assertBytes, assertFault, isPoint, problemOf, shown };

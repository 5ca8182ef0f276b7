// @ts-check
'use strict';

const { types } = require('node:util');
const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { kindOf } = require('../vocabulary/kind');
const { isPlain } = require('../message/body');

/**
 * A value that JSON leaves out or empties, and where it stands.
 *
 * @typedef {{ path: string, what: string, becomes: string, hint: string }} Loss
 */

/**
 * The JSON of a body. What JSON would silently leave out or empty is refused: the gateway would acknowledge a message
 * without the reading. `undefined` as a member is left out, as everybody expects.
 *
 * @param {unknown} body
 * @param {string} [name] What it is called where it came from.
 * @returns {string}
 * @throws {ArgumentError} `ERR_IOT_BODY`, which names the place: `body.readings[3].value`.
 */
function toJson(body, name = 'body') {
  let text, loss, cause;
  try {
    text = JSON.stringify(body);
    loss = lossIn(body, '');
  } catch (error) {
    cause = error;
    // Where it stands is found as it was found: a circle behind it is not reached.
    if (error instanceof TypeError && /BigInt/.test(error.message)) loss = lossIn(body, '');
  }
  if (loss !== undefined) {
    const { path, what, becomes, hint } = loss;
    throw refused(`${name}${path} is ${what}, ${becomes}`, hint, cause);
  }
  if (text !== undefined && cause === undefined) return text;
  const why = cause instanceof Error ? `: ${cause.message.split('\n', 1)[0]}` : '';
  throw refused(
    `${name} is ${kindOf(body)}, which cannot be sent as JSON${why}`,
    `Give ${name === 'body' ? 'a text, bytes, or ' : ''}a value that JSON can express.`,
    cause,
  );
}

/**
 * @param {string} message
 * @param {string} hint
 * @param {unknown} [cause]
 */
function refused(message, hint, cause) {
  return failure(ArgumentError, 'ERR_IOT_BODY', message, { hint, delivery: 'not sent', cause });
}

/**
 * @param {any} value Not circular.
 * @param {string} key What `toJSON` is given.
 * @returns {Loss | undefined}
 */
function lossIn(value, key) {
  switch (typeof value) {
    case 'object':
      break;
    case 'number':
      return Number.isFinite(value)
        ? undefined
        : lost(String(value), 'which JSON turns into null', SEND_NULL);
    case 'function':
      return lost('a function', 'which JSON leaves out', 'Call it, or leave it out.');
    case 'bigint':
      if (typeof (/** @type {any} */ (value).toJSON) === 'function') return undefined;
      return lost('a bigint', 'which JSON cannot say', 'Give Number(value), or String(value).');
    case 'symbol':
      return lost('a symbol', 'which JSON leaves out', 'Give its description as text, or leave it out.');
    default:
      return undefined;
  }
  if (value === null) return undefined;
  if (typeof value.toJSON !== 'function') return lossInside(value);
  const shown = value.toJSON(key);
  if (shown === null && types.isDate(value)) {
    return lost('an invalid Date', 'which JSON turns into null', SEND_NULL);
  }
  return typeof shown === 'object' && shown !== null ? lossInside(shown) : lossIn(shown, key);
}

/**
 * @param {any} object
 * @returns {Loss | undefined}
 */
function lossInside(object) {
  if (Array.isArray(object)) {
    for (let i = 0; i < object.length; i++) {
      const loss = lossIn(object[i], String(i));
      if (loss !== undefined) return { ...loss, path: `[${i}]${loss.path}` };
    }
    return undefined;
  }
  if (types.isBoxedPrimitive(object)) return lossIn(object.valueOf(), '');
  const names = Object.keys(object);
  if (!isPlain(object)) {
    const loss = lossOfClass(object, names.length === 0);
    if (loss !== undefined) return loss;
  }
  for (const name of names) {
    const loss = lossIn(object[name], name);
    if (loss !== undefined) return { ...loss, path: stepOf(name) + loss.path };
  }
  return undefined;
}

/**
 * @param {any} object Of some class.
 * @param {boolean} bare It has no members that JSON would see.
 */
function lossOfClass(object, bare) {
  const hint = HINTS.find(([is]) => is(object))?.[1];
  if (hint === undefined && !bare) return undefined;
  return lost(
    kindOf(object),
    'of which JSON leaves nothing',
    hint ?? 'Make an object or an array of what shall travel.',
  );
}

/** @type {[is: (object: any) => boolean, hint: string][]} */
const HINTS = [
  [types.isPromise, 'Await it first.'],
  [types.isMap, 'Make an object of it: Object.fromEntries(map).'],
  [types.isSet, 'Make an array of it: [...set].'],
  [(object) => types.isNativeError(object) || object instanceof Error, 'Send its message: error.message.'],
];

const SEND_NULL = 'Leave it out, or send null where no value is meant.';

/**
 * @param {string} what
 * @param {string} becomes
 * @param {string} hint
 * @returns {Loss}
 */
function lost(what, becomes, hint) {
  return { path: '', what, becomes, hint };
}

/** @param {string} name */
function stepOf(name) {
  return /^[A-Za-z_$][\w$]{0,63}$/.test(name) ? `.${name}` : `[${JSON.stringify(name.slice(0, 64))}]`;
}

module.exports = { toJson };

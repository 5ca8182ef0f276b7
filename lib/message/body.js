// @ts-check
'use strict';

const { types } = require('node:util');
const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { kindOf } = require('../vocabulary/kind');

const NO_BYTES = new Uint8Array(0);
const MOST_OF_A_BYTE = 255;

/**
 * @param {unknown} data
 * @returns {boolean} It is a Buffer, typed array, DataView or (Shared)ArrayBuffer.
 */
function isMemory(data) {
  return ArrayBuffer.isView(data) || types.isAnyArrayBuffer(data);
}

/**
 * @param {unknown} data
 * @returns {Buffer | undefined} The bytes of what `isMemory`, not copied; `undefined` for anything else.
 */
function memoryOf(data) {
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return types.isAnyArrayBuffer(data) ? Buffer.from(data) : undefined;
}

/**
 * @param {any} value
 * @returns {string | Buffer | undefined} What is a body by itself, in the forms all transports know: a text or a Buffer as
 *   it is, of other memory its bytes. `undefined` for anything else.
 * @throws {ArgumentError} `ERR_IOT_BODY`: the memory is not there any more.
 */
function textOrBytes(value) {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
  return isMemory(value) ? /** @type {Buffer} */ (bytesOf(value)) : undefined;
}

/**
 * What travels as the body of a message: of a text its UTF-8, of memory its bytes, of an array its elements, each a
 * byte; of `undefined`, `null` and the empty text nothing.
 *
 * Anything else is refused, lest an app is told that the gateway has what was never sent: `Buffer.from` makes thirty
 * zeros of `{ length: 30 }`, and of 21.5 in an array 21.
 *
 * @param {unknown} data Of a Message.
 * @returns {Uint8Array}
 * @throws {ArgumentError} `ERR_IOT_BODY`
 */
function bytesOf(data) {
  if (data === undefined || data === null) return NO_BYTES;
  if (typeof data === 'string') return Buffer.from(data);
  if (Array.isArray(data)) return bytesOfArray(data);
  let bytes, cause;
  try {
    bytes = memoryOf(data);
  } catch (error) {
    // Memory that was transferred to another thread, and is not there any more.
    cause = error;
  }
  if (bytes !== undefined) return bytes;
  throw noBody(`The body of the message is ${kindOf(data)}, not text or bytes`, cause);
}

/** @param {unknown[]} array */
function bytesOfArray(array) {
  const at = array.findIndex((each) => !isByte(each));
  if (at < 0) return Buffer.from(/** @type {number[]} */ (array));
  throw noBody(`The body of the message is an array whose element ${at} is ${kindOf(array[at])}, no byte`);
}

/** @param {unknown} value */
function isByte(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_OF_A_BYTE;
}

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
function noBody(message, cause) {
  return failure(ArgumentError, 'ERR_IOT_BODY', message, {
    hint: 'Send an object as JSON: new Message(JSON.stringify(…)).',
    delivery: 'not sent',
    cause,
  });
}

/**
 * @param {any} value
 * @returns {boolean} It is an object as `{}` makes one, of this realm or another.
 */
function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

module.exports = { bytesOf, isPlain, memoryOf, noBody, textOrBytes };

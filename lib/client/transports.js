// @ts-check
'use strict';

const { wrongType } = require('../plumbing/argument');
const { NotImplementedError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/**
 * What only some transports can do.
 *
 * @param {any} transport
 * @param {string | undefined} method Of the transport.
 * @param {string} hint
 * @param {string} [operation] Its name in the message.
 * @throws {NotImplementedError} The transport has no such method.
 */
function requireOffered(transport, method, hint, operation = method) {
  if (method !== undefined && typeof transport[method] === 'function') return;
  const text = `This transport does not implement ${operation}`;
  throw failure(NotImplementedError, 'ERR_IOT_NOT_IMPLEMENTED', text, { hint });
}

const HINT = 'Use fromConnectionString(connectionString, Mqtt), which makes the transport of its class.';

/**
 * @param {any} Transport The class of one.
 * @param {any} provider
 * @returns {any} One of it.
 * @throws {TypeError} `ERR_IOT_ARGUMENT_TYPE`: it is no class.
 */
function makeTransport(Transport, provider) {
  if (typeof Transport !== 'function') throw wrongType('Transport', 'constructor', Transport, HINT);
  return new Transport(provider);
}

/**
 * @param {any} transport Not falsy.
 * @throws {TypeError} `ERR_IOT_ARGUMENT_TYPE`: it is none, but its class, say, or a connection string.
 */
function requireTransport(transport) {
  if (typeof transport === 'object' && typeof transport.on === 'function') return;
  throw wrongType('transport', 'transport', transport, HINT);
}

module.exports = { makeTransport, requireOffered, requireTransport };

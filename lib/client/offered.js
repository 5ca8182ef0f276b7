// @ts-check
'use strict';

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

module.exports = { requireOffered };

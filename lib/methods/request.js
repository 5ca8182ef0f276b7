// @ts-check
'use strict';

const { failure, quote } = require('../vocabulary/failure');

/** A call of a direct method (device-sdk.md §7). */
class DeviceMethodRequest {
  /**
   * @param {string} requestId
   * @param {string} methodName
   * @param {Buffer | string} [body] JSON. Without one the call has no `payload`; one that is empty is a payload of null.
   * @throws {Error} An id or name that is empty.
   * @throws {ReferenceError} An id or name that is no text.
   * @throws {SyntaxError} The body is no JSON.
   */
  constructor(requestId, methodName, body) {
    requireText({ requestId });
    requireText({ methodName });
    this.requestId = requestId;
    this.methodName = methodName;
    if (!body) return;
    /** What the caller passed. @type {any} */
    this.payload = body.length === 0 ? null : JSON.parse(body.toString());
  }
}

/**
 * @param {Record<string, unknown>} values By name.
 * @throws {Error}
 * @throws {ReferenceError}
 */
function requireText(values) {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && value !== '') continue;
    const message = `The ${name} of a method call is ${quote(value)}`;
    const hint = 'Transports make these; in a test give texts that are not empty.';
    if (value === '') throw failure(Error, 'ERR_IOT_METHOD_ARGUMENT', message, { hint });
    throw failure(ReferenceError, 'ERR_IOT_METHOD_ARGUMENT', message, { hint });
  }
}

module.exports = { DeviceMethodRequest, requireText };

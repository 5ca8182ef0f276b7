// @ts-check
'use strict';

const { requireArguments } = require('../plumbing/argument');
const { errorCallbackToPromise } = require('../plumbing/callback');
const { NotConnectedError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { requireText } = require('./request');

/** What answers a call of a direct method, once (device-sdk.md §7). */
class DeviceMethodResponse {
  /** What sends it. @type {any} */
  _transport;

  /**
   * @param {string} requestId
   * @param {any} transport
   * @throws {Error} An empty id.
   * @throws {ReferenceError} An id that is no text, or no transport.
   */
  constructor(requestId, transport) {
    requireText({ requestId });
    requireArguments({ transport });
    this.requestId = requestId;
    /** `send` was called. */
    this.isResponseComplete = false;
    /** Null before. @type {number} */
    this.status = /** @type {any} */ (null);
    /** @type {any} */
    this.payload = null;
    // Not for those who print or compare responses.
    Object.defineProperty(this, '_transport', { value: transport, writable: true, enumerable: false });
  }

  /**
   * Answers. It is never sent again: without the connection the call came by it fails.
   *
   * @param {number} status Any but 0; 200 by custom for success.
   * @param {any} [payload] What JSON can express. Left out before a callback it is null, else the answer has no body.
   * @param {(error?: any) => void} [callback] `(error)`, when the answer was written.
   * @returns {any}
   * @throws {Error} It was answered before, or the status is 0.
   * @throws {ReferenceError} A status that is no number.
   * @throws {NotConnectedError} `ERR_IOT_METHOD_CALL_LOST`, to callback or promise.
   */
  send(status, payload, callback) {
    if (typeof payload === 'function') {
      if (callback !== undefined) throw wrongPlace();
      return this.send(status, null, payload);
    }
    /** @type {Promise<void> | undefined} */
    const promise = errorCallbackToPromise((done) => {
      if (this.isResponseComplete) throw answeredBefore(this.requestId, this.status);
      if (typeof status !== 'number') throw noStatus(status);
      this.status = status;
      this.payload = payload;
      this.isResponseComplete = true;
      try {
        this._transport.sendMethodResponse(this, (/** @type {any} */ error) => {
          // That a caller has gone must not end the process of an app which does not ask how its answer fared.
          // Later: a transport may call back before there is a promise.
          if (!callback && error instanceof NotConnectedError) queueMicrotask(() => promise?.catch(() => {}));
          done(error);
        });
      } catch (error) {
        // It cannot be sent at all: another answer may be.
        this.isResponseComplete = false;
        throw error;
      }
    }, callback);
    return promise;
  }
}

function wrongPlace() {
  return failure(Error, 'ERR_IOT_METHOD_RESPONSE', 'The payload of the response is a function', {
    hint: 'The callback is the last argument: send(status, payload, callback).',
  });
}

/**
 * @param {string} requestId
 * @param {number} status
 */
function answeredBefore(requestId, status) {
  const message = `The method call ${quote(requestId)} was answered before, with status ${status}`;
  return failure(Error, 'ERR_IOT_METHOD_ANSWERED', message, {
    hint: 'Call response.send once for each call.',
  });
}

/** @param {unknown} status */
function noStatus(status) {
  const message = `The status of the response is ${quote(status)}, not a number`;
  return failure(ReferenceError, 'ERR_IOT_METHOD_RESPONSE', message, {
    hint: 'Call response.send(status, payload) with a status such as 200.',
  });
}

module.exports = { DeviceMethodResponse };

// @ts-check
'use strict';

const { requireArguments, requireText, wrongType } = require('../plumbing/argument');
const { guarded } = require('../plumbing/uncaught');
const { warn } = require('../plumbing/warning');
const { failure, quote } = require('../vocabulary/failure');
const { DeviceMethodRequest } = require('./request');
const { DeviceMethodResponse } = require('./response');

/** @typedef {(request: DeviceMethodRequest, response: DeviceMethodResponse) => unknown} Handler */

/**
 * A call as a transport hands it over (device-sdk.md §1.1).
 *
 * @typedef {object} MethodMessage
 * @property {{ methodName: string, verb?: string }} methods
 * @property {string} requestId
 * @property {Record<string, string>} properties
 * @property {Buffer} body
 * @property {{ sendMethodResponse(response: any, callback: (error?: any) => void): void }} [answerer] What answers this very
 *   call; left out, the transport does. An id may come again on another connection.
 */

/** So much is told of why a handler failed: an answer has its limit. Characters. */
const LONGEST_REASON = 1000;

const WHAT_TO_GIVE = 'Give the name of a method, and a function that answers its calls.';

/** What an app does when its methods are called. */
class MethodHandlers {
  /** @type {Map<string, Handler>} */
  #handlers = new Map();
  /** For the names that have none. @type {Handler | undefined} */
  fallback;
  #transport;

  /** @param {any} transport What sends the answers. */
  constructor(transport) {
    this.#transport = transport;
  }

  /** Nobody waits for calls. */
  get isEmpty() {
    return this.#handlers.size === 0 && this.fallback === undefined;
  }

  /**
   * @param {string} methodName
   * @param {Handler} handler
   * @throws {ReferenceError} One is falsy.
   * @throws {TypeError} One is of another type.
   * @throws {Error} `ERR_IOT_METHOD_TAKEN`: the name has a handler.
   */
  add(methodName, handler) {
    requireArguments({ methodName });
    requireText('methodName', methodName, WHAT_TO_GIVE);
    requireHandler(handler);
    if (this.#handlers.has(methodName)) {
      const message = `The method ${quote(methodName)} has a handler already`;
      throw failure(Error, 'ERR_IOT_METHOD_TAKEN', message, {
        hint: 'Remove that first: offMethod(name), or offDeviceMethod(name) of a Client.',
      });
    }
    this.#handlers.set(methodName, handler);
  }

  /**
   * @param {string} methodName
   * @returns {boolean} Whether there was one.
   */
  remove(methodName) {
    return this.#handlers.delete(methodName);
  }

  /**
   * A call came.
   *
   * @param {MethodMessage} message
   */
  dispatch(message) {
    const { methodName } = message.methods;
    const handler = this.#handlers.get(methodName) ?? this.fallback;
    if (handler) guarded(() => this.#run(handler, message));
  }

  /**
   * @param {Handler} handler
   * @param {MethodMessage} message
   */
  #run(handler, { methods: { methodName }, requestId, body, answerer = this.#transport }) {
    const response = new DeviceMethodResponse(requestId, answerer);
    const failed = (/** @type {number} */ status, /** @type {string} */ title, /** @type {any} */ error) => {
      const reason = String(error?.message ?? error).slice(0, LONGEST_REASON);
      if (response.isResponseComplete) warnOfFailure(methodName, reason);
      else response.send(status, `${title}: ${reason}`, () => {});
    };
    let outcome;
    try {
      outcome = handler(new DeviceMethodRequest(requestId, methodName, body), response);
    } catch (error) {
      failed(400, 'Invalid request format', error);
      return;
    }
    if (typeof (/** @type {any} */ (outcome)?.then) === 'function') {
      /** @type {any} */ (outcome).then(undefined, (/** @type {any} */ error) =>
        failed(500, 'The method failed', error),
      );
    }
  }
}

/**
 * Whoever called has an answer, so the app alone is told.
 *
 * @param {string} methodName
 * @param {string} reason
 */
function warnOfFailure(methodName, reason) {
  warn(
    'WARN_IOT_METHOD_HANDLER',
    `The handler of the method ${quote(methodName)} failed after it had answered: ${quote(reason, 200)}`,
  );
}

/**
 * @param {unknown} handler
 * @throws {ReferenceError}
 * @throws {TypeError}
 */
function requireHandler(handler) {
  requireArguments({ handler });
  if (typeof handler !== 'function') throw wrongType('handler', 'function', handler, WHAT_TO_GIVE);
}

/**
 * The answer to calls of methods that an app does not have.
 *
 * @param {DeviceMethodRequest} request
 * @param {DeviceMethodResponse} response
 */
function notImplemented({ methodName }, response) {
  response.send(501, `The device has no method ${quote(methodName)}`, () => {});
}

module.exports = { MethodHandlers, notImplemented, requireHandler };

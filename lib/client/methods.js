// @ts-check
'use strict';

const { keepsPendingOperations } = require('../connection/transport');
const { MethodHandlers, notImplemented, requireHandler } = require('../methods/method_handlers');
const { NotImplementedError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** The methods of a client, and the switch of its transport that goes with them. */
class ClientMethods {
  #transport;
  #want;
  #handlers;
  /** Names that the transport hands over; it cannot be told to stop. @type {Set<string>} */
  #handed = new Set();

  /**
   * @param {any} transport
   * @param {(wanted: boolean) => void} want
   */
  constructor(transport, want) {
    this.#transport = transport;
    this.#want = want;
    this.#handlers = new MethodHandlers(transport);
    transport.on('unknownMethod', (/** @type {any} */ message) => this.#handlers.dispatch(message));
  }

  /**
   * @param {string} methodName
   * @param {import('../methods/method_handlers').Handler} handler
   */
  add(methodName, handler) {
    this.#handlers.add(methodName, handler);
    if (!this.#handed.has(methodName)) {
      this.#handed.add(methodName);
      this.#transport.onDeviceMethod(methodName, (/** @type {any} */ message) =>
        this.#handlers.dispatch(message),
      );
    }
    this.#want(true);
  }

  /** @param {string} methodName */
  remove(methodName) {
    const removed = this.#handlers.remove(methodName);
    if (removed && this.#handlers.isEmpty) this.#want(false);
    return removed;
  }

  /** @param {import('../methods/method_handlers').Handler | null} [handler] */
  setFallback(handler = notImplemented) {
    if (this.#transport[keepsPendingOperations] !== true) throw onlyOurs();
    if (handler !== null) requireHandler(handler);
    this.#handlers.fallback = handler ?? undefined;
    this.#want(!this.#handlers.isEmpty);
  }
}

function onlyOurs() {
  const message =
    'This transport does not implement onUnknownDeviceMethod: it keeps calls without a handler to itself';
  return failure(NotImplementedError, 'ERR_IOT_NOT_IMPLEMENTED', message, {
    hint: 'Use Mqtt of this package, or a handler for each method.',
  });
}

module.exports = { ClientMethods };

// @ts-check
'use strict';

const { NotConnectedError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { bodyTooLarge } = require('./message_size');
const { queryOf } = require('./topics');

const CALLS = '$iothub/methods/POST/';
const ANSWERS = '$iothub/methods/res/';

/** So many calls are remembered: a gateway waits for the answer to one for at most 5 min 30 s (edge-gateway.md §4.4). */
const REMEMBERED = 10_000;

/** @typedef {(error?: any) => void} Callback */

/** @typedef {import('../methods/method_handlers').MethodMessage} MethodMessage */

/**
 * Calls of direct methods, and their answers (device-sdk.md §3.9): `$iothub/methods/POST/{name}/?$rid={id}`, answered on
 * `$iothub/methods/res/{status}/?$rid={id}`, both by QoS 0. An answer counts on the connection that its call came by.
 */
class MethodCalls {
  /** Where calls come. @type {import('./topics').Row} */
  row = {
    qos: 0,
    prefix: () => CALLS,
    receive: (rest, payload, settle) => {
      settle();
      this.#onCall(rest, payload);
    },
  };

  /** @type {Map<string, (message: MethodMessage) => void>} */
  #handlers = new Map();
  /** The latest calls, oldest first, and whether they may still be answered. @type {Map<string, 'open' | 'over' | 'lost'>} */
  #calls = new Map();
  #publish;
  #unknown;

  /**
   * @param {(topic: string, body: string, callback: Callback) => void} publish By QoS 0.
   * @param {(message: MethodMessage) => void} unknown Is given calls of names that nobody handles.
   */
  constructor(publish, unknown) {
    this.#publish = publish;
    this.#unknown = unknown;
  }

  /**
   * @param {string} name
   * @param {(message: MethodMessage) => void} handler
   */
  handle(name, handler) {
    this.#handlers.set(name, handler);
  }

  /**
   * @param {any} response `{ requestId, status, payload }`
   * @param {Callback} callback Called when the answer was written.
   * @throws {Error} `ERR_IOT_METHOD_RESPONSE`: the response has no id or no status.
   * @throws {TypeError} JSON cannot express the payload.
   * @throws {MessageTooLargeError} `ERR_IOT_MESSAGE_TOO_LARGE`: no packet can hold it.
   */
  answer(response, callback) {
    requireResponse(response);
    const { requestId, status, payload } = response;
    const body = JSON.stringify(payload) ?? '';
    const fault = bodyTooLarge('the answer to a method call', body);
    if (fault) throw fault;
    const state = this.#calls.get(requestId);
    if (state === 'lost') {
      process.nextTick(callback, callLost(requestId));
      return;
    }
    if (state === 'open') this.#calls.set(requestId, 'over');
    this.#publish(`${ANSWERS}${status}/?$rid=${requestId}`, body, (error) =>
      callback(error ? callLost(requestId, error) : null),
    );
  }

  /** The connection is gone, and with it whoever waits for answers. */
  disconnected() {
    for (const [id, state] of this.#calls) if (state === 'open') this.#calls.set(id, 'lost');
  }

  /**
   * @param {string} rest
   * @param {Buffer} body
   */
  #onCall(rest, body) {
    const [, methodName, query] = /^([^/]+)\/\?(.*)$/s.exec(rest) ?? [];
    const { $rid: requestId, ...properties } = queryOf(query ?? '');
    // Sent twice it is still one call, which must not be carried out twice.
    if (!requestId || this.#calls.has(requestId)) return;
    this.#remember(requestId);
    const message = { methods: { methodName, verb: 'POST' }, requestId, properties, body };
    (this.#handlers.get(methodName) ?? this.#unknown)(message);
  }

  /** @param {string} id */
  #remember(id) {
    this.#calls.set(id, 'open');
    if (this.#calls.size <= REMEMBERED) return;
    const [oldest] = this.#calls.keys();
    this.#calls.delete(oldest);
  }
}

/**
 * @param {any} response
 * @throws {Error}
 */
function requireResponse(response) {
  const { requestId, status } = response ?? {};
  const fault = [
    [response, 'There is no response'],
    [typeof requestId === 'string' && requestId, `The requestId of the response is ${quote(requestId)}`],
    [typeof status === 'number' && status, `The status of the response is ${quote(status)}`],
  ].find(([fine]) => !fine);
  if (!fault) return;
  throw failure(Error, 'ERR_IOT_METHOD_RESPONSE', `${fault[1]}`, {
    hint: 'Call response.send(status, payload) with a status such as 200: a number other than 0.',
  });
}

/**
 * @param {string} requestId
 * @param {unknown} [cause]
 */
function callLost(requestId, cause) {
  const message = `Nobody waits for the answer to the method call ${quote(requestId)} any more: its connection is gone`;
  return failure(NotConnectedError, 'ERR_IOT_METHOD_CALL_LOST', message, {
    hint: 'Whoever called was told that the device did not answer, and may call again.',
    delivery: 'not sent',
    cause,
  });
}

module.exports = { MethodCalls };

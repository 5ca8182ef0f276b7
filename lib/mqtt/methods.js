// @ts-check
'use strict';

const { Warnings } = require('../plumbing/warning');
const { NotConnectedError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { bodyTooLarge } = require('./message_size');
const { queryOf } = require('./topics');

const CALLS = '$iothub/methods/POST/';
const ANSWERS = '$iothub/methods/res/';

/** So many calls are remembered: a gateway waits for the answer to one for at most 5 min 30 s (edge-gateway.md §4.4). */
const REMEMBERED = 10_000;

/**
 * An id that the topic of an answer can carry: printable ASCII without what means something in topics and queries, or in
 * subscriptions. A gateway gives GUIDs, the hub numbers (edge-gateway.md §4.4).
 */
const ANSWERABLE = /^(?!.*[/+#?&])[ -~]{1,128}$/;

const STATUS_HINT = 'Call response.send(status, payload) with a status such as 200: a number other than 0.';

/** @typedef {(error?: any) => void} Callback */

/** @typedef {import('../methods/method_handlers').MethodMessage} MethodMessage */

/**
 * Calls of direct methods, and their answers (device-sdk.md §3.9): `$iothub/methods/POST/{name}/?$rid={id}`, answered on
 * `$iothub/methods/res/{status}/?$rid={id}`, both by QoS 0. An answer counts on the connection that its call came by; on
 * another one the same id is another call.
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
  /** Counts connections. */
  #line = 0;
  /** The ids of the latest calls, oldest first, and the connection each came by. @type {Map<string, number>} */
  #calls = new Map();
  #warnings = new Warnings();
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
   * @param {Callback} [callback] Called when the answer was written.
   * @param {number} [line] The connection that the call came by; left out, that of the latest call with this id.
   * @throws {Error} `ERR_IOT_METHOD_RESPONSE`: no topic can carry the id or the status of the response.
   * @throws {TypeError} JSON cannot express the payload.
   * @throws {MessageTooLargeError} `ERR_IOT_MESSAGE_TOO_LARGE`: no packet can hold it.
   */
  answer(response, callback = () => {}, line = this.#calls.get(response?.requestId)) {
    requireResponse(response);
    const { requestId, status, payload } = response;
    const body = JSON.stringify(payload) ?? '';
    const fault = bodyTooLarge('the answer to a method call', body);
    if (fault) throw fault;
    if (line !== undefined && line !== this.#line) {
      process.nextTick(callback, callLost(requestId));
      return;
    }
    this.#publish(`${ANSWERS}${status}/?$rid=${requestId}`, body, (error) =>
      callback(error ? callLost(requestId, error) : null),
    );
  }

  /** The connection is gone, and with it whoever waits for answers. */
  disconnected() {
    this.#line += 1;
  }

  /**
   * @param {string} rest
   * @param {Buffer} body
   */
  #onCall(rest, body) {
    const [, methodName, query] = /^([^/]+)\/\?(.*)$/s.exec(rest) ?? [];
    const { $rid: requestId = '', ...properties } = queryOf(query ?? '');
    if (!ANSWERABLE.test(requestId)) {
      this.#warnings.warn(
        'WARN_IOT_METHOD_ID',
        `A call of the method ${quote(methodName ?? rest)} is ignored: no answer can carry its id, ${quote(requestId)}`,
        'Ids are printable ASCII of at most 128 characters, without / + # ? and &. Whoever called waits in vain.',
      );
      return;
    }
    const line = this.#line;
    // Transmitted twice it is still one call, which must not be carried out twice.
    if (this.#calls.get(requestId) === line) return;
    this.#remember(requestId, line);
    /** @type {MethodMessage} */
    const message = {
      methods: { methodName, verb: 'POST' },
      requestId,
      properties,
      body,
      answerer: { sendMethodResponse: (response, callback) => this.answer(response, callback, line) },
    };
    (this.#handlers.get(methodName) ?? this.#unknown)(message);
  }

  /**
   * @param {string} id
   * @param {number} line
   */
  #remember(id, line) {
    // To the end, as the latest.
    this.#calls.delete(id);
    // A copy: the id is a slice of its topic, which it would keep.
    this.#calls.set(Buffer.from(id, 'latin1').toString('latin1'), line);
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
  if (!response) throw noAnswer('There is no response', STATUS_HINT);
  if (typeof requestId !== 'string' || !ANSWERABLE.test(requestId))
    throw noAnswer(
      `The requestId of the response is ${quote(requestId)}`,
      'It is that of the call: leave it as it is.',
    );
  // Any number but 0 (device-sdk.md §7); from 1e21 on it is written with a plus sign, which no topic can carry.
  if (typeof status !== 'number' || !status || !(Math.abs(status) < 1e21))
    throw noAnswer(`The status of the response is ${quote(status)}`, STATUS_HINT);
}

/**
 * @param {string} message
 * @param {string} hint
 */
function noAnswer(message, hint) {
  return failure(Error, 'ERR_IOT_METHOD_RESPONSE', message, { hint });
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

// @ts-check
'use strict';

const { KeptConnection } = require('../connection/kept');
const { messageOf } = require('./message');
const { answering } = require('./methods');
const { Latency } = require('./latency');
const { limitsOf, readLimits } = require('./limits');
const { FollowedTwin } = require('./twin');
const { MessageStream } = require('../c2d/message_stream');
const { resumption } = require('../c2d/resumption');
const { ClientMethods } = require('../client/methods');
const { requireHandler } = require('../methods/method_handlers');
const { DESIRED, METHODS } = require('../connection/transport');
const { DEVICE } = require('../vocabulary/idiom');
const { tellState } = require('../plumbing/happenings');
const { ObservedEmitter } = require('../plumbing/observed_emitter');
const { guarded } = require('../plumbing/uncaught');
const { Warnings } = require('../plumbing/warning');
const { warnOfEvent } = require('./events');

/**
 * What devices and modules have in common, as `connect()` gives them. They stay connected: after a loss they come back by
 * themselves, and what was sent is kept meanwhile.
 *
 * Events, none of which need be heard:
 * - `connect` on every connection made after the first;
 * - `disconnect(Error)` when the retry policy gives up, which the default one never does;
 * - `state({ state, delay?, reason?, stage? })`: `connecting` (with the stage reached), `connected`, `waiting` (for
 *   `delay` milliseconds, because of `reason`) and `closed`;
 * - `error(Error)`: messages, methods or changes of the twin could not be subscribed to, or the answer of a method came too
 *   late.
 */
class Participant extends ObservedEmitter {
  #transport;
  #connection;
  #stream;
  #methods;
  /** @type {import('./twin').FollowedTwin | undefined} */
  #twin;
  #latency = new Latency();
  #warnings = new Warnings();
  #connections = 0;

  /**
   * @param {import('./options').Settings} settings
   * @param {import('../connection/transport').MessageFeature} feature What brings it messages.
   * @param {number} [longestMs] How long a message waits while nobody asks for one.
   */
  constructor({ transport, policy, retryFirst }, feature, longestMs) {
    super();
    this.#transport = transport;
    /** Why a feature failed last. @type {Error | undefined} */
    let told;
    const featureFailed = (/** @type {Error} */ error, /** @type {any[]} */ features) => {
      told = error;
      if (features.includes(feature)) this.#stream.fail(error);
      if (features.includes(DESIRED)) this.#twin?.fail(error);
      this.#raise(error);
    };
    const host = { _transport: transport, _retryPolicy: policy, _maxOperationTimeout: Infinity };
    this.#connection = new KeptConnection(
      host,
      {
        connected: () => {
          this.#connections += 1;
          guarded(() => this.emit('connect'));
        },
        disconnected: (error) => {
          this.#stream.fail(/** @type {Error} */ (error));
          this.#twin?.fail(/** @type {Error} */ (error));
          guarded(() => this.emit('disconnect', error));
        },
        featureFailed,
        stale: () => {
          this.#stream.drop();
          this.#twin?.rest();
        },
        state: (change) => {
          tellState(transport.peer, change);
          guarded(() => this.emit('state', change));
        },
      },
      { retryFirst: () => retryFirst, idiom: DEVICE },
    );
    this.#stream = new MessageStream(
      {
        want: (wanted) => this.#connection.want(feature, wanted),
        suspend: () => transport[feature.suspend](),
        resume: resumption(transport, feature, {
          stands: () => this.#connection.state === 'connected',
          failed: (error) => {
            if (error !== told) featureFailed(error, [feature]);
          },
        }),
      },
      longestMs,
    );
    transport.on(feature.event, (/** @type {any[]} */ ...received) => {
      const settle = received.pop();
      this.#stream.arrive(received.pop(), settle);
    });
    this.#methods = new ClientMethods(transport, (wanted) => this.#connection.want(METHODS, wanted));
  }

  /**
   * Sends a message. It is kept over connection losses, in order, and resolves when the gateway acknowledged it.
   *
   * @param {any} body A text or bytes go as they are, a Message too. Anything else travels as JSON, with
   *   `contentType` application/json and `contentEncoding` utf-8; what JSON would silently empty is refused.
   * @param {object} [options] Not together with a Message, except the last two.
   * @param {Record<string, string | number | boolean> | import('../..').Properties} [options.properties]
   * @param {string} [options.messageId] Default: a random UUID, which is sent, so that the receiver recognises a
   *   message that arrives twice.
   * @param {string} [options.correlationId]
   * @param {string} [options.contentType]
   * @param {string} [options.contentEncoding]
   * @param {number} [options.timeout] Milliseconds; `Infinity`: no limit. Default: four minutes.
   * @param {AbortSignal} [options.signal] Gives up waiting; a message that was written may have arrived.
   * @returns {Promise<{ id: string, latencyMs: number }>} The message's id, and the time the acknowledgement took
   *   from this call on.
   * @throws {ArgumentError} Body or options cannot be used.
   * @throws {MessageTooLargeError} Body and properties exceed the limit of 255 KiB.
   * @throws {TimeoutError} `timeout` passed. Its `delivery` says whether the message was written.
   * @throws {NotConnectedError} The device was closed, or its retry policy gave up.
   */
  sendEvent(body, options = {}) {
    return this._send(body, options, (message, settled, limits) =>
      this.#connection.sendEvent(message, settled, limits),
    );
  }

  /**
   * @protected
   * @param {any} body
   * @param {Record<string, any>} options
   * @param {(message: any, settled: (error: any) => void, limits: any) => void} send
   * @param {() => void} [check] Throws what is wrong with the other arguments.
   * @returns {Promise<{ id: string, latencyMs: number }>} No other is put around it: it is settled before that of `close()`.
   */
  _send(body, options, send, check) {
    return new Promise((resolve, reject) => {
      check?.();
      const message = messageOf(body, options);
      const limits = limitsOf(options);
      const started = performance.now();
      const settled = (/** @type {any} */ error) => {
        if (error) {
          reject(error);
          return;
        }
        const latencyMs = performance.now() - started;
        this.#latency.record(latencyMs);
        resolve({ id: message.messageId, latencyMs });
      };
      send(message, settled, limits);
    });
  }

  /** @protected */
  get _connection() {
    return this.#connection;
  }

  /** @protected What was received. */
  get _stream() {
    return this.#stream;
  }

  /**
   * The twin, kept in step with the gateway from now on.
   *
   * @param {{ timeout?: number, signal?: AbortSignal }} [options] Of the first fetch, as in `sendEvent`.
   * @returns {Promise<import('../twin/device_twin').DeviceTwin>} The same each time.
   * @throws {ArgumentError} An option is unknown or cannot be used.
   * @throws {TimeoutError | NotConnectedError} It could not be fetched.
   */
  async twin(options = {}) {
    const limits = readLimits(options);
    this.#twin ??= new FollowedTwin(this.#transport, this.#connection);
    return this.#twin.ready(limits);
  }

  /**
   * Has a function called whenever a method of the device or module is called. What it returns, or its promise resolves with,
   * is the payload of the answer, with status 200; `call.reply(status, payload)` gives another status. If it throws, the
   * caller gets status 500 with the reason.
   *
   * @param {string} name
   * @param {import('./methods').MethodHandler} handler `(payload, call)`
   * @throws {ReferenceError} An argument is missing.
   * @throws {TypeError} An argument is of another type.
   * @throws {Error} `ERR_IOT_METHOD_TAKEN`: the method has a handler.
   */
  onMethod(name, handler) {
    requireHandler(handler);
    this.#methods.add(
      name,
      answering(handler, (error) => this.#raise(error)),
    );
  }

  /**
   * Takes a handler away. Its calls are unknown from now on.
   *
   * @param {string} name
   * @returns {boolean} Whether there was one.
   */
  offMethod(name) {
    return this.#methods.remove(name);
  }

  /**
   * Has a function called for methods without a handler; otherwise nobody answers such a call, and its caller waits in vain.
   *
   * @param {import('./methods').MethodHandler | null} [handler] Default: answers with status 501. `null`: nobody, again.
   * @throws {TypeError} It is no function.
   */
  onUnknownMethod(handler) {
    if (handler) requireHandler(handler);
    this.#methods.setFallback(handler ? answering(handler, (error) => this.#raise(error)) : handler);
  }

  /**
   * How the device is doing. `queued` messages were not written yet, those `inFlight` were and await their
   * acknowledgement; `held` ones were received and nobody has asked for them. `reconnects` counts connections after the
   * first. `latencyMs` is about acknowledgements: `count`, `mean` and `max` of all, `p50` and `p99` of the last 1024.
   */
  stats() {
    const { queued, inFlight } = this.#transport.stats();
    return {
      state: this.#connection.state,
      queued: /** @type {number} */ (queued),
      inFlight: /** @type {number} */ (inFlight),
      held: this.#stream.held,
      reconnects: Math.max(this.#connections - 1, 0),
      latencyMs: this.#latency.summary(),
    };
  }

  /**
   * Disconnects, after giving messages under way a bounded time to be acknowledged. May be called again.
   *
   * @returns {Promise<void>}
   */
  close() {
    this.#stream.close();
    this.#twin?.close();
    return new Promise((resolve, reject) => {
      this.#connection.close((error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /**
   * @protected
   * @param {string | symbol | undefined} event
   */
  _listenersChanged(event) {
    if (event !== undefined && this.listenerCount(event) > 0) warnOfEvent(this.#warnings, event);
  }

  /** @param {Error} error Nobody need hear it. */
  #raise(error) {
    if (this.listenerCount('error') > 0) guarded(() => this.emit('error', error));
  }

  /** @returns {Promise<void>} */
  [Symbol.asyncDispose]() {
    return this.close();
  }

  /**
   * Connects for the first time.
   *
   * @template {Participant} P
   * @param {P} participant
   * @param {Record<string, any>} transportOptions
   * @returns {Promise<P>}
   */
  static open(participant, transportOptions) {
    return new Promise((resolve, reject) => {
      participant.#connection.perform('setOptions', transportOptions, (error) => {
        if (error) reject(error);
        else participant.#connection.open((failed) => (failed ? reject(failed) : resolve(participant)));
      });
    });
  }
}

module.exports = { Participant };

// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { KeptConnection } = require('../connection/kept');
const { messageOf } = require('./message');
const { answering } = require('./methods');
const { readDeviceOptions } = require('./options');
const { Latency } = require('./latency');
const { readLimits } = require('./limits');
const { FollowedTwin } = require('./twin');
const { MessageStream } = require('../c2d/message_stream');
const { ClientMethods } = require('../client/methods');
const { requireHandler } = require('../methods/method_handlers');
const { C2D, DESIRED, METHODS } = require('../connection/transport');
const { DEVICE } = require('../vocabulary/idiom');
const { tellState } = require('../plumbing/happenings');
const { guarded } = require('../plumbing/uncaught');

/**
 * A device connected through its gateway, as `connect()` gives it. It stays connected: after a loss it comes back by
 * itself, and what was sent is kept meanwhile.
 *
 * Events, none of which need be heard:
 * - `connect` on every connection made after the first;
 * - `disconnect(Error)` when the retry policy gives up, which the default one never does;
 * - `state({ state, delay?, reason?, stage? })`: `connecting` (with the stage reached), `connected`, `waiting` (for
 *   `delay` milliseconds, because of `reason`) and `closed`;
 * - `error(Error)`: messages, methods or changes of the twin could not be subscribed to, or the answer of a method came too
 *   late.
 */
class Device extends EventEmitter {
  #transport;
  #connection;
  #stream;
  #methods;
  /** @type {import('./twin').FollowedTwin | undefined} */
  #twin;
  #latency = new Latency();
  #connections = 0;

  /** @param {ReturnType<typeof readDeviceOptions>} settings */
  constructor({ transport, policy, retryFirst }) {
    super();
    this.#transport = transport;
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
        featureFailed: (error, features) => {
          if (features.includes(C2D)) this.#stream.fail(error);
          if (features.includes(DESIRED)) this.#twin?.fail(error);
          this.#raise(error);
        },
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
    this.#stream = new MessageStream({
      want: (wanted) => this.#connection.want(C2D, wanted),
      suspend: () => transport.suspendC2D(),
      resume: () => transport.enableC2D(() => {}),
    });
    transport.on('message', (/** @type {any} */ message, /** @type {() => void} */ settle) =>
      this.#stream.arrive(message, settle),
    );
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
    return new Promise((resolve, reject) => {
      const message = messageOf(body, options);
      const limits = readLimits(options);
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
      this.#connection.sendEvent(message, settled, limits);
    });
  }

  /**
   * Messages from the cloud, for `for await`. Several iterators share the stream: each message goes to one of them.
   *
   * A message is acknowledged when the next one is asked for, or by `complete`. One that was being handled when its
   * loop was left goes to the next loop; when the connection ended, it comes again by the next. Ends when the device is
   * closed, and throws when the retry policy gives up.
   *
   * @returns {AsyncIterableIterator<import('../..').Message>}
   */
  messages() {
    return this.#stream.iterator();
  }

  /**
   * Acknowledges a message now: before leaving the loop with it, for instance.
   *
   * @param {import('../..').Message} message From `messages()`.
   */
  complete(message) {
    this.#stream.settle(message);
  }

  /**
   * The twin of the device, kept in step with the gateway from now on.
   *
   * @param {{ timeout?: number, signal?: AbortSignal }} [options] Of the first fetch, as in `sendEvent`.
   * @returns {Promise<import('../twin/device_twin').DeviceTwin>} The same each time.
   * @throws {TimeoutError | NotConnectedError} It could not be fetched.
   */
  async twin(options = {}) {
    const limits = readLimits(options);
    this.#twin ??= new FollowedTwin(this.#transport, this.#connection);
    return this.#twin.ready(limits);
  }

  /**
   * Has a function called whenever the cloud calls a method of the device. What it returns, or its promise resolves with,
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
   * @param {Device} device
   * @param {Record<string, any>} transportOptions
   * @returns {Promise<void>}
   */
  static open(device, transportOptions) {
    return new Promise((resolve, reject) => {
      device.#connection.perform('setOptions', transportOptions, (error) => {
        if (error) reject(error);
        else device.#connection.open((failed) => (failed ? reject(failed) : resolve()));
      });
    });
  }
}

/**
 * Connects a device to its gateway.
 *
 * The first connection is tried once, so that a mistake is told at once, unless `retry` is `'forever'`. Afterwards the
 * device comes back for ever, unless `retry` says otherwise.
 *
 * @param {import('../..').ConnectOptions} options
 * @returns {Promise<Device>} Connected.
 * @throws {ArgumentError} An option is unknown or cannot be used, or the connection string is at fault.
 * @throws {NotConnectedError} Name, network or TLS failed.
 * @throws {UnauthorizedError} The gateway refused the device.
 */
async function connect(options) {
  const settings = readDeviceOptions(options);
  const device = new Device(settings);
  await Device.open(device, settings.transportOptions);
  return device;
}

module.exports = { connect, Device };

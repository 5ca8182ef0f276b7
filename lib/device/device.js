// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { KeptConnection } = require('../connection/kept');
const { messageOf } = require('./message');
const { readDeviceOptions } = require('./options');
const { Latency } = require('./latency');
const { MessageStream } = require('../c2d/message_stream');
const { badOption, requirePositive } = require('../plumbing/option');
const { C2D } = require('../connection/transport');
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
 * - `error(Error)`: messages could not be subscribed to.
 */
class Device extends EventEmitter {
  #transport;
  #connection;
  #stream;
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
          guarded(() => this.emit('disconnect', error));
        },
        featureFailed: (error) => {
          this.#stream.fail(error);
          if (this.listenerCount('error') > 0) guarded(() => this.emit('error', error));
        },
        stale: () => this.#stream.drop(),
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
      const { timeout, signal } = options;
      requirePositive('timeout', timeout, 'milliseconds');
      if (signal !== undefined && !(signal instanceof AbortSignal))
        throw badOption('signal', signal, 'an AbortSignal');
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
      const limits =
        timeout === undefined && signal === undefined ? undefined : { timeoutMs: timeout, signal };
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
    return new Promise((resolve, reject) => {
      this.#connection.close((error) => {
        if (error) reject(error);
        else resolve();
      });
    });
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

// @ts-check
'use strict';

const { requireArguments, requireCallback } = require('../plumbing/argument');
const { callbackToPromise } = require('../plumbing/callback');
const { messageOf } = require('./message');
const { requireOffered, requireTransport } = require('./transports');
const { ClientOptions, readAuthority } = require('./options');
const { resumption } = require('../c2d/resumption');
const { KeptConnection } = require('../connection/kept');
const { ArgumentError, InvalidOperationError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { ObservedEmitter } = require('../plumbing/observed_emitter');
const { Disconnected, MessageCompleted, TransportConfigured } = require('../vocabulary/results');
const { ExponentialBackOffWithJitter } = require('../connection/retry_policy');
const { DESIRED, keepsPendingOperations } = require('../connection/transport');
const { requireOptions } = require('../plumbing/option');
const { tellState } = require('../plumbing/happenings');
const { copyOf } = require('../twin/twin');
const { twinOf } = require('./twin_of');
const { guarded } = require('../plumbing/uncaught');

/** @typedef {import('../twin/twin').Twin} Twin */
/** @typedef {(error: any, result?: any) => void} Callback */

/** How long an operation, and a reconnection, may take with its retries. Milliseconds. */
const MAX_OPERATION_TIMEOUT_MS = 240_000;

/**
 * What clients for devices and for modules share (device-sdk.md §1.2, §2). Methods that take a callback return a
 * promise without one. Arguments that cannot be used are thrown with a callback and reject the promise without.
 *
 * Events: `connect` on every connection made, `disconnect(results.Disconnected)` when the retry policy gives up, its
 * `transportObj` the error, `error(Error)`, and `state({ state, delay?, reason?, stage? })`.
 */
class InternalClient extends ObservedEmitter {
  /** The renewal period of old, kept for apps that read it. Milliseconds. */
  static sasRenewalInterval = 2_700_000;

  #connection;
  #options = new ClientOptions();
  /** Why a feature failed last, as somebody was told. @type {Error | undefined} */
  #told;

  /**
   * @param {any} transport A DeviceTransport, see `transport.js`.
   * @param {string} [connectionString] Not used any more.
   * @throws {ReferenceError} No transport.
   * @throws {TypeError} `ERR_IOT_ARGUMENT_TYPE`: it is none.
   * @throws {InvalidOperationError} A connection string: use `fromConnectionString`.
   */
  constructor(transport, connectionString) {
    requireArguments({ transport });
    if (connectionString) {
      throw failure(
        InvalidOperationError,
        'ERR_IOT_CONSTRUCTOR',
        'The constructor takes no connection string',
        { hint: 'Use fromConnectionString(connectionString, Transport).' },
      );
    }
    requireTransport(transport);
    super();
    // These three are read, and set, by apps and their tests.
    this._transport = transport;
    /** @type {import('../..').RetryPolicy} */
    this._retryPolicy = new ExponentialBackOffWithJitter();
    /** Milliseconds. */
    this._maxOperationTimeout = MAX_OPERATION_TIMEOUT_MS;
    /** Made by the first `getTwin`. @type {Twin | undefined} */
    this._twin = undefined;

    const quick = this._retryPolicy;
    const Connection = this._keeps ? KeptConnection : perOperationConnection();
    const hooks = /** @type {import('../connection/transport').Hooks} */ ({
      connected: () => guarded(() => this.emit('connect')),
      disconnected: (error) => guarded(() => this.emit('disconnect', new Disconnected(error))),
      featureFailed: (error, features, told) => this.#featureFailed(error, features, told),
      stale: () => {
        this._messagesStale();
        if (this._twin) copyOf(this._twin).rest();
      },
      state: (change) => {
        tellState(this._keeps ? transport.peer : undefined, change);
        guarded(() => this.emit('state', change));
      },
    });
    this.#connection = new Connection(this, hooks, { retryFirst: () => this._retryPolicy !== quick });
  }

  /**
   * Connects. Not needed: sending or listening connects too. A connection that is being made is joined.
   *
   * With the MQTT transports the default retry policy is asked only once a connection has stood: before, a failure is
   * reported at once, so that a typo in a host name is (CONNACK 3, "server unavailable", excepted). One that was set by
   * `setRetryPolicy` is asked from the first failure on.
   *
   * @param {Callback} [callback] `(error, results.Connected)`
   * @returns {any}
   */
  open(callback) {
    return callbackToPromise((done) => this.#connection.open(done), callback);
  }

  /**
   * Disconnects, after giving messages under way a bounded time to be acknowledged. `open` may be called again.
   *
   * @param {Callback} [callback] `(error, results.Disconnected)`
   * @returns {any}
   */
  close(callback) {
    return callbackToPromise((done) => this.#connection.close(done), callback);
  }

  /**
   * Sends a message. With the MQTT transports it is kept over connection losses until it is acknowledged, or four
   * minutes have passed, or the retry policy gives up.
   *
   * @param {any} message A Message, or what stands for one: see `messageOf`.
   * @param {Callback} [callback] `(error, results.MessageEnqueued)`, when the gateway acknowledged it.
   * @returns {any}
   * @throws {ReferenceError} No message.
   * @throws {ArgumentError} `ERR_IOT_BODY`: something that is no message.
   */
  sendEvent(message, callback) {
    // Not through callbackToPromise: this is the path every message takes, and the callback goes on as it is.
    if (callback) {
      if (typeof callback !== 'function') requireCallback(callback);
      if (!message) requireArguments({ message });
      this.#connection.sendEvent(messageOf(message), callback);
      return;
    }
    return new Promise((resolve, reject) => {
      requireArguments({ message });
      this.#connection.sendEvent(messageOf(message), (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  }

  /**
   * Sends several messages in one request: HTTP only.
   *
   * @param {any[]} messages
   * @param {Callback} [callback] `(error, results.MessageEnqueued)`
   * @returns {any}
   * @throws {NotImplementedError} The transport has no batches: send the messages one by one.
   */
  sendEventBatch(messages, callback) {
    return callbackToPromise((done) => {
      requireOffered(
        this._transport,
        'sendEventBatch',
        'Call sendEvent for each message: they are sent together anyway.',
      );
      this.#connection.perform('sendEventBatch', messages, done);
    }, callback);
  }

  /**
   * Sets options of the transport, beside those set before. They take effect at the next connection.
   *
   * @param {import('../..').DeviceClientOptions} options `ca` may be PEM, DER, the path of a file, or an array of these.
   * @param {Callback} [callback] `(error)`; on success there is no result.
   * @returns {any}
   * @throws {ReferenceError} No options. Thrown also without a callback, as ever.
   * @throws {ArgumentError} An option cannot be used; then none of them is.
   */
  setOptions(options, callback) {
    requireArguments({ options });
    return callbackToPromise((done) => {
      requireOptions(options, 'ca');
      this.#configure(options, (error) => done(error));
    }, callback);
  }

  /**
   * @deprecated Use `setOptions`.
   * @param {any} options A receive policy for HTTP.
   * @param {Callback} [callback] `(error, results.TransportConfigured)`
   * @returns {any}
   * @throws {ReferenceError} No options.
   * @throws {NotImplementedError} The transport has no options.
   */
  setTransportOptions(options, callback) {
    return callbackToPromise((done) => {
      requireArguments({ options });
      requireOffered(this._transport, 'setOptions', 'Do without setTransportOptions on this transport.');
      this.#configure({ http: { receivePolicy: options } }, (error) => {
        if (error) done(error);
        else done(null, new TransportConfigured());
      });
    }, callback);
  }

  /**
   * Settles a received message as done. On MQTT there is nothing to do: messages are acknowledged once the listeners
   * of `message` have returned.
   *
   * @param {any} message
   * @param {Callback} [callback] `(error, results.MessageCompleted)`
   * @returns {any}
   * @throws {ReferenceError} No message.
   */
  complete(message, callback) {
    return callbackToPromise((done) => {
      requireArguments({ message });
      if (typeof this._transport.complete === 'function') this.#connection.perform('complete', message, done);
      else done(null, new MessageCompleted());
    }, callback);
  }

  /**
   * Refuses a received message. Not on MQTT.
   *
   * @param {any} message
   * @param {Callback} [callback] `(error, results.MessageRejected)`
   * @returns {any}
   * @throws {ReferenceError} No message.
   * @throws {NotImplementedError} The transport cannot.
   */
  reject(message, callback) {
    return this.#settle('reject', message, callback);
  }

  /**
   * Gives a received message back. Not on MQTT.
   *
   * @param {any} message
   * @param {Callback} [callback] `(error, results.MessageAbandoned)`
   * @returns {any}
   * @throws {ReferenceError} No message.
   * @throws {NotImplementedError} The transport cannot.
   */
  abandon(message, callback) {
    return this.#settle('abandon', message, callback);
  }

  /**
   * Replaces the token of a client made from one; a connected client reconnects with it.
   *
   * @param {string} sharedAccessSignature
   * @param {Callback} [callback] `(error, results.SharedAccessSignatureUpdated)`
   * @returns {any}
   * @throws {ReferenceError} No token. Thrown also without a callback, as ever.
   * @throws {TypeError} `ERR_IOT_TOKEN_UPDATE`: the client was not made from a token.
   */
  updateSharedAccessSignature(sharedAccessSignature, callback) {
    requireArguments({ sharedAccessSignature });
    return callbackToPromise((done) => {
      this.#connection.perform('updateSharedAccessSignature', sharedAccessSignature, (error, result) => {
        if (error) {
          done(error);
          return;
        }
        guarded(() => this.emit('_sharedAccessSignatureUpdated'));
        done(null, result);
      });
    }, callback);
  }

  /**
   * Fetches the twin. It is the same object each time, and shows each change from now on. With the MQTT transports of
   * this package what changed while there was no connection is told, too, as one change.
   *
   * @param {Callback} [callback] `(error, Twin)`
   * @returns {any}
   */
  getTwin(callback) {
    return callbackToPromise((done) => {
      this._twin ??= twinOf(this._transport, this.#connection);
      this._twin.get(done);
    }, callback);
  }

  /**
   * Sets what decides about retries from now on. Default: `ExponentialBackOffWithJitter`.
   *
   * @param {import('../..').RetryPolicy} policy
   * @throws {ReferenceError} No policy.
   * @throws {ArgumentError} It lacks one of the two functions.
   */
  setRetryPolicy(policy) {
    requireArguments({ policy });
    for (const method of /** @type {const} */ (['shouldRetry', 'nextRetryTimeout'])) {
      if (typeof policy[method] === 'function') continue;
      throw failure(ArgumentError, 'ERR_IOT_RETRY_POLICY', `The retry policy has no function ${method}`, {
        hint: 'A policy has shouldRetry(error) and nextRetryTimeout(retryCount, isThrottled).',
      });
    }
    this._retryPolicy = policy;
  }

  /** @protected The transport keeps pending operations: see `transport.js`. */
  get _keeps() {
    return this._transport[keepsPendingOperations] === true;
  }

  /** @protected What only one kind of client does goes by it. */
  get _connection() {
    return this.#connection;
  }

  /**
   * @protected
   * @param {import('../connection/transport').Feature} feature
   * @param {boolean} wanted
   */
  _want(feature, wanted) {
    this.#connection.want(feature, wanted);
  }

  /**
   * @protected What asks for messages that went back to the gateway.
   * @param {import('../connection/transport').MessageFeature} feature
   */
  _resumption(feature) {
    return resumption(this._transport, feature, {
      stands: () => /** @type {KeptConnection} */ (this.#connection).state === 'connected',
      failed: (error) => {
        if (error !== this.#told) this.#featureFailed(error, [feature], false);
      },
    });
  }

  /**
   * @param {Error} error
   * @param {import('../connection/transport').Feature[]} features
   * @param {boolean} told
   */
  #featureFailed(error, features, told) {
    this.#told = error;
    const raise = (/** @type {import('node:events').EventEmitter} */ emitter) => {
      // Without a listener the event ends the process, which is too much for an error that open() reported.
      if (!told || emitter.listenerCount('error') > 0) guarded(() => emitter.emit('error', error));
    };
    const twin = features.includes(DESIRED) ? this._twin : undefined;
    if (twin?.userRegisteredDesiredPropertiesListener) raise(twin);
    if (features.some((feature) => feature !== DESIRED)) raise(this);
  }

  /**
   * Messages that were received but not yet given to the app cannot be acknowledged any more.
   *
   * @protected
   */
  _messagesStale() {}

  /**
   * @param {Record<string, any>} options
   * @param {Callback} callback
   */
  #configure(options, callback) {
    const known = this._keeps || !options.ca;
    const given = known ? options : { ...options, ca: readAuthority(options.ca) };
    const done = (/** @type {any} */ error) => {
      if (!error) this.#options.keep(given);
      callback(error);
    };
    const standing = this.#options.over(given);
    this.#connection.perform('setOptions', standing, done);
    this._optionsTaken(options, { ...standing, ca: options.ca ?? standing.ca });
  }

  /**
   * Options were set that the transport did not refuse at once.
   *
   * @protected
   * @param {Record<string, any>} _options
   * @param {Record<string, any>} _standing Those of earlier calls included.
   */
  _optionsTaken(_options, _standing) {}

  /**
   * @param {'reject' | 'abandon'} method
   * @param {any} message
   * @param {Callback | undefined} callback
   */
  #settle(method, message, callback) {
    return callbackToPromise((done) => {
      requireArguments({ message });
      requireOffered(this._transport, method, 'A message of this transport can only be completed.');
      this.#connection.perform(method, message, done);
    }, callback);
  }
}

/** Loaded when needed: our own transports do without. */
function perOperationConnection() {
  return require('../connection/per_operation').PerOperationConnection;
}

module.exports = { InternalClient };

// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { TakeOver } = require('./take_over');
const { bundledTrust, readTrust } = require('../tls/trust');
const { NotImplementedError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { Message } = require('../message/message');
const { requireMessageFits } = require('./message_size');
const { MqttIdentity } = require('./identity');
const { MqttOptions } = require('./options');
const { closedBeforeConnected, noCredentials } = require('../session/operation_failure');
const { decode, encodeSystemAndUser } = require('./property_bag');
const {
  Connected,
  Disconnected,
  MessageCompleted,
  SharedAccessSignatureUpdated,
} = require('../vocabulary/results');
const { Session } = require('../session/session');
const { SHORT_TEXT } = require('../session/slab');
const { Subscriptions } = require('./subscriptions');
const { keepsPendingOperations } = require('../connection/transport');

/** @typedef {import('../native/binding').NativeEvent} NativeEvent */
/** @typedef {import('../..').TransportConfig} TransportConfig */
/** @typedef {(error: any, result?: any) => void} Callback */
/** @typedef {{ message: any, callback: Callback, options?: { timeoutMs?: number, signal?: AbortSignal } }} Deferred */

const MQTT_PORT = 8883;
/** How long `disconnect` waits for acknowledgements. Milliseconds. */
const CLOSE_GRACE_MS = 10_000;
/** How long an app's authentication provider may take. Milliseconds. */
const CREDENTIALS_LIMIT_MS = 240_000;
/** Keeps the process alive and does nothing else; Node's longest interval. */
const LONGEST_INTERVAL_MS = 2 ** 31 - 1;
const NO_BYTES = new Uint8Array(0);

/**
 * Sessions that may hold a connection. The native clean-up hooks do not run on `process.exit()`; this does.
 *
 * @type {Set<Session>}
 */
const live = new Set();
process.on('exit', () => live.forEach((session) => session.stop()));

/**
 * MQTT 3.1.1 over TLS, port 8883: a DeviceTransport that keeps pending operations over connection losses
 * (`transport.js`).
 *
 * Events: `connected({ renewal })`, `disconnect(error)`, `message(message, settle)`, `state({ stage })`.
 */
class Mqtt extends EventEmitter {
  #provider;
  #options = new MqttOptions();
  #session;
  #subscriptions;
  /** @type {TransportConfig | undefined} */
  #credentials;
  /** Known with the credentials. @type {MqttIdentity | undefined} */
  #identity;
  /** Sends that were asked for before. @type {Deferred[]} */
  #deferred = [];
  /** C2D was asked for before: whom to tell. @type {Callback[]} */
  #deferredC2D = [];
  /** @type {import('../failures/connection_failure').Target | undefined} */
  #target;
  #connected = false;
  #takeOver = new TakeOver();
  /** @type {Callback | undefined} */
  #connecting;
  /** @type {Callback[]} */
  #disconnecting = [];
  /** Waiting for a renewed connection. @type {Callback[]} */
  #renewing = [];
  /** The system store was found empty: Node's own roots serve. */
  #bundledRoots = false;
  /** Keeps the process alive. @type {NodeJS.Timeout | undefined} */
  #hold;

  /** @param {any} authenticationProvider */
  constructor(authenticationProvider) {
    super();
    this.#provider = authenticationProvider;
    this.#session = new Session({
      state: (event) => this.#onState(event),
      message: (event) => this.#onMessage(event),
    });
    this.#subscriptions = new Subscriptions(this.#session);
    authenticationProvider?.on?.('newTokenAvailable', (/** @type {TransportConfig} */ credentials) => {
      if (this.#isOpen) this.#request(credentials);
    });
  }

  get [keepsPendingOperations]() {
    return true;
  }

  /**
   * One attempt.
   *
   * @param {Callback} callback `(error, results.Connected)`
   */
  connect(callback) {
    if (this.#connected) {
      process.nextTick(callback, null, new Connected());
      return;
    }
    this.#connecting = callback;
    this.#keepProcess();
    const limit = setTimeout(() => {
      if (this.#connecting === callback) this.#failed(noCredentials(CREDENTIALS_LIMIT_MS));
    }, CREDENTIALS_LIMIT_MS).unref();
    this.#provider.getDeviceCredentials(
      (/** @type {any} */ error, /** @type {TransportConfig} */ credentials) => {
        clearTimeout(limit);
        if (this.#connecting !== callback) return;
        if (error) this.#failed(error);
        else this.#request(credentials);
      },
    );
  }

  /**
   * Ends the connection, or the attempt at one. What is queued or not acknowledged gets ten seconds.
   *
   * @param {Callback} callback `(null, results.Disconnected)`
   */
  disconnect(callback) {
    this.#connecting = undefined;
    this.#disconnecting.push(callback);
    this.#keepProcess();
    this.#failDeferred(closedBeforeConnected());
    this.#session.disconnect(this.#connected ? CLOSE_GRACE_MS : 0);
  }

  /**
   * Sends a message, at the latest when there is a connection again.
   *
   * @param {any} message
   * @param {Callback} callback `(error, results.MessageEnqueued)`
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [options]
   */
  sendEvent(message, callback, options) {
    if (this.#identity === undefined) {
      this.#deferred.push({ message, callback, options });
      return;
    }
    const topic = this.#identity.telemetryTopic;
    let bag, body;
    try {
      bag = encodeSystemAndUser(message);
      body = bodyOf(message);
      // A short text fits whatever its bytes.
      if (typeof body !== 'string' || bag.length > SHORT_TEXT) {
        requireMessageFits(Buffer.byteLength(body), bag, topic.length);
      }
    } catch (error) {
      process.nextTick(callback, error);
      return;
    }
    this.#session.publish(topic + bag, body, 1, callback, options);
  }

  /**
   * MQTT has no batches; this says so.
   *
   * @throws {NotImplementedError} Always.
   */
  sendEventBatch() {
    throw failure(NotImplementedError, 'ERR_IOT_NOT_IMPLEMENTED', 'MQTT does not implement sendEventBatch', {
      hint: 'Call sendEvent for each message: they are sent together anyway.',
    });
  }

  /** @param {Callback} callback Called when the gateway granted the subscription. */
  enableC2D(callback) {
    if (this.#identity === undefined) this.#deferredC2D.push(callback);
    else this.#subscriptions.add(`${this.#identity.c2dTopic}#`, callback);
  }

  /** @param {Callback} callback Called at once; the subscription is removed after a grace time. */
  disableC2D(callback) {
    if (this.#identity !== undefined) this.#subscriptions.remove(`${this.#identity.c2dTopic}#`);
    for (const enabled of this.#deferredC2D.splice(0)) process.nextTick(enabled, null);
    process.nextTick(callback, null);
  }

  /**
   * Nothing to do on MQTT: a message is acknowledged when its listeners have run.
   *
   * @param {any} _message
   * @param {Callback} callback `(null, results.MessageCompleted)`
   */
  complete(_message, callback) {
    callback(null, new MessageCompleted());
  }

  /**
   * @param {Record<string, any>} options See `MqttOptions`; they take effect at the next connection.
   * @param {Callback} callback
   */
  setOptions(options, callback) {
    try {
      this.#options.set(options, this.#provider);
    } catch (error) {
      process.nextTick(callback, error);
      return;
    }
    this.#session.refuseWhenFull = this.#options.refuseWhenFull;
    this.#bundledRoots = false;
    process.nextTick(callback, null);
  }

  /**
   * @param {string} sharedAccessSignature
   * @param {Callback} callback `(error, results.SharedAccessSignatureUpdated)`; while connected after the connection
   *   was made anew with the token.
   */
  updateSharedAccessSignature(sharedAccessSignature, callback) {
    this.#provider.updateSharedAccessSignature(sharedAccessSignature);
    if (this.#isOpen) this.#renewing.push(callback);
    else process.nextTick(callback, null, new SharedAccessSignatureUpdated(false));
  }

  /**
   * Fails every pending operation.
   *
   * @param {Error} error
   */
  abandon(error) {
    this.#failDeferred(error);
    this.#subscriptions.abandon(error);
    this.#session.abandon(error);
  }

  /** @returns {{ queued: number, inFlight: number }} Messages not yet written, and those not yet acknowledged. */
  stats() {
    const { queued, inFlight } = this.#session.counts();
    return { queued: queued + this.#deferred.length, inFlight };
  }

  /** Ends the connection at once, without a word. */
  stop() {
    this.#ended();
    this.#session.stop();
  }

  /** Connected, and not about to close: the connection may be renewed. */
  get #isOpen() {
    return this.#connected && this.#disconnecting.length === 0;
  }

  /** @param {TransportConfig} credentials */
  #request(credentials) {
    try {
      const identity = this.#identify(credentials);
      const trust = this.#bundledRoots ? bundledTrust() : readTrust(this.#options.ca);
      const password = credentials.sharedAccessSignature?.toString();
      const { ca } = this.#options;
      this.#target = { ...identity.endpoint(MQTT_PORT), clientId: identity.clientId, password, ca, ...trust };
      this.#session.connect({
        ...this.#target,
        ...this.#options.timeouts,
        keepAlive: this.#options.keepAlive,
        username: identity.username(this.#options),
      });
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {TransportConfig} credentials */
  #identify(credentials) {
    if (credentials === this.#credentials && this.#identity !== undefined) return this.#identity;
    const identity = new MqttIdentity(credentials);
    this.#credentials = credentials;
    this.#identity = identity;
    for (const { message, callback, options } of this.#deferred.splice(0)) {
      this.sendEvent(message, callback, options);
    }
    for (const callback of this.#deferredC2D.splice(0)) this.enableC2D(callback);
    return identity;
  }

  /** @param {NativeEvent} event */
  #onState(event) {
    if (event.kind === 'connecting') this.emit('state', { stage: event.stage });
    else if (event.kind === 'connected') this.#onConnected(event.renewal === true);
    else if (event.kind === 'closed') this.#onClosed();
    else this.#onFailure(event);
  }

  /** @param {boolean} renewal */
  #onConnected(renewal) {
    this.#connected = true;
    if (!renewal) this.#takeOver.connected();
    this.#subscriptions.connected();
    this.emit('connected', { renewal });
    for (const callback of this.#renewing.splice(0)) callback(null, new SharedAccessSignatureUpdated(false));
    const callback = this.#connecting;
    this.#connecting = undefined;
    callback?.(null, new Connected());
  }

  /** @param {NativeEvent} event `failed` or `lost`. */
  #onFailure(event) {
    const native = /** @type {import('../native/binding').NativeFailure} */ (event.failure);
    if (native.kind === 'no-roots' && !this.#bundledRoots && this.#credentials && this.#connecting) {
      this.#bundledRoots = true;
      this.#request(this.#credentials);
      return;
    }
    // Loaded when needed: a device that connects has no use for it.
    const { connectionFailure } = require('../failures/connection_failure');
    const target = /** @type {import('../failures/connection_failure').Target} */ (this.#target);
    const shortLives = this.#connecting ? 0 : this.#takeOver.lost();
    const error = connectionFailure(native, target, { shortLives });
    if (this.#connecting) this.#failed(error);
    else this.#lost(error);
  }

  /** @param {any} error Of the attempt, or of a renewal that could not begin. */
  #failed(error) {
    const callback = this.#connecting;
    this.#connecting = undefined;
    if (!callback) {
      // The connection stands, and will until its token expires: a later renewal may do better.
      for (const renewing of this.#renewing.splice(0)) process.nextTick(renewing, error);
      return;
    }
    this.#ended();
    process.nextTick(callback, error);
  }

  /** @param {Error} error */
  #lost(error) {
    if (!this.#connected) return;
    for (const callback of this.#renewing.splice(0)) process.nextTick(callback, error);
    if (this.#disconnecting.length > 0) {
      // The end of the session is still to come, and the process must live to tell it; but nothing can be sent now.
      this.#session.disconnect(0);
      return;
    }
    this.#ended();
    this.emit('disconnect', error);
  }

  #onClosed() {
    this.#ended();
    // The token is there for the next connection.
    for (const callback of this.#renewing.splice(0)) callback(null, new SharedAccessSignatureUpdated(false));
    const result = new Disconnected();
    for (const callback of this.#disconnecting.splice(0)) callback(null, result);
  }

  #ended() {
    this.#connected = false;
    this.#subscriptions.disconnected();
    this.#provider.stop?.();
    clearInterval(this.#hold);
    this.#hold = undefined;
    live.delete(this.#session);
  }

  #keepProcess() {
    this.#hold ??= setInterval(() => {}, LONGEST_INTERVAL_MS);
    live.add(this.#session);
  }

  /** @param {NativeEvent} event */
  #onMessage({ topic = '', payload, token = 0 }) {
    const settle = () => this.#session.acknowledge(token);
    const c2dTopic = this.#identity?.c2dTopic;
    if (c2dTopic !== undefined && topic.startsWith(c2dTopic)) {
      const message = new Message(/** @type {Buffer} */ (payload));
      this.emit('message', decode(topic.slice(c2dTopic.length), message), settle);
    } else {
      // Nobody's message, of a subscription an earlier program left behind: others must not wait for it.
      settle();
    }
  }

  /** @param {Error} error */
  #failDeferred(error) {
    for (const { callback } of this.#deferred.splice(0)) process.nextTick(callback, error);
    for (const callback of this.#deferredC2D.splice(0)) process.nextTick(callback, error);
  }
}

/**
 * @param {any} message
 * @returns {string | Uint8Array} A text only if it is short.
 */
function bodyOf({ data }) {
  if (typeof data === 'string' && data.length <= SHORT_TEXT) return data;
  if (data instanceof Uint8Array) return data;
  return data ? Buffer.from(data) : NO_BYTES;
}

module.exports = { Mqtt };

// @ts-check
'use strict';

const { faultOf, requireProvider } = require('../authentication/provider');
const { NOTHING_TO_SETTLE } = require('../c2d/held_messages');
const { keepsPendingOperations } = require('../connection/transport');
const { bytesOf } = require('../message/body');
const { closedBeforeConnected } = require('../session/operation_failure');
const { Session } = require('../session/session');
const { SHORT_TEXT } = require('../session/slab');
const happenings = require('../plumbing/happenings');
const { NotImplementedError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { MessageCompleted } = require('../vocabulary/results');
const { TransportWithoutFeatures } = require('./absent');
const { c2dRow } = require('./c2d');
const { Link } = require('./link');
const { requireMessageFits } = require('./message_size');
const { MqttOptions } = require('./options');
const { MQTT } = require('./protocol');
const { encodeSystemAndUser } = require('./property_bag');
const { Subscriptions } = require('./subscriptions');
const { Topics } = require('./topics');
const { Unattended } = require('./unattended');
const { watched } = require('./watched');

/** @typedef {(error: any, result?: any) => void} Callback */
/** @typedef {{ timeoutMs?: number, signal?: AbortSignal }} Limits */

/**
 * MQTT 3.1.1 over TLS, port 8883: a DeviceTransport that keeps pending operations over connection losses
 * (`connection/transport.js`).
 *
 * Events: `connected({ renewal })`, `disconnect(error, life)`, `message(message, settle)`, `state({ stage })`.
 */
class Mqtt extends TransportWithoutFeatures {
  /** @type {import('./protocol').Protocol} */
  static protocol = MQTT;

  #provider;
  #options;
  #session;
  #subscriptions;
  #topics;
  #link;
  /** Present while no client takes charge. @type {Unattended | undefined} */
  #unattended = new Unattended(this);
  /** The app was told that messages from the cloud wait. */
  #told = false;
  /** Sends that were asked for before the names to send by were known. @type {[message: any, callback: Callback, limits?: Limits][]} */
  #deferred = [];
  #c2d = c2dRow((message, settle) => {
    // Who closes wants no more: what is not acknowledged then comes again with the next connection.
    if (!this.#link.stands) return;
    this.#unattended?.deliver(settle);
    this.emit('message', message, settle);
  });

  /**
   * @param {any} authenticationProvider
   * @throws {ReferenceError | ArgumentError | NotImplementedError} No device can connect with it: see `requireProvider`.
   */
  constructor(authenticationProvider) {
    requireProvider(authenticationProvider);
    super();
    const { protocol } = new.target;
    this.#provider = authenticationProvider;
    this.#options = new MqttOptions(protocol);
    this.#session = new Session({
      state: (event) => this.#link.handle(event),
      message: (topic, payload, token) => this.#onMessage(topic, payload, token),
    });
    this.#subscriptions = new Subscriptions(
      watched(this.#session, () => this.peer),
      () => this.#link.renew(),
    );
    this.#topics = new Topics([this.#c2d]);
    this.#link = new Link(protocol, authenticationProvider, this.#options, this.#session, {
      identified: () => this.#sendDeferred(),
      stage: (stage) => this.emit('state', { stage }),
      connected: (identity, renewal) => {
        if (renewal) happenings.renewed.tell(this.peer);
        this.#subscriptions.connected(identity);
        this.emit('connected', { renewal });
      },
      ended: () => this.#subscriptions.disconnected(),
      lost: (error, life) => {
        happenings.lost.tell(this.peer, { reason: error });
        const tell = () => this.emit('disconnect', error, life);
        if (this.#unattended) this.giveUp(error, tell);
        else tell();
      },
    });
  }

  get [keepsPendingOperations]() {
    return true;
  }

  /**
   * A client sees to the connection from now on.
   *
   * @param {import('../vocabulary/idiom').Idiom} [idiom]
   */
  attend(idiom) {
    this.#unattended = undefined;
    this.#options.idiom = idiom;
  }

  /**
   * One attempt.
   *
   * @param {Callback} callback `(error, results.Connected)`
   */
  connect(callback) {
    const fault = faultOf(this.#provider);
    if (fault) process.nextTick(callback, fault);
    else
      this.#link.connect((error, result) => {
        if (error) happenings.failed.tell(this.peer, { reason: error });
        callback(error, result);
      });
  }

  /** Which device it is, at which gateway, once that is known. */
  get peer() {
    return this.#link.peer;
  }

  /**
   * Ends the connection, or the attempt at one. What is queued or not acknowledged gets ten seconds.
   *
   * @param {Callback} callback `(null, results.Disconnected)`
   */
  disconnect(callback) {
    this.#failDeferred(closedBeforeConnected());
    if (this.#link.stands) this.#subscriptions.closing();
    this.#link.disconnect(callback);
  }

  /**
   * Sends a message, at the latest when there is a connection again.
   *
   * @param {any} message
   * @param {Callback} callback `(error, results.MessageEnqueued)`
   * @param {Limits} [limits]
   */
  sendEvent(message, callback, limits) {
    const { identity } = this.#link;
    if (identity === undefined) this.#deferred.push([message, callback, limits]);
    else this.#send(identity.telemetryTopic, message, callback, limits);
    if (this.#unattended && !this.#link.stands) this.#unattended.needsConnection();
  }

  /**
   * MQTT has no batches; this says so.
   *
   * @throws {NotImplementedError} Always.
   */
  sendEventBatch() {
    throw notImplemented('sendEventBatch', 'Call sendEvent for each message: they are sent together anyway.');
  }

  /** @param {Callback} callback Called when the gateway granted the subscription. */
  enableC2D(callback) {
    this.#subscriptions.add(this.#c2d, callback);
    if (this.#unattended && !this.#link.stands) this.#unattended.needsConnection();
  }

  /** @param {Callback} callback Called at once: nothing is unsubscribed while the connection stands. */
  disableC2D(callback) {
    this.#subscriptions.remove(this.#c2d);
    process.nextTick(callback, null);
  }

  /** Messages from the cloud are to wait at the gateway until `enableC2D` is called again. */
  suspendC2D() {
    this.#subscriptions.suspend(this.#c2d);
    if (this.#told) return;
    this.#told = true;
    const message = 'Messages from the cloud are not taken: they wait at the gateway until somebody listens';
    process.emitWarning(message, {
      type: 'EdgeDownstreamWarning',
      code: 'WARN_IOT_C2D_SUSPENDED',
      detail: 'The hub keeps them as long as each of them may live, and no longer.',
    });
  }

  /**
   * Nothing to do on MQTT: a message is acknowledged when its listeners have run.
   *
   * @param {any} _message
   * @param {Callback} [callback] `(null, results.MessageCompleted)`
   */
  complete(_message, callback) {
    callback?.(null, new MessageCompleted());
  }

  /**
   * MQTT can only complete a message; this says so.
   *
   * @throws {NotImplementedError} Always.
   */
  reject() {
    throw notImplemented('reject', ONLY_COMPLETED);
  }

  /**
   * MQTT can only complete a message; this says so.
   *
   * @throws {NotImplementedError} Always.
   */
  abandon() {
    throw notImplemented('abandon', ONLY_COMPLETED);
  }

  /**
   * @param {Record<string, any>} options See `MqttOptions`; they take effect at the next connection.
   * @param {Callback} [callback] `(null)`
   * @throws {ArgumentError | InvalidOperationError | TypeError} An option cannot be used; then none of them is.
   */
  setOptions(options, callback) {
    this.#options.set(options, this.#provider);
    this.#session.refuseWhenFull = this.#options.refuseWhenFull;
    this.#link.optionsChanged();
    if (callback) process.nextTick(callback, null);
  }

  /**
   * @param {string} sharedAccessSignature
   * @param {Callback} callback `(error, results.SharedAccessSignatureUpdated)`; while connected after the connection
   *   was made anew with the token.
   */
  updateSharedAccessSignature(sharedAccessSignature, callback) {
    // The provider tells the link, which makes the connection anew.
    this.#provider.updateSharedAccessSignature(sharedAccessSignature);
    this.#link.whenRenewed(callback);
  }

  /**
   * Fails every pending operation.
   *
   * @param {Error} error
   * @param {() => void} done Called when each has been told.
   */
  giveUp(error, done) {
    this.#failDeferred(error);
    this.#subscriptions.fail(error);
    this.#session.fail(error, done);
  }

  /** @returns {{ queued: number, inFlight: number }} Messages not yet written, and those not yet acknowledged. */
  stats() {
    const { queued, inFlight } = this.#session.counts();
    return { queued: queued + this.#deferred.length, inFlight };
  }

  /** Ends the connection at once, without a word. */
  stop() {
    this.#link.stop();
  }

  /**
   * @param {string} topic What the property bag follows.
   * @param {any} message
   * @param {Callback} callback
   * @param {Limits} [limits]
   */
  #send(topic, message, callback, limits) {
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
    this.#session.publish(topic + bag, body, 1, callback, limits);
  }

  #sendDeferred() {
    for (const [message, callback, limits] of this.#deferred.splice(0)) {
      this.sendEvent(message, callback, limits);
    }
  }

  /** @param {Error} error */
  #failDeferred(error) {
    for (const [, callback] of this.#deferred.splice(0)) process.nextTick(callback, error);
  }

  /**
   * @param {string} topic
   * @param {Buffer} payload
   * @param {number} token
   */
  #onMessage(topic, payload, token) {
    // A message comes by a connection, for which the names are known.
    const identity = /** @type {import('./identity').MqttIdentity} */ (this.#link.identity);
    const settle = token === 0 ? NOTHING_TO_SETTLE : () => this.#session.acknowledge(token);
    this.#topics.receive(identity, topic, payload, settle);
  }
}

const ONLY_COMPLETED = 'A message that was received over MQTT can only be completed.';

/**
 * @param {string} method
 * @param {string} hint
 */
function notImplemented(method, hint) {
  return failure(NotImplementedError, 'ERR_IOT_NOT_IMPLEMENTED', `MQTT does not implement ${method}`, {
    hint,
  });
}

/**
 * @param {any} message
 * @returns {string | Uint8Array} A text only if it is short.
 * @throws {ArgumentError} `ERR_IOT_BODY`
 */
function bodyOf({ data }) {
  if (typeof data === 'string' && data.length <= SHORT_TEXT) return data;
  // Memory that was given away has no length either.
  return data instanceof Uint8Array && data.length > 0 ? data : bytesOf(data);
}

module.exports = { Mqtt };

// @ts-check
'use strict';

const { requireForm, requireProvider, requireTokenHolder } = require('../authentication/provider');
const { NOTHING_TO_SETTLE } = require('../c2d/held_messages');
const { keepsPendingOperations } = require('../connection/transport');
const { closedBeforeConnected } = require('../session/operation_failure');
const { Session } = require('../session/session');
const happenings = require('../plumbing/happenings');
const { jsonOfPatch } = require('../twin/patch');
const { Warnings } = require('../plumbing/warning');
const { MessageCompleted } = require('../vocabulary/results');
const { BeyondMqtt } = require('./beyond_mqtt');
const { C2D_SUSPENDED, c2dRow } = require('./c2d');
const { INPUTS_SUSPENDED, inputsRow } = require('./inputs');
const { CLOSE_GRACE_MS, Link } = require('./link');
const { MethodCalls } = require('./methods');
const { MqttOptions } = require('./options');
const { Passing } = require('./passing');
const { MQTT } = require('./protocol');
const { Subscriptions } = require('./subscriptions');
const { Telemetry } = require('./telemetry');
const { Topics } = require('./topics');
const { TwinRequests, desiredRow } = require('./twin');
const { Unattended } = require('./unattended');
const { watched } = require('./watched');

/** @typedef {(error: any, result?: any) => void} Callback */
/** @typedef {import('./telemetry').Limits} Limits */
/** @typedef {import('../connection/transport').RequestLimits} RequestLimits */

/**
 * MQTT 3.1.1 over TLS, port 8883: a DeviceTransport that keeps pending operations over connection losses
 * (`connection/transport.js`).
 *
 * Events: `connected({ renewal })`, `disconnect(error, life)`, `message(message, settle)`,
 * `inputMessage(name, message, settle)`, `state({ stage })`, `twinDesiredPropertiesUpdate(patch)`, `unknownMethod(message)`.
 */
class Mqtt extends BeyondMqtt {
  /** @type {import('./protocol').Protocol} */
  static protocol = MQTT;

  #provider;
  #options;
  #session;
  #subscriptions;
  #topics;
  #telemetry;
  #link;
  /** Present while no client takes charge. @type {Unattended | undefined} */
  #unattended = new Unattended(this);
  #warnings = new Warnings();
  #c2d = c2dRow((message, settle) => this.#deliver(settle, 'message', message));
  #inputs = inputsRow((message, settle) => this.#deliver(settle, 'inputMessage', message.input, message));
  #passing;
  #twin = new TwinRequests({
    publish: (topic, body, callback) => this.#passing.publish(topic, body, callback),
    subscribe: (callback) => this.#subscriptions.add(this.#twin.row, callback),
  });
  #desired = desiredRow(
    (patch) => this.emit('twinDesiredPropertiesUpdate', patch),
    ({ message }) =>
      this.#warnings.warn('WARN_IOT_TWIN_UNREADABLE', message, 'It is fetched with the next change.'),
  );
  #methods = new MethodCalls(
    (topic, body, callback) => this.#passing.publish(topic, body, callback),
    (message) => this.emit('unknownMethod', message),
  );

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
    this.#passing = new Passing(this.#session);
    this.#telemetry = new Telemetry(this.#session);
    this.#subscriptions = new Subscriptions(
      watched(this.#session, () => this.peer),
      () => this.#link.renew(),
    );
    this.#topics = new Topics([this.#c2d, this.#inputs, this.#methods.row, this.#desired, this.#twin.row]);
    this.#link = new Link(protocol, authenticationProvider, this.#options, this.#session, {
      identified: (identity) => this.#telemetry.identified(identity),
      stage: (stage) => this.emit('state', { stage }),
      connected: (identity, renewal) => {
        if (renewal) happenings.renewed.tell(this.peer);
        if (renewal) this.#hangUp();
        this.#passing.connected();
        this.#subscriptions.connected(identity);
        this.#twin.connected();
        this.emit('connected', { renewal });
      },
      ended: () => {
        this.#hangUp();
        this.#subscriptions.disconnected();
        this.#twin.disconnected();
      },
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
    this.#telemetry.fail(closedBeforeConnected());
    const end = performance.now() + CLOSE_GRACE_MS;
    this.#twin.close(CLOSE_GRACE_MS, () => {
      if (this.#link.stands) this.#subscriptions.closing();
      this.#link.disconnect(callback, Math.max(0, end - performance.now()));
    });
  }

  /**
   * Sends a message, at the latest when there is a connection again.
   *
   * @param {any} message
   * @param {Callback} callback `(error, results.MessageEnqueued)`
   * @param {Limits} [limits]
   */
  sendEvent(message, callback, limits) {
    this.#telemetry.send(message, callback, limits);
    this.#needConnection();
  }

  /**
   * The same of a module, by one of its outputs.
   *
   * @param {string} outputName
   * @param {any} message
   * @param {Callback} callback `(error, results.MessageEnqueued)`
   * @param {Limits} [limits]
   */
  sendOutputEvent(outputName, message, callback, limits) {
    this.#telemetry.send(message, callback, limits, outputName);
    this.#needConnection();
  }

  // What is enabled calls back when the gateway granted the subscription; what is disabled at once: nothing is
  // unsubscribed while the connection stands.

  /** @param {Callback} callback */
  enableC2D(callback) {
    this.#enable(this.#c2d, callback);
  }

  /** @param {Callback} callback */
  disableC2D(callback) {
    this.#disable(this.#c2d, callback);
  }

  /** @param {Callback} callback */
  enableInputMessages(callback) {
    this.#enable(this.#inputs, callback);
  }

  /** @param {Callback} callback */
  disableInputMessages(callback) {
    this.#disable(this.#inputs, callback);
  }

  /** @param {Callback} callback */
  enableMethods(callback) {
    this.#enable(this.#methods.row, callback);
  }

  /** @param {Callback} callback */
  disableMethods(callback) {
    this.#disable(this.#methods.row, callback);
  }

  /** @param {Callback} callback */
  enableTwinDesiredPropertiesUpdates(callback) {
    this.#enable(this.#desired, callback);
  }

  /** @param {Callback} callback */
  disableTwinDesiredPropertiesUpdates(callback) {
    this.#disable(this.#desired, callback);
  }

  /** Messages from the cloud are to wait at the gateway until `enableC2D` is called again. */
  suspendC2D() {
    this.#subscriptions.suspend(this.#c2d);
    this.#warnings.warn(...C2D_SUSPENDED);
  }

  /** The same for messages to inputs. */
  suspendInputMessages() {
    this.#subscriptions.suspend(this.#inputs);
    this.#warnings.warn(...INPUTS_SUSPENDED);
  }

  /**
   * Twin requests are served one after the other, and repeated after a loss.
   *
   * @param {Callback} callback `(error, { desired, reported })`
   * @param {RequestLimits} [limits]
   */
  getTwin(callback, limits) {
    this.#twin.get(callback, limits);
    this.#needConnection();
  }

  /**
   * @param {Record<string, any> | string} patch Or its JSON.
   * @param {Callback} callback `(error, { version })`
   * @param {RequestLimits} [limits]
   * @throws {ArgumentError} `ERR_IOT_TWIN_PATCH`: it is no object.
   */
  updateTwinReportedProperties(patch, callback, limits) {
    this.#twin.report(jsonOfPatch(patch), callback, limits);
    this.#needConnection();
  }

  /**
   * @param {string} methodName
   * @param {(message: import('./methods').MethodMessage) => void} handler Called for each call of this method.
   */
  onDeviceMethod(methodName, handler) {
    this.#methods.handle(methodName, handler);
  }

  /**
   * Answers a call, by the connection it came by or not at all.
   *
   * @param {any} response `{ requestId, status, payload }`
   * @param {Callback} callback `(error)`, when it was written.
   */
  sendMethodResponse(response, callback) {
    this.#methods.answer(response, callback);
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
   *   was made anew with the token, or the error is why it could not be.
   * @throws {TypeError} `ERR_IOT_TOKEN_UPDATE`: the device has no token that it was given.
   * @throws {FormatError} `ERR_IOT_TOKEN_MALFORMED`: it is none, and the connection that stands is not ended for it.
   */
  updateSharedAccessSignature(sharedAccessSignature, callback) {
    const holder = requireTokenHolder(this.#provider);
    requireForm(sharedAccessSignature);
    // It tells the link, which makes the connection anew.
    this.#link.renewed(() => holder.updateSharedAccessSignature(sharedAccessSignature), callback);
  }

  /**
   * Fails every pending operation.
   *
   * @param {Error} error
   * @param {() => void} done Called when each has been told.
   */
  giveUp(error, done) {
    this.#telemetry.fail(error);
    this.#twin.fail(error);
    this.#subscriptions.fail(error);
    this.#session.fail(error, done);
  }

  /** @returns {{ queued: number, inFlight: number }} Messages not yet written, and those not yet acknowledged. */
  stats() {
    const { queued, inFlight } = this.#session.counts();
    return { queued: queued + this.#telemetry.deferred, inFlight };
  }

  /** Ends the connection at once, without a word. */
  stop() {
    this.#link.stop();
  }

  #hangUp() {
    this.#passing.ended();
    this.#methods.disconnected();
  }

  /**
   * @param {import('./topics').Row} row
   * @param {Callback} callback
   */
  #enable(row, callback) {
    this.#subscriptions.add(row, callback);
    this.#needConnection();
  }

  /**
   * @param {import('./topics').Row} row
   * @param {Callback} callback
   */
  #disable(row, callback) {
    this.#subscriptions.remove(row);
    process.nextTick(callback, null);
  }

  #needConnection() {
    if (this.#unattended && !this.#link.stands) this.#unattended.needsConnection();
  }

  /**
   * Who closes wants no more: what is not acknowledged then comes again with the next connection.
   *
   * @param {() => void} settle
   * @param {string} event
   * @param {any[]} received
   */
  #deliver(settle, event, ...received) {
    if (!this.#link.stands) return;
    this.#unattended?.deliver(settle);
    this.emit(event, ...received, settle);
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

module.exports = { Mqtt };

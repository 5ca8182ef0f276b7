'use strict';

const { EventEmitter, once } = require('node:events');
const errors = require('../../lib/vocabulary/errors');
const results = require('../../lib/vocabulary/results');
const { keepsPendingOperations } = require('../../lib/connection/transport');

/** What both fakes share: a log of calls, scripted outcomes, and a connection that stands or not. */
class FakeTransport extends EventEmitter {
  /** Names of the methods the client called, in order. */
  calls = [];
  /** Outcomes of the next calls of `connect`: an error, or `'hang'`; none left means success. */
  outcomes = [];
  options = [];
  standing = false;

  constructor(authenticationProvider) {
    super();
    this.authenticationProvider = authenticationProvider;
  }

  count(name) {
    return this.calls.filter((call) => call === name).length;
  }

  /** Resolves when `name` has been called `times` times. */
  async called(name, times = 1) {
    while (this.count(name) < times) await once(this, 'called');
  }

  log(name) {
    this.calls.push(name);
    this.emit('called');
  }

  connect(callback) {
    this.log('connect');
    const outcome = this.outcomes.shift();
    if (outcome === 'hang') {
      this.hanging = callback;
      return;
    }
    setImmediate(() => {
      if (outcome) return callback(outcome);
      this.connected(callback);
    });
  }

  setOptions(options, callback) {
    this.log('setOptions');
    this.options.push(options);
    setImmediate(() =>
      this.optionsError ? callback(this.optionsError) : callback(null, new results.TransportConfigured()),
    );
  }

  updateSharedAccessSignature(token, callback) {
    this.log('updateSharedAccessSignature');
    this.token = token;
    setImmediate(callback, null, new results.SharedAccessSignatureUpdated(false));
  }
}

/** A transport that keeps pending operations, as `lib/connection/transport.js` promises. */
class KeptTransport extends FakeTransport {
  [keepsPendingOperations] = true;
  pending = [];
  acknowledges = true;
  wanted = false;

  connected(callback) {
    this.standing = true;
    this.emit('connected', { renewal: false });
    callback(null, new results.Connected('first'));
    this.acknowledge();
  }

  acknowledge() {
    if (!this.standing || !this.acknowledges) return;
    for (const { callback } of this.pending.splice(0)) callback(null, new results.MessageEnqueued());
  }

  sendEvent(message, callback, options) {
    this.log('sendEvent');
    this.pending.push({ message, callback, options });
    setImmediate(() => this.acknowledge());
  }

  lose(error = new errors.NotConnectedError('gone'), life = undefined) {
    this.standing = false;
    this.emit('disconnect', error, life);
  }

  attend() {
    this.attended = true;
  }

  giveUp(error, done) {
    this.log('giveUp');
    setImmediate(() => {
      for (const { callback } of this.pending.splice(0)) callback(error);
      done();
    });
  }

  disconnect(callback) {
    this.log('disconnect');
    this.standing = false;
    setImmediate(() => {
      for (const { callback: operation } of this.pending.splice(0))
        operation(new errors.OperationCancelledError('closed'));
      callback(null, new results.Disconnected());
    });
  }

  enableC2D(callback) {
    this.log('enableC2D');
    this.wanted = true;
    setImmediate(() => callback(this.enableError));
  }

  disableC2D(callback) {
    this.log('disableC2D');
    this.wanted = false;
    setImmediate(() => callback(null));
  }

  stats() {
    return { queued: this.pending.length, inFlight: 0 };
  }
}

/** A DeviceTransport as other packages make them: what it was given fails when the connection is lost. */
class ClassicTransport extends FakeTransport {
  /** Outcomes of the next calls of `sendEvent` and `enableC2D`. */
  failures = [];

  connected(callback) {
    this.standing = true;
    this.emit('connected');
    callback(null, new results.Connected());
  }

  perform(name, result, callback) {
    this.log(name);
    const failure = this.failures.shift();
    setImmediate(() => (failure ? callback(failure) : callback(null, result)));
  }

  sendEvent(message, callback) {
    this.perform('sendEvent', new results.MessageEnqueued(), callback);
  }

  sendEventBatch(messages, callback) {
    this.perform('sendEventBatch', new results.MessageEnqueued(), callback);
  }

  complete(message, callback) {
    this.perform('complete', new results.MessageCompleted(), callback);
  }

  reject(message, callback) {
    this.perform('reject', new results.MessageRejected(), callback);
  }

  abandon(message, callback) {
    this.perform('abandon', new results.MessageAbandoned(), callback);
  }

  enableC2D(callback) {
    this.perform('enableC2D', undefined, callback);
  }

  disableC2D(callback) {
    this.perform('disableC2D', undefined, callback);
  }

  /** By `sendOutputEvent` and `sendOutputEventBatch`. */
  outputs = [];

  sendOutputEvent(name, message, callback) {
    this.outputs.push([name, message]);
    this.perform('sendOutputEvent', new results.MessageEnqueued(), callback);
  }

  sendOutputEventBatch(name, messages, callback) {
    this.outputs.push([name, messages]);
    this.perform('sendOutputEventBatch', new results.MessageEnqueued(), callback);
  }

  enableInputMessages(callback) {
    this.perform('enableInputMessages', undefined, callback);
  }

  disableInputMessages(callback) {
    this.perform('disableInputMessages', undefined, callback);
  }

  enableMethods(callback) {
    this.perform('enableMethods', undefined, callback);
  }

  disableMethods(callback) {
    this.perform('disableMethods', undefined, callback);
  }

  enableTwinDesiredPropertiesUpdates(callback) {
    this.perform('enableTwinDesiredPropertiesUpdates', undefined, callback);
  }

  disableTwinDesiredPropertiesUpdates(callback) {
    this.perform('disableTwinDesiredPropertiesUpdates', undefined, callback);
  }

  /** What `getTwin` gives. */
  twin = { desired: { $version: 1 }, reported: { $version: 1 } };
  patches = [];

  getTwin(callback) {
    this.perform('getTwin', structuredClone(this.twin), callback);
  }

  updateTwinReportedProperties(patch, callback) {
    this.patches.push(structuredClone(patch));
    this.perform('updateTwinReportedProperties', undefined, callback);
  }

  /** By name. */
  handlers = {};
  answers = [];

  onDeviceMethod(name, handler) {
    this.log('onDeviceMethod');
    this.handlers[name] = handler;
  }

  sendMethodResponse({ requestId, status, payload }, callback) {
    this.answers.push([requestId, status, payload]);
    this.perform('sendMethodResponse', undefined, callback);
  }

  /** As the cloud calls a method. */
  call(name, requestId, body) {
    this.handlers[name]({
      methods: { methodName: name, verb: 'POST' },
      requestId,
      properties: {},
      body: Buffer.from(body),
    });
  }

  disconnect(callback) {
    this.log('disconnect');
    this.standing = false;
    setImmediate(callback, null, new results.Disconnected());
  }
}

/** A retry policy that retries everything, quickly, as often as told, and notes what it was asked. */
class QuickPolicy {
  asked = [];
  delays = [];

  constructor(retries = Infinity, delay = 1) {
    this.retries = retries;
    this.delay = delay;
  }

  shouldRetry(error) {
    this.asked.push(error);
    return this.asked.length <= this.retries;
  }

  nextRetryTimeout(count) {
    this.delays.push(count);
    return this.delay;
  }
}

module.exports = { KeptTransport, ClassicTransport, QuickPolicy };

// @ts-check
'use strict';

const { NotConnectedError, ServiceUnavailableError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { Connected, Disconnected } = require('../vocabulary/results');
const { guarded } = require('../plumbing/uncaught');
const { clientClosed, openCancelled } = require('./closed');
const { Reconnection } = require('./reconnection');

/** @typedef {import('./transport').Feature} Feature */
/** @typedef {(error: any, result?: any) => void} Callback */
/** @typedef {'closed' | 'connecting' | 'connected' | 'waiting' | 'closing'} State */

/**
 * The connection of a transport that keeps pending operations: makes it, makes it again when it is lost, and asks the
 * retry policy about that once per loss and once per failed attempt. Operations go straight to the transport.
 */
class KeptConnection {
  /** @type {State} */
  #state = 'closed';
  /** The app called `close` and not `open` since: nothing else may connect. */
  #closedByApp = false;
  /** An established connection was lost and is being made again; otherwise the attempts serve an `open`. */
  #lost = false;
  #everConnected = false;
  /** Tells the outcome of the current attempt from those of given-up ones. */
  #attempt = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #pause;
  /** @type {Callback[]} */
  #openers = [];
  /** @type {Callback[]} */
  #closers = [];
  /** @type {[message: any, callback: Callback, options: any][]} Sent after an `open` that waits for a `close`. */
  #deferred = [];
  /** @type {Map<Feature, { wanted: boolean, applied: boolean }>} */
  #features = new Map();
  #applying = false;
  #host;
  #hooks;
  #retryFirst;
  #reconnection;

  /**
   * @param {import('./transport').Host} host
   * @param {import('./transport').Hooks} hooks
   * @param {object} [settings]
   * @param {boolean} [settings.retryFirst] The policy is asked about a first connection that fails, too. Otherwise
   *   such a failure is final, so that a typo in a host name is told at once (CONNACK 3 excepted: device-sdk.md §5).
   * @param {() => number} [settings.now] Milliseconds, monotonic.
   */
  constructor(host, hooks, { retryFirst = false, now } = {}) {
    this.#host = host;
    this.#hooks = hooks;
    this.#retryFirst = retryFirst;
    this.#reconnection = new Reconnection(now);
    const transport = host._transport;
    transport.on('disconnect', (/** @type {Error | undefined} */ error) => this.#onLoss(error));
    transport.on('connected', (/** @type {{ renewal?: boolean } | undefined} */ how) => {
      if (how?.renewal) hooks.stale();
    });
    transport.on('state', (/** @type {{ stage?: string } | undefined} */ progress) => {
      if (this.#state === 'connecting' && progress?.stage)
        hooks.state({ state: 'connecting', stage: progress.stage });
    });
    // An unheard 'error' event would end the process; whatever it tells also reaches a callback or 'disconnect'.
    transport.on('error', () => {});
  }

  /** @returns {State} */
  get state() {
    return this.#state;
  }

  /** @param {Callback} callback `(null, Connected)` once connected; joins a connection that is being made. */
  open(callback) {
    this.#closedByApp = false;
    if (this.#state === 'connected') process.nextTick(callback, null, new Connected());
    else this.#openers.push(callback);
    if (this.#state === 'closed') this.#start();
  }

  /** @param {Callback} callback `(null, Disconnected)`, also when there was nothing to close. */
  close(callback) {
    this.#closedByApp = true;
    const openers = this.#openers.splice(0);
    for (const opener of openers) process.nextTick(opener, openCancelled());
    for (const [, sender] of this.#deferred.splice(0)) process.nextTick(sender, clientClosed());
    if (this.#state === 'closed') {
      process.nextTick(callback, null, new Disconnected());
      return;
    }
    this.#closers.push(callback);
    if (this.#state === 'closing') return;
    this.#abandonAttempt();
    this.#reconnection.reset();
    this.#state = 'closing';
    this.#host._transport.disconnect((/** @type {Error | null} */ error, /** @type {any} */ result) =>
      this.#onClosed(error, result),
    );
  }

  /**
   * @param {any} message
   * @param {Callback} callback
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [options]
   */
  sendEvent(message, callback, options) {
    if (this.#state === 'connected') this.#host._transport.sendEvent(message, callback, options);
    else this.#sendUnconnected(message, callback, options);
  }

  /**
   * @param {any} message
   * @param {Callback} callback
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [options]
   */
  #sendUnconnected(message, callback, options) {
    if (this.#closedByApp) process.nextTick(callback, clientClosed());
    else if (this.#state === 'closing') this.#deferred.push([message, callback, options]);
    else {
      this.#host._transport.sendEvent(message, callback, options);
      if (this.#state === 'closed') this.#start();
    }
  }

  /**
   * An operation that needs no connection, or brings its own rules.
   *
   * @param {string} method Of the transport.
   * @param {any} argument
   * @param {Callback} callback
   */
  perform(method, argument, callback) {
    this.#host._transport[method](argument, callback);
  }

  /**
   * Switches a feature on or off, at the end of the tick: an app that replaces its listeners changes nothing.
   *
   * @param {Feature} feature
   * @param {boolean} wanted Connects, unless the app has closed the connection.
   */
  want(feature, wanted) {
    const known = this.#features.get(feature);
    if (known) known.wanted = wanted;
    else this.#features.set(feature, { wanted, applied: false });
    if (this.#applying) return;
    this.#applying = true;
    process.nextTick(() => {
      this.#applying = false;
      this.#applyFeatures();
    });
  }

  #applyFeatures() {
    let connect = false;
    for (const [feature, { wanted, applied }] of this.#features) {
      if (applied && !wanted) this.#switch(feature, false);
      else if (wanted && this.#state === 'closed') connect = !this.#closedByApp;
      else if (wanted && !applied && this.#state !== 'closing') this.#switch(feature, true);
    }
    if (connect) this.#start();
  }

  /**
   * @param {Feature} feature
   * @param {boolean} on
   */
  #switch(feature, on) {
    const standing = /** @type {{ applied: boolean }} */ (this.#features.get(feature));
    standing.applied = on;
    this.#host._transport[on ? feature.enable : feature.disable]((/** @type {Error | null} */ error) => {
      // Without a connection the failure is that of the connection, which is told in its own way.
      if (!error || this.#state !== 'connected') return;
      if (on) standing.applied = false;
      this.#hooks.featureFailed(error, false);
    });
  }

  #start() {
    this.#lost = false;
    this.#reconnection.begin(this.#host._maxOperationTimeout);
    for (const [feature, { wanted }] of this.#features) if (wanted) this.#switch(feature, true);
    for (const [message, callback, options] of this.#deferred.splice(0)) {
      this.#host._transport.sendEvent(message, callback, options);
    }
    this.#connect();
  }

  #connect() {
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#enter({ state: 'connecting' });
    if (attempt !== this.#attempt) return;
    this.#host._transport.connect((/** @type {Error | null} */ error, /** @type {any} */ result) => {
      if (attempt !== this.#attempt) return;
      if (error) this.#onFailure(error);
      else this.#onConnected(result);
    });
  }

  #abandonAttempt() {
    this.#attempt += 1;
    clearTimeout(this.#pause);
  }

  /** @param {any} result */
  #onConnected(result) {
    this.#everConnected = true;
    this.#reconnection.succeeded();
    // An app that closes from within one of these events leaves no openers to call.
    this.#enter({ state: 'connected' });
    if (this.#state === 'connected') this.#hooks.connected();
    for (const opener of this.#openers.splice(0)) guarded(opener, null, result);
  }

  /** @param {Error} [error] */
  #onLoss(error = lostSomehow()) {
    if (this.#state !== 'connected') return;
    this.#hooks.stale();
    this.#lost = true;
    this.#reconnection.begin(this.#host._maxOperationTimeout);
    this.#retryOrGiveUp(error);
  }

  /** @param {Error} error */
  #onFailure(error) {
    const final = !this.#everConnected && !this.#retryFirst && !(error instanceof ServiceUnavailableError);
    if (final) this.#giveUp(error);
    else this.#retryOrGiveUp(error);
  }

  /** @param {Error} error */
  #retryOrGiveUp(error) {
    let delay;
    try {
      delay = this.#reconnection.delayAfter(this.#host._retryPolicy, error);
    } catch (policyError) {
      this.#giveUp(/** @type {Error} */ (policyError));
      return;
    }
    if (delay === undefined) {
      this.#giveUp(error);
      return;
    }
    this.#pause = setTimeout(() => this.#connect(), delay);
    this.#enter({ state: 'waiting', delay, reason: error });
  }

  /** @param {Error} error */
  #giveUp(error) {
    const openers = this.#openers.splice(0);
    const established = this.#lost;
    this.#abandonAttempt();
    this.#state = 'closed';
    this.#host._transport.abandon(error);
    // A callback of an abandoned operation may have made the client connect again.
    if (this.#state === 'closed') this.#enter({ state: 'closed', reason: error });
    for (const opener of openers) guarded(opener, error);
    if (established) this.#hooks.disconnected(error);
    else if ([...this.#features.values()].some(({ wanted }) => wanted)) {
      this.#hooks.featureFailed(error, openers.length > 0);
    }
  }

  /**
   * @param {Error | null} error
   * @param {any} result
   */
  #onClosed(error, result) {
    const closers = this.#closers.splice(0);
    this.#hooks.stale();
    this.#enter({ state: 'closed' });
    for (const closer of closers) {
      if (error) guarded(closer, error);
      else guarded(closer, null, result ?? new Disconnected());
    }
    if (this.#openers.length > 0 && this.#state === 'closed') this.#start();
  }

  /** @param {import('./transport').StateChange} change */
  #enter(change) {
    this.#state = change.state;
    this.#hooks.state(change);
  }
}

function lostSomehow() {
  return failure(NotConnectedError, 'ERR_IOT_CONNECTION_LOST', 'The connection was lost', {
    hint: 'The transport did not say why.',
  });
}

module.exports = { KeptConnection };

// @ts-check
'use strict';

const { ServiceUnavailableError } = require('../vocabulary/errors');
const { CLIENT } = require('../vocabulary/idiom');
const { Connected, Disconnected } = require('../vocabulary/results');
const { LongTimer } = require('../plumbing/long_timer');
const { guarded } = require('../plumbing/uncaught');
const { clientClosed, openCancelled } = require('./closed');
const { Features } = require('./features');
const { UNKNOWN_LIFE, asLoss, lostSomehow } = require('./loss');
const { Reconnection } = require('./reconnection');
const { retryDelay } = require('./retry_policy');

/** @typedef {import('./transport').Feature} Feature */
/** @typedef {import('./transport').Life} Life */
/** @typedef {(error: any, result?: any) => void} Callback */
/** @typedef {'closed' | 'connecting' | 'connected' | 'waiting' | 'closing'} State */

/** Between a failure that is final and the attempt for those who came meanwhile: no cause is gone at once. Milliseconds. */
const NEXT_ATTEMPT_MS = 100;

/**
 * A connection that the retry policy gave up, until all its operations have been told.
 *
 * @typedef {{ error: Error, openers: Callback[], established: boolean }} GivenUp
 */

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
  /** @type {LongTimer | undefined} */
  #pause;
  /** Whom the attempts that are made now serve. @type {Callback[]} */
  #openers = [];
  /** Came while those were made: their failure is not theirs. @type {Callback[]} */
  #joined = [];
  /** @type {GivenUp | undefined} */
  #givenUp;
  /** Somebody wants a connection when the one that ends now has ended. */
  #again = false;
  /** @type {Callback[]} */
  #closers = [];
  /**
   * Asked for while a connection ends that is to be followed by another.
   *
   * @type {{ method: string, args: any[], callback: Callback }[]}
   */
  #deferred = [];
  #features;
  #idiom;
  #host;
  #hooks;
  #retryFirst;
  #reconnection;

  /**
   * @param {import('./transport').Host} host
   * @param {import('./transport').Hooks} hooks
   * @param {object} [settings]
   * @param {() => boolean} [settings.retryFirst] Whether the policy is asked about a first connection that fails, too.
   *   Otherwise such a failure is final, so that a typo in a host name is told at once (CONNACK 3 excepted:
   *   device-sdk.md §5).
   * @param {import('../vocabulary/idiom').Idiom} [settings.idiom] The interface of the app.
   * @param {() => number} [settings.now] Milliseconds, monotonic.
   */
  constructor(host, hooks, { retryFirst = () => false, idiom = CLIENT, now } = {}) {
    this.#idiom = idiom;
    this.#host = host;
    this.#hooks = hooks;
    this.#retryFirst = retryFirst;
    this.#reconnection = new Reconnection(now);
    this.#features = new Features({
      transport: () => host._transport,
      line: () => this.#line,
      connect: () => {
        if (!this.#closedByApp) this.#connectWhenClosed();
      },
      failed: (error, feature) => hooks.featureFailed(error, [feature], false),
    });
    const transport = host._transport;
    transport.attend(idiom);
    transport.on(
      'disconnect',
      (/** @type {Error | undefined} */ error, /** @type {Life | undefined} */ life) =>
        this.#onLoss(error, life),
    );
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

  /**
   * A connection that is being made serves this call, too, if it comes about; if it does not, another is tried.
   *
   * @param {Callback} callback `(null, Connected)` once connected.
   */
  open(callback) {
    this.#closedByApp = false;
    if (this.#state === 'connected') process.nextTick(callback, null, new Connected());
    else if (this.#state === 'connecting' || this.#state === 'waiting') this.#joined.push(callback);
    else {
      this.#openers.push(callback);
      this.#connectWhenClosed();
    }
  }

  /** @param {Callback} callback `(null, Disconnected)`, also when there was nothing to close. */
  close(callback) {
    this.#closedByApp = true;
    this.#again = false;
    for (const opener of this.#takeOpeners()) process.nextTick(opener, openCancelled());
    for (const { callback: waiting } of this.#deferred.splice(0)) {
      process.nextTick(waiting, clientClosed(this.#idiom));
    }
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
    else this.#performUnconnected('sendEvent', [message, callback, options], callback);
  }

  /**
   * @param {string} outputName
   * @param {any} message
   * @param {Callback} callback
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [options]
   */
  sendOutputEvent(outputName, message, callback, options) {
    this.#operate('sendOutputEvent', [outputName, message, callback, options], callback);
  }

  /**
   * A request for the twin: `getTwin` or `updateTwinReportedProperties`. A refusal is told to the retry policy.
   *
   * @param {string} method Of the transport.
   * @param {any[]} args
   * @param {Callback} callback
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [limits]
   */
  request(method, args, callback, { timeoutMs = this.#host._maxOperationTimeout, signal } = {}) {
    const again = (/** @type {Error} */ refusal, /** @type {number} */ refusals) =>
      retryDelay(this.#host._retryPolicy, refusal, refusals);
    this.#operate(method, [...args, callback, { timeoutMs, signal, again }], callback);
  }

  /**
   * @param {string} method Of the transport.
   * @param {any[]} args The callback among them.
   * @param {Callback} callback
   */
  #operate(method, args, callback) {
    if (this.#state === 'connected') this.#host._transport[method](...args);
    else this.#performUnconnected(method, args, callback);
  }

  /**
   * @param {string} method Of the transport.
   * @param {any[]} args The callback among them.
   * @param {Callback} callback
   */
  #performUnconnected(method, args, callback) {
    if (this.#closedByApp) process.nextTick(callback, clientClosed(this.#idiom));
    else if (this.#state === 'closing') {
      this.#deferred.push({ method, args, callback });
      this.#again = true;
    } else {
      this.#host._transport[method](...args);
      this.#connectWhenClosed();
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
   * Switches a feature on or off.
   *
   * @param {Feature} feature
   * @param {boolean} wanted Connects, unless the app has closed the connection.
   */
  want(feature, wanted) {
    this.#features.want(feature, wanted);
  }

  get #line() {
    if (this.#state === 'connected') return 'up';
    return this.#state === 'connecting' || this.#state === 'waiting' ? 'coming' : 'none';
  }

  /** Connects, at once or when the connection that ends now has ended. */
  #connectWhenClosed() {
    if (this.#state === 'closed') this.#start();
    else if (this.#state === 'closing') this.#again = true;
  }

  /** @param {Error} [failed] Why there is no connection yet. */
  #start(failed) {
    this.#again = false;
    this.#lost = false;
    this.#reconnection.begin(this.#host._maxOperationTimeout);
    this.#features.begin();
    for (const { method, args } of this.#deferred.splice(0)) this.#host._transport[method](...args);
    if (failed) this.#wait(NEXT_ATTEMPT_MS, failed);
    else this.#connect();
  }

  /**
   * @param {number} delay Milliseconds.
   * @param {Error} reason
   */
  #wait(delay, reason) {
    this.#pause = new LongTimer(() => this.#connect(), delay);
    this.#enter({ state: 'waiting', delay, reason });
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

  #takeOpeners() {
    return [...this.#openers.splice(0), ...this.#joined.splice(0)];
  }

  #abandonAttempt() {
    this.#attempt += 1;
    this.#pause?.clear();
  }

  /** @param {any} result */
  #onConnected(result) {
    this.#everConnected = true;
    this.#enter({ state: 'connected' });
    if (this.#state === 'connected') this.#hooks.connected();
    // An app that closes from within one of these events, and opens again, is served by the next connection.
    if (this.#state !== 'connected') return;
    for (const opener of this.#takeOpeners()) guarded(opener, null, result);
  }

  /**
   * @param {Error} [error]
   * @param {Life} [life]
   */
  #onLoss(error = lostSomehow(), life = UNKNOWN_LIFE) {
    if (this.#state !== 'connected') return;
    this.#hooks.stale();
    this.#lost = true;
    this.#reconnection.begin(this.#host._maxOperationTimeout);
    this.#retryOrGiveUp(error, (policy, asked) => this.#reconnection.afterLoss(policy, asked, life));
  }

  /** @param {Error} error */
  #onFailure(error) {
    const final = !this.#everConnected && !this.#retryFirst() && !(error instanceof ServiceUnavailableError);
    if (final) this.#giveUp(error);
    else this.#retryOrGiveUp(error, (policy, asked) => this.#reconnection.afterFailure(policy, asked));
  }

  /**
   * @param {Error} error
   * @param {(policy: import('../..').RetryPolicy, asked: Error) => number | undefined} ask
   */
  #retryOrGiveUp(error, ask) {
    const attempt = this.#attempt;
    let delay;
    let reason = error;
    try {
      delay = ask(this.#host._retryPolicy, this.#everConnected ? asLoss(error) : error);
    } catch (policyError) {
      reason = /** @type {Error} */ (policyError);
    }
    // A policy may close the client: then nothing is left to be tried or given up.
    if (attempt !== this.#attempt) return;
    if (delay === undefined) this.#giveUp(reason);
    else this.#wait(delay, error);
  }

  /** @param {Error} error */
  #giveUp(error) {
    this.#abandonAttempt();
    this.#givenUp = { error, openers: this.#openers, established: this.#lost };
    this.#openers = this.#joined;
    this.#joined = [];
    this.#again = this.#openers.length > 0;
    // Nothing connects until every operation has been told; a `close` that comes meanwhile needs do no more.
    this.#state = 'closing';
    this.#host._transport.giveUp(error, () => this.#onGivenUp());
  }

  #onGivenUp() {
    const { error, openers, established } = /** @type {GivenUp} */ (this.#givenUp);
    this.#givenUp = undefined;
    this.#enter({ state: 'closed', reason: error });
    for (const opener of openers) guarded(opener, error);
    if (this.#closedByApp) {
      // Who closes is not told that the connection he closed was lost.
    } else if (established) this.#hooks.disconnected(error);
    else if (this.#features.wanted.length > 0) {
      this.#hooks.featureFailed(error, this.#features.wanted, openers.length > 0);
    }
    this.#ended(new Disconnected(), null, error);
  }

  /**
   * @param {Error | null} error
   * @param {any} result
   */
  #onClosed(error, result) {
    this.#hooks.stale();
    this.#enter({ state: 'closed' });
    this.#ended(result ?? new Disconnected(), error);
  }

  /**
   * Nothing is left of the connection. Unless the app has opened the client again by now, who waits for that does so.
   *
   * @param {any} result For those who closed.
   * @param {Error | null} error Of closing.
   * @param {Error} [failed] Why there was no connection.
   */
  #ended(result, error, failed) {
    for (const closer of this.#closers.splice(0)) {
      if (error) guarded(closer, error);
      else guarded(closer, null, result);
    }
    if (this.#state === 'closed' && this.#again) this.#start(failed);
  }

  /** @param {import('./transport').StateChange} change */
  #enter(change) {
    this.#state = change.state;
    this.#hooks.state(change);
  }
}

module.exports = { KeptConnection };

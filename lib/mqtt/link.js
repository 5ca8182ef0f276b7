// @ts-check
'use strict';

const { CREDENTIALS_MS, askForCredentials } = require('../authentication/provider');
const { guarded } = require('../plumbing/uncaught');
const { warn } = require('../plumbing/warning');
const { closedBeforeConnected, noCredentials } = require('../session/operation_failure');
const { Connected, Disconnected, SharedAccessSignatureUpdated } = require('../vocabulary/results');
const { MqttIdentity } = require('./identity');
const { ProcessHold } = require('./process_hold');
const { Lives, SUSPICIOUS } = require('./lives');
const { requestOf } = require('./request');

/** @typedef {import('../native/binding').NativeEvent} NativeEvent */
/** @typedef {import('../native/binding').NativeFailure} NativeFailure */
/** @typedef {import('../..').TransportConfig} TransportConfig */
/** @typedef {(error: any, result?: any) => void} Callback */

/** How long `disconnect` waits for acknowledgements. Milliseconds. */
const CLOSE_GRACE_MS = 10_000;

/**
 * An attempt to connect. Its number is that of its request to the session; none while the credentials are awaited.
 *
 * @typedef {{ number?: number, callbacks: Callback[] }} Attempt
 */

/**
 * The replacement of a connection that stands by one with new credentials. It has no number while it has to wait for
 * the attempt or the renewal before it.
 *
 * @typedef {{ number?: number, credentials: TransportConfig, callbacks: Callback[] }} Renewal
 */

/**
 * The end of all that, asked for by `disconnect`. Who wants to connect meanwhile does when it is over.
 *
 * @typedef {{ number: number, callbacks: Callback[], reopeners: Callback[] }} Closing
 */

/**
 * @typedef {object} LinkHooks
 * @property {(identity: MqttIdentity) => void} identified The names to connect by are known, before the connection is.
 * @property {(stage: string) => void} stage The attempt has come so far.
 * @property {(identity: MqttIdentity, renewal: boolean) => void} connected
 * @property {() => void} ended Neither a connection nor an attempt at one is left. Told before why.
 * @property {(error: Error, life: import('../connection/transport').Life) => void} lost A connection that stood is lost.
 */

/**
 * The one connection of a transport: made, renewed, closed.
 *
 * Whatever the session reports carries the number of the request it answers. An answer to a request that is no longer
 * ours is nobody's: a loss that coincides with a close, say, says nothing about the connection after it.
 */
class Link {
  #protocol;
  #provider;
  #options;
  #session;
  #hooks;
  #hold;
  #lives = new Lives();
  /** The app was told why the gateway ends its connections. */
  #warned = false;
  /** @type {TransportConfig | undefined} */
  #credentials;
  /** Of the last credentials. @type {MqttIdentity | undefined} */
  #identity;
  /** What was last connected to. @type {import('../failures/connection_failure').Target | undefined} */
  #target;
  /** The system store was found empty: Node's own roots serve. */
  #bundledRoots = false;

  /** @type {Attempt | undefined} */
  #attempt;
  /** The number of the connection that stands; 0: none does. */
  #standing = 0;
  /** The renewal under way, then those that follow it: one at most, with the newest credentials. @type {Renewal[]} */
  #renewals = [];
  /** Why the last one could not begin. @type {unknown} */
  #unrenewed;
  /** @type {Closing | undefined} */
  #closing;

  /**
   * @param {import('./protocol').Protocol} protocol
   * @param {any} provider
   * @param {import('./options').MqttOptions} options
   * @param {import('../session/session').Session} session
   * @param {LinkHooks} hooks
   */
  constructor(protocol, provider, options, session, hooks) {
    this.#protocol = protocol;
    this.#provider = provider;
    this.#options = options;
    this.#session = session;
    this.#hooks = hooks;
    this.#hold = new ProcessHold(session);
    provider?.on?.('newTokenAvailable', (/** @type {TransportConfig} */ credentials) => {
      if (this.#closing === undefined && (this.#attempt || this.#standing)) this.#wantRenewal(credentials);
    });
  }

  /** A connection stands, and is not about to be closed. */
  get stands() {
    return this.#standing !== 0 && this.#closing === undefined;
  }

  /** Of the last credentials. */
  get identity() {
    return this.#identity;
  }

  /** What was last connected to, for those who watch. @returns {import('../plumbing/happenings').Peer | undefined} */
  get peer() {
    if (this.#target === undefined) return undefined;
    const { clientId, host, port } = this.#target;
    return { device: clientId, gateway: `${host.includes(':') ? `[${host}]` : host}:${port}` };
  }

  /**
   * One attempt, or what has come of an earlier one.
   *
   * @param {Callback} callback `(error, results.Connected)`
   */
  connect(callback) {
    if (this.#closing) this.#closing.reopeners.push(callback);
    else if (this.#standing) process.nextTick(callback, null, new Connected());
    else if (this.#attempt) this.#attempt.callbacks.push(callback);
    else this.#begin({ callbacks: [callback] });
  }

  /**
   * Ends the connection, or the attempt at one.
   *
   * @param {Callback} callback `(null, results.Disconnected)`
   * @param {number} [graceMs] For what is queued or not acknowledged.
   */
  disconnect(callback, graceMs = CLOSE_GRACE_MS) {
    const overtaken = this.#attempt?.callbacks ?? this.#closing?.reopeners.splice(0) ?? [];
    this.#attempt = undefined;
    for (const connecting of overtaken) process.nextTick(connecting, closedBeforeConnected());
    if (this.#closing) {
      this.#closing.callbacks.push(callback);
      return;
    }
    this.#hold.begin();
    const number = this.#session.disconnect(this.#standing ? graceMs : 0);
    this.#closing = { number, callbacks: [callback], reopeners: [] };
  }

  /** Makes the connection that stands anew, in order and without a gap for the app. */
  renew() {
    if (this.stands && this.#credentials) this.#wantRenewal(this.#credentials);
  }

  /**
   * Has the provider give other credentials, and tells when they are in use.
   *
   * @param {() => void} give
   * @param {Callback} callback `(error, results.SharedAccessSignatureUpdated)`: at once where the next connection will
   *   use them anyway, or the one that stands cannot be made anew with them.
   */
  renewed(give, callback) {
    this.#unrenewed = undefined;
    give();
    const last = this.#renewals.at(-1);
    if (this.#unrenewed) process.nextTick(callback, this.#unrenewed);
    else if (last) last.callbacks.push(callback);
    else process.nextTick(callback, null, new SharedAccessSignatureUpdated(false));
  }

  /** Options were set that the next request takes up. */
  optionsChanged() {
    this.#bundledRoots = false;
  }

  /** Ends everything at once, without a word. */
  stop() {
    this.#attempt = undefined;
    this.#closing = undefined;
    this.#end();
    this.#session.stop();
  }

  /** @param {NativeEvent} event About the connection. */
  handle(event) {
    const { kind, request } = event;
    const answers = (/** @type {{ number?: number } | undefined} */ ours) => ours?.number === request;
    if (kind === 'broken') this.#onBroken(event);
    else if (kind === 'closed' && answers(this.#closing)) this.#onClosed();
    else if (this.#closing) return;
    else if (kind === 'connecting' && answers(this.#attempt)) this.#hooks.stage(String(event.stage));
    else if (kind === 'connected' && answers(this.#attempt)) this.#onConnected(Number(request));
    else if (kind === 'connected' && answers(this.#renewals[0])) this.#onRenewed(Number(request));
    else if (kind === 'failed' && answers(this.#attempt)) this.#onFailed(event);
    else if (kind === 'lost' && (request === this.#standing || answers(this.#renewals[0]))) {
      this.#onLost(event);
    }
  }

  /** @param {Attempt} attempt */
  #begin(attempt) {
    this.#attempt = attempt;
    this.#hold.begin();
    const awaited = () => this.#attempt === attempt && attempt.number === undefined;
    const limit = setTimeout(() => {
      if (awaited()) this.#failed(noCredentials(CREDENTIALS_MS));
    }, CREDENTIALS_MS).unref();
    const given = (/** @type {any} */ error, /** @type {TransportConfig} */ credentials) => {
      clearTimeout(limit);
      if (!awaited()) return;
      if (error) this.#failed(error);
      else this.#request(attempt, credentials);
    };
    try {
      askForCredentials(this.#provider, given);
    } catch (error) {
      given(error, /** @type {any} */ (undefined));
    }
  }

  /**
   * @param {Attempt} attempt
   * @param {TransportConfig} credentials
   */
  #request(attempt, credentials) {
    try {
      attempt.number = this.#session.connect(this.#requestOf(credentials));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {TransportConfig} credentials */
  #wantRenewal(credentials) {
    const waiting = this.#renewals.find(({ number }) => number === undefined);
    if (waiting) waiting.credentials = credentials;
    else this.#renewals.push({ credentials, callbacks: [] });
    this.#renew();
  }

  /** Begins the next renewal, if there is one and nothing is under way. */
  #renew() {
    const [renewal] = this.#renewals;
    if (!this.#standing || !renewal || renewal.number !== undefined) return;
    try {
      if (!this.#bundledRoots) this.#options.lookAtTrust();
      renewal.number = this.#session.connect(this.#requestOf(renewal.credentials), this.#standing);
    } catch (error) {
      // The connection stands, and will until its token expires: a later renewal may do better.
      this.#unrenewed = error;
      this.#renewals.shift();
      for (const callback of renewal.callbacks) process.nextTick(callback, error);
    }
  }

  /** @param {TransportConfig} credentials */
  #requestOf(credentials) {
    const { native, target } = requestOf(this.#identify(credentials), credentials, this.#options, {
      protocol: this.#protocol,
      provider: this.#provider,
      bundledRoots: this.#bundledRoots,
    });
    this.#target = target;
    return native;
  }

  /** @param {TransportConfig} credentials */
  #identify(credentials) {
    if (credentials === this.#credentials && this.#identity !== undefined) return this.#identity;
    const identity = new MqttIdentity(credentials);
    this.#credentials = credentials;
    this.#identity = identity;
    this.#hooks.identified(identity);
    return identity;
  }

  /** @param {number} number */
  #onConnected(number) {
    const { callbacks } = /** @type {Attempt} */ (this.#attempt);
    this.#attempt = undefined;
    this.#standing = number;
    this.#lives.connected(this.#session.through);
    this.#hooks.connected(/** @type {MqttIdentity} */ (this.#identity), false);
    for (const callback of callbacks) guarded(callback, null, new Connected());
    this.#renew();
  }

  /** @param {number} number */
  #onRenewed(number) {
    const { callbacks } = /** @type {Renewal} */ (this.#renewals.shift());
    this.#standing = number;
    this.#hooks.connected(/** @type {MqttIdentity} */ (this.#identity), true);
    for (const callback of callbacks) guarded(callback, null, new SharedAccessSignatureUpdated(false));
    this.#renew();
  }

  /** @param {NativeEvent} event */
  #onFailed(event) {
    const attempt = /** @type {Attempt} */ (this.#attempt);
    if (event.failure?.kind === 'no-roots' && !this.#bundledRoots && this.#credentials) {
      this.#bundledRoots = true;
      this.#request(attempt, this.#credentials);
    } else {
      this.#failed(this.#explain(event));
    }
  }

  /** @param {any} error Of the attempt. */
  #failed(error) {
    const { callbacks } = /** @type {Attempt} */ (this.#attempt);
    this.#attempt = undefined;
    this.#end();
    for (const callback of callbacks) process.nextTick(callback, error);
  }

  /** @param {NativeEvent} event */
  #onLost(event) {
    const { through, waits } = this.#session;
    const life = this.#lives.lost(/** @type {NativeFailure} */ (event.failure), through, waits);
    const error = this.#explain(event, life);
    if (Math.max(life.contested, life.unstored) >= SUSPICIOUS) this.#warn(error);
    const renewals = this.#renewals.splice(0);
    for (const callback of renewals.flatMap(({ callbacks }) => callbacks)) process.nextTick(callback, error);
    this.#end();
    this.#hooks.lost(error, life);
  }

  #onClosed() {
    const { callbacks, reopeners } = /** @type {Closing} */ (this.#closing);
    this.#closing = undefined;
    this.#end();
    const result = new Disconnected();
    for (const callback of callbacks) guarded(callback, null, result);
    for (const callback of reopeners) this.connect(callback);
  }

  /**
   * The session has ended all it held and begun anew.
   *
   * @param {NativeEvent} event
   */
  #onBroken(event) {
    if (this.#closing) this.#onClosed();
    else if (this.#attempt?.number !== undefined) this.#failed(this.#explain(event));
    else if (this.#standing) this.#onLost(event);
  }

  /**
   * Few apps listen to what a connection does.
   *
   * @param {{ code: string, message: string, hint?: string }} error
   */
  #warn({ code, message, hint }) {
    if (this.#warned) return;
    this.#warned = true;
    warn(code.replace('ERR', 'WARN'), message, hint);
  }

  /** Neither a connection nor an attempt is left. Who waits for a renewal has it with the next connection. */
  #end() {
    this.#standing = 0;
    for (const { callbacks } of this.#renewals.splice(0)) {
      for (const callback of callbacks) guarded(callback, null, new SharedAccessSignatureUpdated(false));
    }
    guarded(() => this.#provider?.stop?.());
    this.#hold.end();
    this.#hooks.ended();
  }

  /**
   * @param {NativeEvent} event
   * @param {{ contested: number, unstored: number }} [life]
   */
  #explain(event, { contested, unstored } = { contested: 0, unstored: 0 }) {
    // Loaded when needed: a device that connects has no use for it.
    const { connectionFailure } = require('../failures/connection_failure');
    const target = /** @type {import('../failures/connection_failure').Target} */ (this.#target);
    return connectionFailure(/** @type {NativeFailure} */ (event.failure), target, {
      shortLives: contested >= SUSPICIOUS ? contested : 0,
      unstored: unstored >= SUSPICIOUS ? unstored : 0,
      uponMessage: unstored > 0,
    });
  }
}

module.exports = { CLOSE_GRACE_MS, Link };

// @ts-check
'use strict';

const { Disconnected } = require('../vocabulary/results');
const { RetryOperation } = require('./retry_policy');
const { clientClosed, openCancelled } = require('./closed');

/** @typedef {import('./transport').Feature} Feature */
/** @typedef {(error: any, result?: any) => void} Callback */

/**
 * The connection of any other transport, the way the original works (device-sdk.md §2.3, §2.4): each operation is run
 * through the retry policy by itself and makes the transport connect; after a loss the features in use are enabled
 * again, which connects; with no feature in use the transport stays offline until the next operation.
 *
 * Unlike the original, `close` ends the operations under way, and what comes after it does not open the client again.
 */
class PerOperationConnection {
  #closedByApp = false;
  /** @type {Map<RetryOperation, () => Error>} With the error each gets when the app closes. */
  #running = new Map();
  /** @type {Map<Feature, { wanted: boolean, applied: boolean }>} */
  #features = new Map();
  #host;
  #hooks;

  /**
   * @param {import('./transport').Host} host
   * @param {import('./transport').Hooks} hooks
   */
  constructor(host, hooks) {
    this.#host = host;
    this.#hooks = hooks;
    const transport = host._transport;
    transport.on('connected', () => {
      if (this.#closedByApp) return;
      hooks.state({ state: 'connected' });
      hooks.connected();
    });
    transport.on('disconnect', (/** @type {Error | undefined} */ error) => this.#onLoss(error));
    // An unheard 'error' event would end the process; in this protocol every error also comes as a 'disconnect'.
    transport.on('error', () => {});
  }

  /** @param {Callback} callback `(null, Connected)`. */
  open(callback) {
    this.#closedByApp = false;
    this.#run(
      'open',
      (attempted) => this.#host._transport.connect(attempted),
      (error, result) => {
        if (error) callback(error);
        else {
          this.#enableMissing();
          callback(null, result);
        }
      },
      openCancelled,
    );
  }

  /** @param {Callback} callback `(null, Disconnected)`. */
  close(callback) {
    this.#closedByApp = true;
    for (const [operation, reason] of this.#running) process.nextTick(() => operation.cancel(reason()));
    for (const standing of this.#features.values()) standing.applied = false;
    this.#host._transport.disconnect((/** @type {Error | null} */ error, /** @type {any} */ result) => {
      this.#hooks.state({ state: 'closed' });
      if (error) callback(error);
      else callback(null, result ?? new Disconnected());
    });
  }

  /**
   * @param {any} message
   * @param {Callback} callback
   */
  sendEvent(message, callback) {
    this.perform('sendEvent', message, callback);
  }

  /**
   * @param {string} outputName
   * @param {any} message
   * @param {Callback} callback
   */
  sendOutputEvent(outputName, message, callback) {
    this.request('sendOutputEvent', [outputName, message], callback);
  }

  /**
   * @param {string} method Of the transport.
   * @param {any} argument
   * @param {Callback} callback
   */
  perform(method, argument, callback) {
    const needsConnection = method !== 'setOptions' && method !== 'updateSharedAccessSignature';
    if (needsConnection && this.#closedByApp) process.nextTick(callback, clientClosed());
    else this.#run(method, (attempted) => this.#host._transport[method](argument, attempted), callback);
  }

  /**
   * A request of several arguments, such as those for the twin.
   *
   * @param {string} method Of the transport.
   * @param {any[]} args
   * @param {Callback} callback
   * @param {object} [_limits] These transports know none.
   */
  request(method, args, callback, _limits) {
    if (this.#closedByApp) process.nextTick(callback, clientClosed());
    else this.#run(method, (attempted) => this.#host._transport[method](...args, attempted), callback);
  }

  /**
   * @param {Feature} feature
   * @param {boolean} wanted
   */
  want(feature, wanted) {
    const known = this.#features.get(feature);
    const standing = known ?? { wanted, applied: false };
    standing.wanted = wanted;
    if (!known) this.#features.set(feature, standing);
    if (this.#closedByApp || standing.applied === wanted) return;
    if (wanted) this.#enable(feature, (error) => this.#hooks.featureFailed(error, [feature], false));
    else this.#disable(feature);
  }

  /**
   * @param {Feature} feature
   * @param {(error: Error) => void} failed
   */
  #enable(feature, failed) {
    const standing = /** @type {{ applied: boolean }} */ (this.#features.get(feature));
    standing.applied = true;
    this.#run(
      feature.enable,
      (attempted) => this.#host._transport[feature.enable](attempted),
      (error) => {
        if (!error || this.#closedByApp) return;
        standing.applied = false;
        failed(error);
      },
    );
  }

  /** @param {Feature} feature */
  #disable(feature) {
    const standing = /** @type {{ applied: boolean }} */ (this.#features.get(feature));
    standing.applied = false;
    this.#host._transport[feature.disable]((/** @type {Error | null} */ error) => {
      if (error && !this.#closedByApp) this.#hooks.featureFailed(error, [feature], false);
    });
  }

  #enableMissing() {
    for (const [feature, { wanted, applied }] of this.#features) {
      if (wanted && !applied)
        this.#enable(feature, (error) => this.#hooks.featureFailed(error, [feature], false));
    }
  }

  /** @param {Error | undefined} error */
  #onLoss(error) {
    if (this.#closedByApp) return;
    for (const standing of this.#features.values()) standing.applied = false;
    let reason = error;
    let retries = false;
    try {
      if (error) retries = this.#host._retryPolicy.shouldRetry(error);
    } catch (policyError) {
      // Where that is nothing, the loss remains the reason.
      reason = /** @type {Error | undefined} */ (policyError) || error;
    }
    // A policy may close the client.
    if (this.#closedByApp) return;
    if (!retries) {
      this.#hooks.state({ state: 'closed', reason });
      this.#hooks.disconnected(reason);
      return;
    }
    let told = false;
    for (const [feature, { wanted }] of this.#features) {
      if (!wanted) continue;
      this.#enable(feature, (failure) => {
        if (told) return;
        told = true;
        this.#hooks.state({ state: 'closed', reason: failure });
        this.#hooks.disconnected(failure);
      });
    }
  }

  /**
   * @param {string} name
   * @param {(attempted: Callback) => void} operation
   * @param {Callback} callback
   * @param {() => Error} [cancelled] The error if the app closes meanwhile.
   */
  #run(name, operation, callback, cancelled = clientClosed) {
    const { _retryPolicy: policy, _maxOperationTimeout: limit } = this.#host;
    const run = new RetryOperation(name, policy, limit);
    this.#running.set(run, cancelled);
    const finished = (/** @type {any} */ error, /** @type {any} */ result) => {
      this.#running.delete(run);
      callback(error, result);
    };
    try {
      run.retry(operation, finished);
    } catch (error) {
      this.#running.delete(run);
      throw error;
    }
  }
}

module.exports = { PerOperationConnection };

// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { requireArguments } = require('../../plumbing/argument');
const { callbackToPromise } = require('../../plumbing/callback');
const { ExponentialBackOffWithJitter } = require('../../connection/retry_policy');
const { ConnectionString, tidied } = require('../../identity/connection_string');
const { ArgumentError } = require('../../vocabulary/errors');
const { failure, quote } = require('../../vocabulary/failure');
const { decodeSharedAccessKey } = require('../../identity/shared_access_key');
const { SharedAccessSignature, encodeUriComponentStrict } = require('../shared_access_signature');
const { LongTimer } = require('../../plumbing/long_timer');
const { guarded } = require('../../plumbing/uncaught');
const { noCredentials } = require('../../session/operation_failure');
const { concealed } = require('../credentials');
const { AuthenticationType } = require('../type');

/** @typedef {import('../../..').TransportConfig} TransportConfig */
/** @typedef {(error: Error | null, credentials?: TransportConfig) => void} CredentialsCallback */

/** How long a token is valid, and how long before its end the next one is made. Seconds. */
const VALID_S = 3600;
const MARGIN_S = 900;
/** How long a signature may take before it is asked for again. Milliseconds. */
const SIGNATURE_MS = 240_000;
/** Between two tokens. Each renewal is a connection of its own: more often than that they would be an attack on the gateway. */
const LEAST_PAUSE_S = 1;
/** A hundred years: a gateway takes what lies behind the year 9999 for no date. */
const LONGEST_S = 3_155_760_000;

/** After a renewal that failed. The old token is good for the margin yet, or for as long as it takes to expire. */
const BACK_OFF = new ExponentialBackOffWithJitter(false);

/**
 * Makes tokens with the symmetric key of a device or module, and new ones before they expire (device-sdk.md §1.9, §4).
 *
 * Events: `newTokenAvailable(credentials)` when a running renewal made a token, `error(Error)` when it could not; unlike
 * other `error` events this one may go unheard, and the renewal is tried again: soon, and then every ten seconds. Where a
 * new token cannot be made, one that was made before serves for as long as it is valid.
 *
 * Subclasses may override `_sign`, to leave the key with somebody else.
 */
class SharedAccessKeyAuthenticationProvider extends EventEmitter {
  type = AuthenticationType.Token;
  #credentials;
  #validS;
  #marginS;
  /** Of the token that is kept fresh. Seconds since 1970; 0: there is none. */
  #expiry = 0;
  /** Of the last one that was made. Seconds since 1970. */
  #goodUntil = 0;
  /** Renewals that failed in a row. */
  #failures = 0;
  /** @type {LongTimer | undefined} */
  #renewal;
  /** A call of `stop` makes a token still being signed for the timer come to nothing. */
  #generation = 0;

  /**
   * @param {TransportConfig} credentials
   * @param {number} [tokenValidTimeInSeconds] Default 3600.
   * @param {number} [tokenRenewalMarginInSeconds] Default 900.
   * @throws {ArgumentError} The margin is not shorter than the validity by a second, or they are no numbers.
   */
  constructor(credentials, tokenValidTimeInSeconds, tokenRenewalMarginInSeconds) {
    super();
    this.#credentials = concealed(credentials);
    this.#validS = given(tokenValidTimeInSeconds, VALID_S);
    this.#marginS = given(tokenRenewalMarginInSeconds, MARGIN_S);
    requireRenewable(this.#validS, this.#marginS);
  }

  /**
   * For subclasses. Not an own property: printing a provider must not show it.
   *
   * @protected
   */
  get _credentials() {
    return this.#credentials;
  }

  /** @protected */
  get _tokenValidTimeInSeconds() {
    return this.#validS;
  }

  /**
   * The credentials with a token that is valid for at least the margin. Starts the renewal.
   *
   * @param {CredentialsCallback} [callback]
   * @returns {any}
   */
  getDeviceCredentials(callback) {
    return callbackToPromise((done) => {
      if (this.#expiry - now() >= this.#marginS) {
        done(null, this.#credentials);
        return;
      }
      const generation = this.#generation;
      this.#makeToken((error, expiry) => {
        // One in its last second might not get there in time.
        if (error && this.#goodUntil - now() <= 1) {
          done(error);
          return;
        }
        // Stopped meanwhile: the token may be used, but nothing would renew it, so it is not used twice.
        if (generation === this.#generation) {
          if (error) this.#renewSoon();
          else this.#keep(expiry);
        }
        done(null, this.#credentials);
      });
    }, callback);
  }

  /**
   * @param {number} tokenValidTimeInSeconds
   * @param {number} tokenRenewalMarginInSeconds
   * @throws {ArgumentError} The margin is not shorter than the validity by a second, or they are no numbers.
   */
  setTokenRenewalValues(tokenValidTimeInSeconds, tokenRenewalMarginInSeconds) {
    requireRenewable(tokenValidTimeInSeconds, tokenRenewalMarginInSeconds);
    this.#validS = tokenValidTimeInSeconds;
    this.#marginS = tokenRenewalMarginInSeconds;
    if (this.#renewal) this.#renew();
  }

  /** Ends the renewal. The next `getDeviceCredentials` makes a new token. */
  stop() {
    this.#generation += 1;
    if (!this.#renewal) return;
    this.#renewal.clear();
    this.#renewal = undefined;
    this.#expiry = 0;
  }

  /**
   * Makes a token. May be overridden, by an async function too; reports by callback, or fails by what it throws.
   *
   * @protected
   * @param {string} resourceUri Percent-encoded.
   * @param {number} expiry In seconds since 1970-01-01 UTC.
   * @param {(error: Error | null, sharedAccessSignature?: string) => void} callback
   */
  _sign(resourceUri, expiry, callback) {
    const { sharedAccessKeyName, sharedAccessKey = '' } = this.#credentials;
    // The original signs with whatever it can make out of a damaged key, which the gateway then refuses.
    decodeSharedAccessKey(sharedAccessKey);
    const token = SharedAccessSignature.create(resourceUri, sharedAccessKeyName, sharedAccessKey, expiry);
    callback(null, token.toString());
  }

  /**
   * @param {(error: Error | null, expiry: number) => void} made
   */
  #makeToken(made) {
    const { host, deviceId, moduleId } = this.#credentials;
    const resource = `${host}/devices/${deviceId}` + (moduleId ? `/modules/${moduleId}` : '');
    const expiry = Math.floor(now() + this.#validS);
    let reported = false;
    const failed = (/** @type {any} */ error) => {
      if (reported) throw error;
      made(error, expiry);
    };
    try {
      /** @type {any} Of an async function its promise. */
      const outcome = this._sign(
        encodeUriComponentStrict(resource),
        expiry,
        (error, sharedAccessSignature) => {
          reported = true;
          if (!error) {
            this.#credentials.sharedAccessSignature = sharedAccessSignature;
            this.#goodUntil = expiry;
          }
          made(error, expiry);
        },
      );
      if (typeof outcome?.then === 'function') outcome.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }

  /** @param {number} expiry Of the token that is in use from now on. */
  #keep(expiry) {
    this.#expiry = expiry;
    this.#failures = 0;
    this.#renewIn((this.#validS - this.#marginS) * 1000);
  }

  #renew() {
    const generation = this.#generation;
    let isOver = false;
    const made = (/** @type {Error | null} */ error, expiry = 0) => {
      limit.clear();
      if (isOver || generation !== this.#generation) return;
      isOver = true;
      if (error) {
        this.#renewSoon();
        if (this.listenerCount('error') > 0) guarded(() => this.emit('error', error));
      } else {
        this.#keep(expiry);
        guarded(() => this.emit('newTokenAvailable', this.#credentials));
      }
    };
    // Nobody else waits for a signature that does not come.
    const limit = new LongTimer(() => made(noCredentials(SIGNATURE_MS)), SIGNATURE_MS).unref();
    this.#makeToken(made);
  }

  #renewSoon() {
    this.#failures += 1;
    this.#renewIn(BACK_OFF.nextRetryTimeout(this.#failures, false));
  }

  /** @param {number} delay Milliseconds. */
  #renewIn(delay) {
    this.#renewal?.clear();
    this.#renewal = new LongTimer(() => this.#renew(), delay).unref();
  }

  /**
   * @param {string} connectionString
   * @param {number} [tokenValidTimeInSeconds] Default 3600.
   * @param {number} [tokenRenewalMarginInSeconds] Default 900.
   * @returns {SharedAccessKeyAuthenticationProvider}
   * @throws {ReferenceError} No connection string.
   * @throws {ArgumentError} It lacks DeviceId, HostName or SharedAccessKey, or the margin is too long.
   */
  static fromConnectionString(connectionString, tokenValidTimeInSeconds, tokenRenewalMarginInSeconds) {
    requireArguments({ connectionString });
    const required = ['DeviceId', 'HostName', 'SharedAccessKey'];
    const fields = ConnectionString.parse(tidied(connectionString), required);
    const credentials = {
      host: fields.HostName,
      gatewayHostName: fields.GatewayHostName,
      deviceId: fields.DeviceId,
      moduleId: fields.ModuleId,
      sharedAccessKeyName: fields.SharedAccessKeyName,
      sharedAccessKey: fields.SharedAccessKey,
    };
    return new SharedAccessKeyAuthenticationProvider(
      /** @type {TransportConfig} */ (credentials),
      tokenValidTimeInSeconds,
      tokenRenewalMarginInSeconds,
    );
  }
}

/** @returns {number} Seconds since 1970-01-01 UTC. */
function now() {
  return Math.floor(Date.now() / 1000);
}

/**
 * @param {number | undefined} value What is falsy is none, but NaN is a mistake in somebody's arithmetic.
 * @param {number} otherwise
 */
function given(value, otherwise) {
  return value || Number.isNaN(value) ? Number(value) : otherwise;
}

/**
 * @param {number} validS
 * @param {number} marginS
 */
function requireRenewable(validS, marginS) {
  requireSeconds('tokenValidTimeInSeconds', validS, 1);
  requireSeconds('tokenRenewalMarginInSeconds', marginS, 0);
  if (validS - marginS >= LEAST_PAUSE_S) return;
  throw failure(
    ArgumentError,
    'ERR_IOT_TOKEN_RENEWAL',
    `The token would be renewed ${marginS} s before its end but is valid for only ${validS} s`,
    {
      hint: `tokenRenewalMarginInSeconds must be less than tokenValidTimeInSeconds by ${LEAST_PAUSE_S} s at least.`,
    },
  );
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} least
 */
function requireSeconds(name, value, least) {
  if (typeof value === 'number' && value >= least && value <= LONGEST_S) return;
  throw failure(
    ArgumentError,
    'ERR_IOT_TOKEN_RENEWAL',
    `${name} is ${quote(value)}, not a number of seconds from ${least} to ${LONGEST_S}`,
    { hint: 'Usual are 3600 s, renewed 900 s before the end.' },
  );
}

module.exports = { SharedAccessKeyAuthenticationProvider };

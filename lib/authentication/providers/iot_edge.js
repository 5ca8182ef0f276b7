// @ts-check
'use strict';

const { requireArguments, requireCallback } = require('../../plumbing/argument');
const { SharedAccessSignature } = require('../shared_access_signature');
const { SharedAccessKeyAuthenticationProvider } = require('./shared_access_key');

/** @typedef {(error: Error | null, pem?: string) => void} BundleCallback */

/**
 * Of a module of IoT Edge: the workload API has its key, signs its tokens, and knows the roots to trust (device-sdk.md §8).
 * While that is away what was made before serves as long as it may.
 *
 * Event, beside those of SharedAccessKeyAuthenticationProvider: `trustBundle(pem)`, before a new token is there, when the
 * roots are not those told before. Who does not listen is not told, and nobody asks for them.
 */
class IotEdgeAuthenticationProvider extends SharedAccessKeyAuthenticationProvider {
  #module;
  #workload;
  /** As told last. @type {string | undefined} */
  #bundle;

  /**
   * @param {import('../../..').EdgedAuthConfig} authConfig
   * @param {number} [tokenValidTimeInSeconds] Default 3600.
   * @param {number} [tokenRenewalMarginInSeconds] Default 900.
   * @throws {ReferenceError} There is none, or it lacks workloadUri, moduleId or generationId.
   * @throws {ArgumentError} `ERR_IOT_WORKLOAD_URI`, or the margin is not shorter than the validity.
   */
  constructor(authConfig, tokenValidTimeInSeconds, tokenRenewalMarginInSeconds) {
    requireArguments({ authConfig });
    const { workloadUri, moduleId, generationId, iothubHostName, deviceId, gatewayHostName } = authConfig;
    super(
      { host: iothubHostName, deviceId, moduleId, gatewayHostName },
      tokenValidTimeInSeconds,
      tokenRenewalMarginInSeconds,
    );
    requireArguments({ workloadUri, moduleId, generationId });
    this.#module = { moduleId, generationId };
    // Loaded when needed: node:http takes longer than all of this package.
    const { Workload } = require('../workload');
    this.#workload = new Workload(workloadUri);
  }

  /**
   * The root certificates of the gateway.
   *
   * @param {BundleCallback} callback `(error, pem)`
   * @throws {ReferenceError} No callback.
   * @throws {TypeError} It is no function.
   */
  getTrustBundle(callback) {
    requireArguments({ callback });
    requireCallback(callback);
    outside(
      this.#workload.trustBundle().then((bundle) => (this.#bundle = bundle)),
      callback,
    );
  }

  /**
   * @protected
   * @param {string} resourceUri Percent-encoded.
   * @param {number} expiry In seconds since 1970-01-01 UTC.
   * @param {(error: Error | null, sharedAccessSignature?: string) => void} callback
   */
  _sign(resourceUri, expiry, callback) {
    requireArguments({ resourceUri, callback });
    const made = Promise.all([this.#makeToken(expiry), this.#lookAtBundle()]);
    outside(
      made.then(([token]) => token),
      callback,
    );
  }

  /**
   * @param {number} expiry
   * @returns {Promise<string>}
   */
  #makeToken(expiry) {
    return new Promise((resolve, reject) => {
      SharedAccessSignature.createWithSigningFunction(
        this._credentials,
        expiry,
        (text, signed) => {
          this.#workload.sign(this.#module, text).then((signature) => signed(null, signature), signed);
        },
        (error, token) => (error ? reject(error) : resolve(String(token))),
      );
    });
  }

  async #lookAtBundle() {
    if (this.listenerCount('trustBundle') === 0) return;
    const before = this.#bundle;
    try {
      const bundle = await this.#workload.trustBundle();
      // Whom it is told refuses one that holds no certificate.
      if (bundle !== before) this.emit('trustBundle', bundle);
      this.#bundle = bundle;
    } catch (error) {
      if (before === undefined) throw error;
    }
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {(error: Error | null, result?: T) => void} callback Not called within the promise: what it throws is no rejection.
 */
function outside(promise, callback) {
  promise.then(
    (result) => process.nextTick(callback, null, result),
    (error) => process.nextTick(callback, error),
  );
}

module.exports = { IotEdgeAuthenticationProvider };

// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { requireArguments } = require('../../plumbing/argument');
const { callbackToPromise } = require('../../plumbing/callback');
const { FormatError } = require('../../vocabulary/errors');
const { failure } = require('../../vocabulary/failure');
const { SharedAccessSignature } = require('../shared_access_signature');
const { guarded } = require('../../plumbing/uncaught');
const { concealed } = require('../credentials');
const { AuthenticationType } = require('../type');

/** @typedef {import('../../..').TransportConfig} TransportConfig */

/**
 * Hands on a token the app made or was given, which it replaces in time (device-sdk.md §1.9).
 *
 * Event: `newTokenAvailable(credentials)` when it did.
 */
class SharedAccessSignatureAuthenticationProvider extends EventEmitter {
  type = AuthenticationType.Token;
  #credentials;

  /** @param {TransportConfig} credentials */
  constructor(credentials) {
    super();
    this.#credentials = concealed(credentials);
  }

  /** @protected */
  get _credentials() {
    return this.#credentials;
  }

  /**
   * @param {(error: Error | null, credentials?: TransportConfig) => void} [callback]
   * @returns {any}
   */
  getDeviceCredentials(callback) {
    return callbackToPromise((done) => done(null, this.#credentials), callback);
  }

  /** Part of what a token provider offers; there is nothing to stop. */
  stop() {}

  /**
   * @param {string} sharedAccessSignature
   * @throws {ReferenceError} No token.
   */
  updateSharedAccessSignature(sharedAccessSignature) {
    requireArguments({ sharedAccessSignature });
    this.#credentials.sharedAccessSignature = String(sharedAccessSignature).trim();
    guarded(() => this.emit('newTokenAvailable', this.#credentials));
  }

  /**
   * @param {string} sharedAccessSignature Names the hub and the device, and the module if it is one's. White space
   *   around it, such as the line break of a file, is no part of it.
   * @param {string} [gatewayHostName] A token names no gateway.
   * @returns {SharedAccessSignatureAuthenticationProvider}
   * @throws {ReferenceError} No token.
   * @throws {FormatError} It is malformed, or its `sr` is not percent-encoded text.
   * @throws {ArgumentError} It has no `sr`.
   */
  static fromSharedAccessSignature(sharedAccessSignature, gatewayHostName) {
    requireArguments({ sharedAccessSignature });
    const token = String(sharedAccessSignature).trim();
    const { sr } = SharedAccessSignature.parse(token, ['sr']);
    const [host, devices, deviceId = null, modules, moduleId = null] = resourceOf(
      /** @type {string} */ (sr),
    ).split('/');
    const credentials = {
      host,
      deviceId: devices === 'devices' ? deviceId : null,
      moduleId: modules === 'modules' ? moduleId : null,
      sharedAccessSignature: token,
      ...(gatewayHostName && { gatewayHostName }),
    };
    return new SharedAccessSignatureAuthenticationProvider(/** @type {any} */ (credentials));
  }
}

/** @param {string} encoded */
function resourceOf(encoded) {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw failure(
      FormatError,
      'ERR_IOT_TOKEN_MALFORMED',
      'The sr of the shared access signature cannot be decoded',
      {
        hint: 'It is the percent-encoded resource: <hub>%2Fdevices%2F<device>.',
        cause,
      },
    );
  }
}

module.exports = { SharedAccessSignatureAuthenticationProvider };

// @ts-check
'use strict';

const { requireArguments } = require('../../plumbing/argument');
const { callbackToPromise } = require('../../plumbing/callback');
const { ArgumentError } = require('../../vocabulary/errors');
const { failure } = require('../../vocabulary/failure');
const { concealed } = require('../credentials');
const { AuthenticationType } = require('../type');

/** @typedef {import('../../..').TransportConfig} TransportConfig */
/** @typedef {import('../../..').X509} X509 */

/** Hands on the certificate and key of a device (device-sdk.md §1.9). */
class X509AuthenticationProvider {
  type = AuthenticationType.X509;
  #credentials;

  /** @param {TransportConfig} credentials */
  constructor(credentials) {
    this.#credentials = concealed(credentials);
  }

  /**
   * @param {(error: Error | null, credentials?: TransportConfig) => void} [callback]
   * @returns {any}
   */
  getDeviceCredentials(callback) {
    return callbackToPromise((done) => done(null, this.#credentials), callback);
  }

  /** @param {X509} x509 Replaces what was given before, from the next connection on. */
  setX509Options(x509) {
    this.#credentials = concealed({ ...this.#credentials, x509 });
  }

  /**
   * @param {string} deviceId
   * @param {string} iotHubHostname
   * @param {X509} x509
   * @returns {X509AuthenticationProvider}
   * @throws {ReferenceError} An argument is falsy.
   * @throws {ArgumentError} `ERR_IOT_CLIENT_CERT_MISSING`: certificate or key is.
   */
  static fromX509Options(deviceId, iotHubHostname, x509) {
    requireArguments({ deviceId, iotHubHostname, x509 });
    for (const [name, file] of /** @type {const} */ ([
      ['cert', 'certFile'],
      ['key', 'keyFile'],
    ])) {
      if (x509[name] || x509[file]) continue;
      const message = `The options of X.509 authentication have no ${name}`;
      throw failure(ArgumentError, 'ERR_IOT_CLIENT_CERT_MISSING', message, {
        hint: 'Give certificate and key: { cert, key, passphrase }.',
      });
    }
    return new X509AuthenticationProvider({ host: iotHubHostname, deviceId, x509 });
  }
}

/**
 * @param {import('../../..').ConnectionStringFields} fields Of a device that authenticates with X.509. `GatewayHostName`
 *   is honoured, unlike in the original.
 * @returns {X509AuthenticationProvider}
 */
function x509ProviderOf({ HostName, DeviceId, ModuleId, GatewayHostName }) {
  const credentials = {
    host: HostName,
    deviceId: DeviceId,
    moduleId: ModuleId,
    gatewayHostName: GatewayHostName,
  };
  return new X509AuthenticationProvider(/** @type {TransportConfig} */ (credentials));
}

module.exports = { X509AuthenticationProvider, x509ProviderOf };

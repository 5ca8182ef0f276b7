// @ts-check
'use strict';

const { requireArguments } = require('../plumbing/argument');
const { providerOf } = require('../authentication/provider_of_string');
const {
  SharedAccessSignatureAuthenticationProvider,
} = require('../authentication/providers/shared_access_signature');
const { ConnectionString, tidied } = require('../identity/connection_string');
const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { ClientWithoutFeatures } = require('./absent');
const { ClientMethods } = require('./methods');
const { Reception } = require('./reception');
const { C2D, METHODS } = require('../connection/transport');

/**
 * A device (device-sdk.md §1.2). Beside the events of InternalClient it emits `message(Message)`: the client asks the
 * gateway for messages while that event has listeners, and connects for it, unless `close` was called. How they are
 * acknowledged stands at Reception.
 */
class Client extends ClientWithoutFeatures {
  #methods;
  #messages;

  /**
   * @param {any} transport
   * @param {string} [connectionString]
   */
  constructor(transport, connectionString) {
    super(transport, connectionString);
    this.#methods = new ClientMethods(transport, (wanted) => this._want(METHODS, wanted));
    this.#messages = new Reception(this, transport, C2D, {
      want: (wanted) => this._want(C2D, wanted),
      told: (message) => [message],
    });
  }

  /**
   * Has a function called whenever the cloud calls a method of the device. A call comes once, also when it is transmitted
   * twice. If the function throws, or its promise is rejected, before it has answered, the caller gets status 400 or 500
   * with the reason.
   *
   * @param {string} methodName
   * @param {import('../methods/method_handlers').Handler} handler `(request, response)`: answer by `response.send`.
   * @throws {ReferenceError} An argument is missing.
   * @throws {TypeError} An argument is of another type.
   * @throws {Error} `ERR_IOT_METHOD_TAKEN`: the method has a handler.
   */
  onDeviceMethod(methodName, handler) {
    this.#methods.add(methodName, handler);
  }

  /**
   * Takes a handler away. Its calls are unknown from now on.
   *
   * @param {string} methodName
   * @returns {boolean} Whether there was one.
   */
  offDeviceMethod(methodName) {
    return this.#methods.remove(methodName);
  }

  /**
   * Has a function called for methods without a handler; otherwise nobody answers such a call, and its caller waits in vain.
   *
   * @param {import('../methods/method_handlers').Handler | null} [handler] Default: answers with status 501. `null`: nobody,
   *   again.
   * @throws {TypeError} It is no function.
   * @throws {NotImplementedError} The transport is not of this package.
   */
  onUnknownDeviceMethod(handler) {
    this.#methods.setFallback(handler);
  }

  /**
   * @protected
   * @param {string | symbol | undefined} event
   */
  _listenersChanged(event) {
    this.#messages.listenersChanged(event);
  }

  /** @protected */
  _messagesStale() {
    this.#messages.stale();
  }

  /**
   * @param {string} connectionString Of a device; fields it does not know are ignored, and so is white space around the
   *   others. `GatewayHostName` is honoured with a key and, unlike the original, with a token.
   * @param {new (authenticationProvider: any) => any} Transport
   * @returns {Client}
   * @throws {ReferenceError} No connection string.
   * @throws {ArgumentError} It lacks HostName, DeviceId, or any credential.
   * @throws {FormatError} Its SharedAccessSignature is malformed.
   */
  static fromConnectionString(connectionString, Transport) {
    requireArguments({ connectionString });
    const text = tidied(connectionString);
    const provider = providerOf(ConnectionString.parse(text), text);
    if (!provider) throw noCredential();
    return new Client(new Transport(provider));
  }

  /**
   * @param {string} sharedAccessSignature A token of the device. It names hub and device, but no gateway.
   * @param {new (authenticationProvider: any) => any} Transport
   * @returns {Client}
   * @throws {ReferenceError} No token.
   * @throws {FormatError} It is malformed.
   */
  static fromSharedAccessSignature(sharedAccessSignature, Transport) {
    requireArguments({ sharedAccessSignature });
    const provider =
      SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(sharedAccessSignature);
    return new Client(new Transport(provider));
  }

  /**
   * @param {any} authenticationProvider
   * @param {new (authenticationProvider: any) => any} Transport
   * @returns {Client}
   * @throws {ReferenceError} An argument is missing.
   */
  static fromAuthenticationProvider(authenticationProvider, Transport) {
    requireArguments({ authenticationProvider, Transport });
    return new Client(new Transport(authenticationProvider));
  }
}

function noCredential() {
  return failure(
    ArgumentError,
    'ERR_IOT_CONNECTION_STRING_NO_CREDENTIAL',
    'The connection string has no SharedAccessKey, SharedAccessSignature or x509=true',
    { hint: 'Copy it from the hub, where it ends in SharedAccessKey=…' },
  );
}

module.exports = { Client };

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
const { HeldMessages } = require('../c2d/held_messages');
const { ClientWithoutFeatures } = require('./absent');
const { ClientMethods } = require('./methods');
const { C2D, METHODS, keepsPendingOperations } = require('../connection/transport');
const { guarded, surface } = require('../plumbing/uncaught');

/**
 * A device (device-sdk.md §1.2). Beside the events of InternalClient it emits `message(Message)`: the client asks the
 * gateway for messages while that event has listeners, and connects for it, unless `close` was called.
 *
 * With the MQTT transports a message is acknowledged once all its listeners have returned. If one throws, the message
 * stays with the gateway, which delivers it again after the next connect. One that arrives while nobody listens is
 * held.
 */
class Client extends ClientWithoutFeatures {
  #listening = 0;
  #methods;
  #held = new HeldMessages({
    ready: () => this.listenerCount('message') > 0,
    absent: () => this.listenerCount('message') === 0,
    deliver: (message, settle) => this.#deliver(message, settle),
    suspend: () => this._transport.suspendC2D(),
    resume: () => this._transport.enableC2D(() => {}),
  });

  /**
   * @param {any} transport
   * @param {string} [connectionString]
   */
  constructor(transport, connectionString) {
    super(transport, connectionString);
    this.#methods = new ClientMethods(transport, (wanted) => this._want(METHODS, wanted));
    if (transport[keepsPendingOperations] === true) {
      transport.on('message', (/** @type {any} */ message, /** @type {() => void} */ settle) =>
        this.#held.arrive(message, settle),
      );
    } else {
      transport.on('message', (/** @type {any} */ message) => guarded(() => this.emit('message', message)));
    }
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
    if (event !== undefined && event !== 'message') return;
    const before = this.#listening;
    this.#listening = this.listenerCount('message');
    // Taking one of several listeners away is no wish to connect.
    if (this.#listening > before) this._want(C2D, true);
    else if (this.#listening === 0 && before > 0) this._want(C2D, false);
    this.#held.flush();
  }

  /** @protected */
  _messagesStale() {
    this.#held.drop();
  }

  /**
   * @param {any} message
   * @param {() => void} settle
   */
  #deliver(message, settle) {
    try {
      this.emit('message', message);
    } catch (error) {
      surface(error);
      // Unless the exception ends the process, when the message is to come again: unacknowledged for longer, it would
      // hold back the acknowledgements of all that come after.
      setImmediate(settle);
      return;
    }
    settle();
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

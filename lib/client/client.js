// @ts-check
'use strict';

const { requireArguments } = require('../plumbing/argument');
const { callbackToPromise } = require('../plumbing/callback');
const { providerOf } = require('../authentication/provider_of_string');
const {
  SharedAccessSignatureAuthenticationProvider,
} = require('../authentication/providers/shared_access_signature');
const { ConnectionString, tidied } = require('../identity/connection_string');
const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { InternalClient } = require('./internal_client');
const { ClientMethods } = require('./methods');
const { Reception } = require('./reception');
const { makeTransport } = require('./transports');
const { ClientUploads } = require('./uploads');
const { C2D, METHODS } = require('../connection/transport');

/**
 * A device (device-sdk.md §1.2). Beside the events of InternalClient it emits `message(Message)`: the client asks the
 * gateway for messages while that event has listeners, and connects for it, unless `close` was called. How they are
 * acknowledged stands at Reception.
 */
class Client extends InternalClient {
  #methods;
  #messages;
  #uploads;

  /**
   * @param {any} transport
   * @param {string} [connectionString]
   * @param {any} [blobUploadClient] Uploads, in place of ours: for tests.
   * @param {any} [fileUploadApi] Asks and tells the hub of uploads, in place of ours.
   * @param {any} [provider] Of the device.
   */
  constructor(transport, connectionString, blobUploadClient, fileUploadApi, provider) {
    super(transport, connectionString);
    this.#uploads = new ClientUploads(provider, this, { blobUploadClient, fileUploadApi });
    this.#methods = new ClientMethods(transport, (wanted) => this._want(METHODS, wanted));
    this.#messages = new Reception(this, transport, C2D, {
      want: (wanted) => this._want(C2D, wanted),
      resume: this._resumption(C2D),
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
   * Uploads a file to the blob storage of the hub (device-sdk.md §9). No connection is needed.
   *
   * @param {string} blobName
   * @param {import('node:stream').Readable | Uint8Array} stream
   * @param {number} streamLength Not used, but wanted.
   * @param {(error?: any) => void} [callback]
   * @param {import('../..').UploadOptions} [options]
   * @returns {any}
   * @throws {ReferenceError} An argument is missing.
   */
  uploadToBlob(blobName, stream, streamLength, callback, options) {
    return callbackToPromise(
      (done) => this.#uploads.upload(blobName, stream, streamLength, done, options),
      callback,
    );
  }

  /**
   * Asks the hub for a signature by which a blob may be written.
   *
   * @param {string} blobName
   * @param {(error: any, params?: import('../..').UploadParams) => void} [callback]
   * @returns {any}
   * @throws {ReferenceError} No name.
   */
  getBlobSharedAccessSignature(blobName, callback) {
    return callbackToPromise((done) => this.#uploads.begin(blobName, done), callback);
  }

  /**
   * Tells the hub how an upload ended.
   *
   * @param {string} correlationId
   * @param {boolean} isSuccess
   * @param {number} statusCode
   * @param {string} statusDescription
   * @param {(error?: any) => void} [callback]
   * @returns {any}
   * @throws {ReferenceError} An argument is missing.
   */
  notifyBlobUploadStatus(correlationId, isSuccess, statusCode, statusDescription, callback) {
    return callbackToPromise(
      (done) => this.#uploads.end(correlationId, isSuccess, statusCode, statusDescription, done),
      callback,
    );
  }

  /**
   * @protected
   * @param {Record<string, any>} options
   * @param {Record<string, any>} standing
   */
  _optionsTaken(options, standing) {
    this.#uploads.setOptions(options, standing);
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
    return clientOf(provider, Transport);
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
    return clientOf(provider, Transport);
  }

  /**
   * @param {any} authenticationProvider
   * @param {new (authenticationProvider: any) => any} Transport
   * @returns {Client}
   * @throws {ReferenceError} An argument is missing.
   */
  static fromAuthenticationProvider(authenticationProvider, Transport) {
    requireArguments({ authenticationProvider, Transport });
    return clientOf(authenticationProvider, Transport);
  }
}

/**
 * @param {any} provider
 * @param {new (authenticationProvider: any) => any} Transport
 */
function clientOf(provider, Transport) {
  return new Client(makeTransport(Transport, provider), undefined, undefined, undefined, provider);
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

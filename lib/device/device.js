// @ts-check
'use strict';

const { C2D } = require('../connection/transport');
const { requireArguments } = require('../plumbing/argument');
const { readDeviceOptions } = require('./options');
const { Participant } = require('./participant');

/** A device connected through its gateway, as `connect()` gives it. */
class Device extends Participant {
  #settings;
  /** @type {import('./uploads').DeviceUploads | undefined} */
  #uploads;

  /** @param {import('./options').Settings} settings */
  constructor(settings) {
    super(settings, C2D);
    this.#settings = settings;
  }

  /**
   * Messages from the cloud, for `for await`. Several iterators share the stream: each message goes to one of them.
   *
   * A message is acknowledged when the next one is asked for, or by `complete`. One that was being handled when its
   * loop was left goes to the next loop; when the connection ended, it comes again by the next. Ends when the device is
   * closed, and throws when the retry policy gives up.
   *
   * @returns {AsyncIterableIterator<import('../..').Message>}
   */
  messages() {
    return this._stream.iterator();
  }

  /**
   * Acknowledges a message now: before leaving the loop with it, for instance.
   *
   * @param {import('../..').Message} message From `messages()`.
   * @throws {ReferenceError} No message.
   */
  complete(message) {
    requireArguments({ message });
    this._stream.settle(message);
  }

  /**
   * Uploads a file to the blob storage of the hub, over HTTPS.
   *
   * @param {string} blobName
   * @param {string | Uint8Array | import('node:stream').Readable} content
   * @param {import('../..').UploadOptions} [options]
   * @returns {Promise<import('../..').UploadedBlob>}
   * @throws {ArgumentError} Name, content or options cannot be used.
   * @throws {InvalidOperationError} `ERR_IOT_UPLOAD_LIBRARY`: @azure/storage-blob is not installed.
   * @throws {BlobSasError | BlobUploadNotificationError} `innerError` says why.
   */
  async uploadToBlob(blobName, content, options = {}) {
    return this.#upload().upload(blobName, content, options);
  }

  /**
   * Asks the hub for a signature by which a blob may be written.
   *
   * @param {string} blobName
   * @param {{ timeout?: number, signal?: AbortSignal }} [options]
   * @returns {Promise<import('../..').UploadParams>}
   */
  async getBlobSharedAccessSignature(blobName, options = {}) {
    return this.#upload().begin(blobName, options);
  }

  /**
   * Tells the hub how an upload ended.
   *
   * @param {string} correlationId
   * @param {{ isSuccess: boolean, statusCode: number, statusDescription: string }} result
   * @param {{ timeout?: number, signal?: AbortSignal }} [options]
   * @returns {Promise<void>}
   */
  async notifyBlobUploadStatus(correlationId, result, options = {}) {
    return this.#upload().end(correlationId, result, options);
  }

  /** Loaded when needed: few devices upload. */
  #upload() {
    const { DeviceUploads } = require('./uploads');
    return (this.#uploads ??= new DeviceUploads(this.#settings));
  }
}

/**
 * Connects a device or a module to its gateway.
 *
 * The first connection is tried once, so that a mistake is told at once, unless `retry` is `'forever'`. Afterwards it comes
 * back for ever, unless `retry` says otherwise.
 *
 * @param {import('../..').ConnectOptions | import('../..').EnvironmentOptions} options
 * @returns {Promise<any>} A Device, or where the connection string has a ModuleId, or the environment is asked, a Module:
 *   connected.
 * @throws {ArgumentError} An option is unknown or cannot be used, or the connection string is at fault.
 * @throws {ReferenceError} The environment lacks a variable.
 * @throws {NotConnectedError} Name, network or TLS failed.
 * @throws {UnauthorizedError} The gateway refused the device.
 */
async function connect(options) {
  const settings = readDeviceOptions(options);
  const participant = settings.isModule ? moduleOf(settings) : new Device(settings);
  return Participant.open(participant, settings.transportOptions);
}

/**
 * Loaded when needed: most are devices.
 *
 * @param {import('./options').Settings} settings
 */
function moduleOf(settings) {
  const { Module } = require('./module');
  return new Module(settings);
}

module.exports = { connect, Device };

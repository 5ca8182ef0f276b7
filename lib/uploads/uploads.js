// @ts-check
'use strict';

const { Readable } = require('node:stream');
const { LongTimer } = require('../plumbing/long_timer');
const { noCredentials } = require('../session/operation_failure');
const { failure } = require('../vocabulary/failure');
const { BlobSasError, BlobUploadNotificationError } = require('./errors');
const { HubCaller } = require('./hub');
const { storageLibrary } = require('./library');
const { patiently } = require('./retry');
const { writeBlob } = require('./store');
const { wayToHub, wayToStore } = require('./way');

/** @typedef {import('../..').UploadParams} UploadParams */
/** @typedef {import('./hub').UploadResult} UploadResult */
/** @typedef {import('../https/connection').Way} Way */

/** How long the blob itself may take, as in the original. Milliseconds. */
const UPLOAD_MS = 30 * 60_000;
/** Of an error that is not of this package so much is shown. Characters. */
const MOST_REASON = 300;
/** How long an app's authentication provider may take. Milliseconds. */
const CREDENTIALS_MS = 240_000;

/**
 * @typedef {object} UploadOptions
 * @property {number} [timeoutMs] For the blob itself. Default: 30 minutes.
 * @property {AbortSignal} [signal]
 * @property {(bytes: number) => void} [onProgress] So many bytes are at the store, as whole blocks.
 */

/**
 * Uploads of files, over HTTPS to the hub and the blob store that it names (device-sdk.md §9): never through a gateway. No
 * connection of MQTT is needed.
 */
class Uploads {
  #provider;
  #host;
  #idiom;
  /** @type {Record<string, any>} */
  #options = {};

  /**
   * @param {any} provider Of the device.
   * @param {import('./retry').Host} host
   * @param {import('../vocabulary/idiom').Idiom} [idiom]
   */
  constructor(provider, host, idiom) {
    this.#provider = provider;
    this.#host = host;
    this.#idiom = idiom;
  }

  /** @param {Record<string, any>} options All that hold from now on. */
  setOptions(options) {
    this.#options = options;
  }

  /**
   * @param {string} blobName
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [limits]
   * @returns {Promise<UploadParams>}
   */
  async begin(blobName, limits) {
    const { hub } = await this.#prepare();
    return patiently(this.#host, () => hub.begin(blobName, limits), limits);
  }

  /**
   * @param {string} correlationId
   * @param {UploadResult} result
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [limits]
   */
  async end(correlationId, result, limits) {
    const { hub } = await this.#prepare();
    await patiently(this.#host, () => hub.end(correlationId, result, limits), limits);
  }

  /**
   * All three steps. The hub is told of a failure, too.
   *
   * @param {string} blobName
   * @param {Readable | Uint8Array} source
   * @param {UploadOptions} [options]
   * @returns {Promise<UploadParams>}
   * @throws {InvalidOperationError} `ERR_IOT_UPLOAD_LIBRARY`, before anything is asked for.
   * @throws {BlobSasError} `innerError` says why.
   * @throws {BlobUploadNotificationError} Likewise.
   */
  async upload(blobName, source, options = {}) {
    const library = storageLibrary();
    const { way, blob } = await this.#begin(blobName, options.signal);
    const { result, error } = await outcomeOf(library, blob, source, way, options);
    try {
      // The token of the beginning may have run out meanwhile.
      const { hub } = await this.#prepare();
      await patiently(this.#host, () => hub.end(blob.correlationId, result), { wasReached: true });
    } catch (notTold) {
      throw result.isSuccess ? notNotified(notTold) : neitherNotified(error, notTold);
    }
    if (error) throw notUploaded(blobName, error);
    return blob;
  }

  /**
   * @param {string} blobName
   * @param {AbortSignal} [signal]
   */
  async #begin(blobName, signal) {
    try {
      const { hub, way } = await this.#prepare();
      const blob = await patiently(this.#host, () => hub.begin(blobName, { signal }), { signal });
      return { way, blob };
    } catch (innerError) {
      const message = `Could not obtain blob shared access signature: ${messageOf(innerError)}`;
      throw failure(BlobSasError, 'ERR_IOT_UPLOAD_NOT_BEGUN', message, {
        hint: hintOf(innerError, 'A storage account must be set up for file upload at the hub.'),
        innerError,
      });
    }
  }

  /** @returns {Promise<{ hub: HubCaller, way: Way }>} With what holds now: options, token, files. */
  async #prepare() {
    const credentials = await this.#credentials();
    const way = wayToHub(this.#options, credentials, this.#provider, this.#idiom);
    return { hub: new HubCaller(credentials, way), way };
  }

  /** @returns {Promise<import('../..').TransportConfig>} */
  #credentials() {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(noCredentials(CREDENTIALS_MS)), CREDENTIALS_MS);
      this.#provider.getDeviceCredentials((/** @type {any} */ error, /** @type {any} */ credentials) => {
        clearTimeout(limit);
        if (error) reject(error);
        else resolve(credentials);
      });
    });
  }
}

/**
 * What the hub is to be told of the upload itself.
 *
 * @param {any} library
 * @param {UploadParams} blob
 * @param {Readable | Uint8Array} source
 * @param {Way} way To the hub.
 * @param {UploadOptions} options
 * @returns {Promise<{ result: UploadResult, error?: any }>}
 */
async function outcomeOf(library, blob, source, way, { timeoutMs = UPLOAD_MS, signal, onProgress }) {
  const stream = source instanceof Uint8Array ? Readable.from([source], { objectMode: false }) : source;
  const ending = endingBy(signal, timeoutMs);
  // Its error is told by the library, which listens only while it reads.
  stream.on('error', () => {});
  // The library waits for a stream that says nothing, whatever the signal.
  ending.signal.addEventListener('abort', () => stream.destroy(ending.signal.reason));
  try {
    const terms = { signal: ending.signal, onProgress };
    const { status, bodyAsText } = await writeBlob(library, blob, stream, wayToStore(way), terms);
    const statusDescription = /** @type {string} */ (bodyAsText);
    return { result: { isSuccess: true, statusCode: status, statusDescription } };
  } catch (error) {
    const { statusCode = -1 } = /** @type {any} */ (error);
    const status = statusCode === -1 ? '' : `. Status code: ${statusCode}`;
    const statusDescription = `Failed to upload to blob${status}`;
    return { result: { isSuccess: false, statusCode, statusDescription }, error };
  } finally {
    ending.clear();
    stream.destroy();
  }
}

/**
 * @param {AbortSignal | undefined} signal
 * @param {number} timeoutMs
 */
function endingBy(signal, timeoutMs) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  const late = () => controller.abort(new Error(`the upload took more than ${timeoutMs} ms`));
  const timer = new LongTimer(late, timeoutMs);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    clear() {
      timer.clear();
      signal?.removeEventListener('abort', abort);
    },
  };
}

/**
 * @param {string} blobName
 * @param {any} innerError
 */
function notUploaded(blobName, innerError) {
  const message = `UploadToBlob failed: ${messageOf(innerError)}`;
  return failure(BlobUploadNotificationError, 'ERR_IOT_UPLOAD_FAILED', message, {
    hint: hintOf(innerError, 'The hub was told. Upload it again.'),
    blobName,
    innerError,
  });
}

/** @param {any} innerError */
function notNotified(innerError) {
  const message = `Could not notify the IoT Hub of the file upload completion: ${messageOf(innerError)}`;
  return failure(BlobUploadNotificationError, 'ERR_IOT_UPLOAD_NOT_NOTIFIED', message, {
    hint: 'The blob is complete. Tell the hub by notifyBlobUploadStatus, or upload again.',
    innerError,
  });
}

/**
 * @param {any} innerError
 * @param {any} cause
 */
function neitherNotified(innerError, cause) {
  const message =
    'UploadToBlob failed, and could not notify the IoT Hub about the file upload status: ' +
    `${messageOf(innerError)}; ${messageOf(cause)}`;
  return failure(BlobUploadNotificationError, 'ERR_IOT_UPLOAD_NOT_NOTIFIED', message, {
    hint: 'Upload it again. The hub takes the upload for open until its signature ends.',
    innerError,
    cause,
  });
}

/** @param {any} error A store's answer without a body leaves its error without a message. */
function messageOf(error) {
  const { message = String(error), statusCode } = error ?? {};
  return message.trim().slice(0, MOST_REASON) || `the store answered with status ${statusCode}`;
}

/**
 * @param {any} error
 * @param {string} otherwise
 */
function hintOf(error, otherwise) {
  return error?.hint ?? otherwise;
}

module.exports = { Uploads };

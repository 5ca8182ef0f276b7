// @ts-check
'use strict';

const { credentialsOf } = require('../authentication/credentials_of');
const { within } = require('../plumbing/within');
const { abortedBy, noCredentials } = require('../session/operation_failure');
const { TimeoutError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { Content } = require('./content');
const { BlobSasError, BlobUploadNotificationError } = require('./errors');
const { HubCaller } = require('./hub');
const { storageLibrary } = require('./library');
const { patiently } = require('./retry');
const { writeBlob } = require('./store');
const { wayToHub, wayToStore } = require('./way');

/** @typedef {import('../..').UploadParams} UploadParams */
/** @typedef {import('./hub').UploadResult} UploadResult */
/** @typedef {import('../https/connection').Way} Way */
/** @typedef {import('node:stream').Readable} Readable */
/** @typedef {{ timeoutMs?: number, signal?: AbortSignal }} Limits `timeoutMs` from the call on; `Infinity`: no limit. */

/** How long the blob itself may take, as in the original. Milliseconds. */
const UPLOAD_MS = 30 * 60_000;
/** Of an error that is not of this package so much is shown. Characters. */
const MOST_REASON = 300;
/** How long a step at the hub may take, where nobody says otherwise: as an operation of a session. Milliseconds. */
const OPERATION_MS = 240_000;
/** So much of it is left to tell the hub of an upload that the app has ended. Milliseconds. */
const LAST_WORD_MS = 10_000;
/** The hint for a stream that failed before anything was read of it. */
const UNREAD = 'Nothing was uploaded. Correct what the stream failed by, and give a new one.';

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
   * @param {Limits} [limits]
   * @returns {Promise<UploadParams>}
   */
  async begin(blobName, limits) {
    return this.#ask((hub, signal) => hub.begin(blobName, signal), limits);
  }

  /**
   * @param {string} correlationId
   * @param {UploadResult} result
   * @param {Limits} [limits]
   */
  async end(correlationId, result, limits) {
    await this.#ask((hub, signal) => hub.end(correlationId, result, signal), limits);
  }

  /**
   * All three steps. The hub is told of a failure, too.
   *
   * @param {string} blobName
   * @param {Readable | Uint8Array} source
   * @param {UploadOptions} [options]
   * @returns {Promise<UploadParams>}
   * @throws {ArgumentError} `ERR_IOT_UPLOAD_CONTENT`: the stream was read or destroyed before.
   * @throws {InvalidOperationError} `ERR_IOT_UPLOAD_LIBRARY`, before anything is asked for.
   * @throws {BlobSasError} `innerError` says why.
   * @throws {BlobUploadNotificationError} Likewise.
   */
  async upload(blobName, source, options = {}) {
    const { signal } = options;
    const library = storageLibrary();
    const content = new Content(source);
    const { way, blob } = await this.#begin(blobName, content, signal);
    const { result, error } = await outcomeOf(library, blob, content, way, options);
    try {
      const limits = { wasReached: true, ...(signal?.aborted && { timeoutMs: LAST_WORD_MS }) };
      // The token of the beginning may have run out meanwhile.
      await this.#ask((hub, ended) => hub.end(blob.correlationId, result, ended), limits);
    } catch (notTold) {
      throw result.isSuccess ? notNotified(notTold) : neitherNotified(error, notTold);
    }
    if (error) throw notUploaded(blobName, error);
    return blob;
  }

  /**
   * @param {string} blobName
   * @param {Content} content Left as it was if it is not begun.
   * @param {AbortSignal} [signal]
   */
  async #begin(blobName, content, signal) {
    try {
      const ask = async (/** @type {HubCaller} */ hub, /** @type {AbortSignal} */ ended) => {
        const blob = await hub.begin(blobName, ended);
        return { way: hub.way, blob };
      };
      return await this.#ask(ask, { signal, content });
    } catch (innerError) {
      content.leave();
      throw content.hasFailed ? notUploaded(blobName, innerError, UNREAD) : noSignature(innerError);
    }
  }

  /**
   * One limit for all that it takes: credentials, tries, and the pauses between them.
   *
   * @template T
   * @param {(hub: HubCaller, signal: AbortSignal) => Promise<T>} ask
   * @param {Limits & { content?: Content, wasReached?: boolean }} [limits] `content`: its failure is an end, too.
   * @returns {Promise<T>}
   */
  #ask(ask, { timeoutMs, signal, content, wasReached } = {}) {
    const limitMs = timeoutMs ?? Math.max(OPERATION_MS, this.#host._maxOperationTimeout);
    /** @type {HubCaller | undefined} */
    let hub;
    const late = () => (hub ? hub.late(limitMs) : noCredentials(limitMs));
    return within({ timeoutMs: limitMs, signal }, { late, aborted: abortedBy }, async (ending) => {
      content?.onFailure(ending.end);
      const caller = await this.#prepare(ending.signal);
      hub = caller;
      const terms = { signal: ending.signal, timeoutMs, wasReached };
      return patiently(this.#host, () => ask(caller, ending.signal), terms);
    });
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<HubCaller>} With what holds now: options, token, files.
   */
  async #prepare(signal) {
    const credentials = await credentialsOf(this.#provider, signal);
    return new HubCaller(credentials, wayToHub(this.#options, credentials, this.#provider, this.#idiom));
  }
}

/**
 * What the hub is to be told of the upload itself.
 *
 * @param {any} library
 * @param {UploadParams} blob
 * @param {Content} content
 * @param {Way} way To the hub.
 * @param {UploadOptions} options
 * @returns {Promise<{ result: UploadResult, error?: any }>}
 */
async function outcomeOf(library, blob, content, way, { timeoutMs = UPLOAD_MS, signal, onProgress }) {
  const words = { late: () => tooLong(timeoutMs), aborted: abortedBy };
  try {
    const { status, bodyAsText } = await within({ timeoutMs, signal }, words, async (ending) => {
      content.onFailure(ending.end);
      const terms = { signal: ending.signal, onProgress };
      return writeBlob(library, blob, content.open(), wayToStore(way), terms);
    });
    content.close();
    const statusDescription = /** @type {string} */ (bodyAsText);
    return { result: { isSuccess: true, statusCode: status, statusDescription } };
  } catch (error) {
    content.close(error);
    const { statusCode = -1 } = /** @type {any} */ (error);
    const status = statusCode === -1 ? '' : `. Status code: ${statusCode}`;
    const statusDescription = `Failed to upload to blob${status}`;
    return { result: { isSuccess: false, statusCode, statusDescription }, error };
  }
}

/** @param {number} ms */
function tooLong(ms) {
  return failure(TimeoutError, 'ERR_IOT_UPLOAD_TIMEOUT', `The blob was not written within ${ms} ms`, {
    hint: 'The line is slow, or the stream gives nothing. Allow more time by the option timeout.',
  });
}

/** @param {any} innerError */
function noSignature(innerError) {
  const message = `Could not obtain blob shared access signature: ${messageOf(innerError)}`;
  return failure(BlobSasError, 'ERR_IOT_UPLOAD_NOT_BEGUN', message, {
    hint: hintOf(innerError, 'A storage account must be set up for file upload at the hub.'),
    innerError,
  });
}

/**
 * @param {string} blobName
 * @param {any} innerError
 * @param {string} [otherwise] The hint, where the error has none.
 */
function notUploaded(blobName, innerError, otherwise = 'The hub was told. Upload it again.') {
  const message = `UploadToBlob failed: ${messageOf(innerError)}`;
  return failure(BlobUploadNotificationError, 'ERR_IOT_UPLOAD_FAILED', message, {
    hint: hintOf(innerError, otherwise),
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

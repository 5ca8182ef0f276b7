// @ts-check
'use strict';

const { requireKnown, requireText } = require('../plumbing/option');
const { Uploads } = require('../uploads/uploads');
const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { DEVICE } = require('../vocabulary/idiom');
const { readLimits } = require('./limits');

/** Without a limit of the app's own an answer of the hub is waited for as long as an operation. Milliseconds. */
const OPERATION_MS = 240_000;

/** The uploads of a device of `connect()`. */
class DeviceUploads {
  #uploads;

  /** @param {import('./options').Settings} settings */
  constructor({ provider, policy, transportOptions }) {
    const host = { _retryPolicy: policy, _maxOperationTimeout: OPERATION_MS };
    this.#uploads = new Uploads(provider, host, DEVICE);
    this.#uploads.setOptions(transportOptions);
  }

  /**
   * @param {string} blobName
   * @param {any} content
   * @param {Record<string, any>} options
   */
  async upload(blobName, content, options) {
    requireKnown(options, ['timeout', 'signal', 'onProgress']);
    requireName(blobName);
    const limits = readLimits(options);
    const source = typeof content === 'string' ? Buffer.from(content) : content;
    if (!(source instanceof Uint8Array) && typeof source?.pipe !== 'function') throw noContent(source);
    const { onProgress } = options;
    const done = await this.#uploads.upload(blobName, source, { ...limits, onProgress });
    const { containerName, blobName: stored, correlationId } = done;
    return { containerName, blobName: stored, correlationId };
  }

  /**
   * @param {string} blobName
   * @param {Record<string, any>} options
   */
  async begin(blobName, options) {
    requireName(blobName);
    return this.#uploads.begin(blobName, readLimits(options));
  }

  /**
   * @param {string} correlationId
   * @param {import('../uploads/hub').UploadResult} result
   * @param {Record<string, any>} options
   */
  async end(correlationId, result, options) {
    requireText('correlationId', correlationId ?? '');
    requireKnown(result, ['isSuccess', 'statusCode', 'statusDescription'], 'result');
    return this.#uploads.end(correlationId, result, readLimits(options));
  }
}

/** @param {unknown} blobName */
function requireName(blobName) {
  requireText('blobName', blobName ?? '');
}

/** @param {unknown} content */
function noContent(content) {
  const kind = content === null ? 'null' : typeof content;
  const message = `What is to be uploaded is ${kind}, not a text, bytes or a stream`;
  return failure(ArgumentError, 'ERR_IOT_UPLOAD_CONTENT', message, {
    hint: 'Give a Buffer, a text, or a stream: fs.createReadStream(path).',
  });
}

module.exports = { DeviceUploads };

// @ts-check
'use strict';

const { badArgument, requireKnown, requireName } = require('../plumbing/option');
const { readUpload } = require('../uploads/options');
const { Uploads } = require('../uploads/uploads');
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
    requireName('blobName', blobName);
    const source = typeof content === 'string' ? Buffer.from(content) : content;
    const done = await this.#uploads.upload(blobName, source, readUpload(source, options));
    const { containerName, blobName: stored, correlationId } = done;
    return { containerName, blobName: stored, correlationId };
  }

  /**
   * @param {string} blobName
   * @param {Record<string, any>} options
   */
  async begin(blobName, options) {
    requireName('blobName', blobName);
    return this.#uploads.begin(blobName, readLimits(options));
  }

  /**
   * @param {string} correlationId
   * @param {import('../uploads/hub').UploadResult} result
   * @param {Record<string, any>} options
   */
  async end(correlationId, result, options) {
    requireName('correlationId', correlationId);
    requireResult(result);
    return this.#uploads.end(correlationId, result, readLimits(options));
  }
}

/** The members of the result that a hub is told: their types, also in words. @type {[string, string, string][]} */
const RESULT = [
  ['isSuccess', 'boolean', 'true or false'],
  ['statusCode', 'number', 'a number'],
  ['statusDescription', 'string', 'a text'],
];

/** @param {any} result */
function requireResult(result) {
  const names = RESULT.map(([name]) => name);
  if (typeof result !== 'object' || !result)
    throw badArgument('result', result, `an object { ${names.join(', ')} }`);
  requireKnown(result, names, 'result');
  for (const [name, type, words] of RESULT) {
    if (typeof result[name] !== type) throw badArgument(`result.${name}`, result[name], words);
  }
}

module.exports = { DeviceUploads };

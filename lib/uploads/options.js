// @ts-check
'use strict';

const { kindOf } = require('../message/body');
const { badOption, requireKnown, requirePositive } = require('../plumbing/option');
const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/**
 * What an app said of an upload, before anything is asked of the hub.
 *
 * @param {any} source
 * @param {import('../..').UploadOptions} options
 * @returns {import('./uploads').UploadOptions}
 * @throws {ArgumentError} One of them cannot be used.
 */
function readUpload(source, options) {
  requireKnown(options, ['timeout', 'signal', 'onProgress']);
  const { timeout, signal, onProgress } = options;
  requirePositive('timeout', timeout, 'milliseconds');
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badOption('signal', signal, 'an AbortSignal');
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw badOption('onProgress', onProgress, 'a function');
  }
  if (!(source instanceof Uint8Array) && typeof source?.pipe !== 'function') throw noContent(source);
  return { timeoutMs: timeout, signal, onProgress };
}

/** @param {unknown} source */
function noContent(source) {
  const message = `What is to be uploaded is ${kindOf(source)}, not bytes or a stream`;
  return failure(ArgumentError, 'ERR_IOT_UPLOAD_CONTENT', message, {
    hint: 'Give a Buffer, or a stream: fs.createReadStream(path).',
  });
}

module.exports = { readUpload };

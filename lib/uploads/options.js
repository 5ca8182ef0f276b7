// @ts-check
'use strict';

const { badOption, requireKnown, requirePositive } = require('../plumbing/option');
const { kindOf } = require('../vocabulary/kind');
const { canBeRead, hear, noContent } = require('./content');

/**
 * What an app said of an upload, before anything is asked of the hub. A stream is listened to from here on.
 *
 * @param {any} source
 * @param {import('../..').UploadOptions} options
 * @returns {import('./uploads').UploadOptions}
 * @throws {ArgumentError} One of them cannot be used.
 */
function readUpload(source, options) {
  if (!(source instanceof Uint8Array)) {
    if (!canBeRead(source)) throw notToRead(source);
    hear(source);
  }
  requireKnown(options, ['timeout', 'signal', 'onProgress']);
  const { timeout, signal, onProgress } = options;
  requirePositive('timeout', timeout, 'milliseconds');
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badOption('signal', signal, 'an AbortSignal');
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw badOption('onProgress', onProgress, 'a function');
  }
  return { timeoutMs: timeout, signal, onProgress };
}

/** @param {unknown} source */
function notToRead(source) {
  const message = `What is to be uploaded is ${kindOf(source)}, not bytes or a stream that can be read`;
  return noContent(message, 'Give a Buffer, or a stream: fs.createReadStream(path).');
}

module.exports = { readUpload };

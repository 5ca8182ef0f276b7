// @ts-check
'use strict';

const { InvalidOperationError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/**
 * `@azure/storage-blob`, which apps that upload install besides. Any release of 12 serves.
 *
 * @returns {any}
 * @throws {InvalidOperationError} `ERR_IOT_UPLOAD_LIBRARY`: it is not there, or cannot be loaded.
 */
function storageLibrary() {
  try {
    return require('@azure/storage-blob');
  } catch (cause) {
    const message = 'Files are uploaded by the package @azure/storage-blob, which cannot be loaded';
    throw failure(InvalidOperationError, 'ERR_IOT_UPLOAD_LIBRARY', message, {
      hint: 'Install it beside this package: npm install @azure/storage-blob. Or upload by getBlobSharedAccessSignature.',
      cause,
    });
  }
}

module.exports = { storageLibrary };

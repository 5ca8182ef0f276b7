// @ts-check
'use strict';

/** The two ways in which an upload fails, as the original has them (device-sdk.md §9). `innerError` says why. */

/** The hub gave no signature for the blob. */
class BlobSasError extends Error {
  name = 'BlobSasError';
}

/** The upload itself failed, or the hub could not be told how it ended. */
class BlobUploadNotificationError extends Error {
  name = 'BlobUploadNotificationError';
}

// An own field is set too late for `stack`.
for (const each of [BlobSasError, BlobUploadNotificationError]) {
  Object.defineProperty(each.prototype, 'name', { value: each.name, writable: true, configurable: true });
}

module.exports = { BlobSasError, BlobUploadNotificationError };

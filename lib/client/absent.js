// @ts-check
'use strict';

const { callbackToPromise } = require('../plumbing/callback');
const { absent } = require('../vocabulary/absent');
const { InternalClient } = require('./internal_client');

/**
 * What a client of azure-iot-device can do and ours cannot yet (device-sdk.md §1.2). With a callback it is thrown at the
 * place of the call, without one it rejects the promise, as arguments that cannot be used are.
 */
class ClientWithoutFeatures extends InternalClient {
  /** @param {...any} args */
  uploadToBlob(...args) {
    return refuse('uploads', 'uploadToBlob', args);
  }

  /** @param {...any} args */
  getBlobSharedAccessSignature(...args) {
    return refuse('uploads', 'getBlobSharedAccessSignature', args);
  }

  /** @param {...any} args */
  notifyBlobUploadStatus(...args) {
    return refuse('uploads', 'notifyBlobUploadStatus', args);
  }
}

/**
 * @param {Parameters<typeof absent>[0]} feature
 * @param {string} name
 * @param {any[]} args The last may be a callback.
 * @returns {any}
 */
function refuse(feature, name, args) {
  const callback = args.find((each) => typeof each === 'function');
  return callbackToPromise(() => {
    throw absent(feature, name);
  }, callback);
}

module.exports = { ClientWithoutFeatures };

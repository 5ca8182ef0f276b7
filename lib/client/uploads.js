// @ts-check
'use strict';

const { requireArguments, requireText } = require('../plumbing/argument');
const { InvalidOperationError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** @typedef {(error?: any, result?: any) => void} Callback */

const BLOB_NAME = 'Give the name that the file shall have at the hub.';

/**
 * The uploads of a client: by what an app handed over in their place (device-sdk.md §1.2), or by ours, which are loaded when
 * they are first used.
 */
class ClientUploads {
  #provider;
  #host;
  #given;
  /** @type {import('../uploads/uploads').Uploads | undefined} */
  #own;
  /** @type {Record<string, any>} */
  #options = {};

  /**
   * @param {any} provider Whose uploads they are; `undefined`: the client was not made of one.
   * @param {import('../uploads/retry').Host} host
   * @param {{ blobUploadClient?: any, fileUploadApi?: any }} given
   */
  constructor(provider, host, given) {
    this.#provider = provider;
    this.#host = host;
    this.#given = given;
  }

  /**
   * @param {Record<string, any>} options As the app gave them.
   * @param {Record<string, any>} standing All that hold now.
   */
  setOptions(options, standing) {
    this.#options = standing;
    this.#own?.setOptions(standing);
    this.#given.blobUploadClient?.setOptions?.(options);
    this.#given.fileUploadApi?.setOptions?.(options);
  }

  /**
   * @param {string} blobName
   * @param {any} stream
   * @param {number} streamLength
   * @param {Callback} done
   * @param {import('../..').UploadOptions} [options]
   */
  upload(blobName, stream, streamLength, done, options = {}) {
    requireArguments({ blobName, stream, streamLength });
    requireText('blobName', blobName, BLOB_NAME);
    const { blobUploadClient } = this.#given;
    if (blobUploadClient) {
      blobUploadClient.uploadToBlob(blobName, stream, streamLength, done);
      return;
    }
    const { readUpload } = require('../uploads/options');
    const terms = readUpload(stream, options);
    settle(this.#uploads().upload(blobName, stream, terms), (error) => done(error));
  }

  /**
   * @param {string} blobName
   * @param {Callback} done
   */
  begin(blobName, done) {
    requireArguments({ blobName });
    requireText('blobName', blobName, BLOB_NAME);
    const { fileUploadApi } = this.#given;
    if (fileUploadApi) fileUploadApi.getBlobSharedAccessSignature(blobName, done);
    else settle(this.#uploads().begin(blobName), done);
  }

  /**
   * @param {string} correlationId
   * @param {boolean} isSuccess
   * @param {number} statusCode
   * @param {string} statusDescription
   * @param {Callback} done
   */
  end(correlationId, isSuccess, statusCode, statusDescription, done) {
    requireArguments({ correlationId });
    if (isSuccess !== false) requireArguments({ isSuccess });
    if (statusCode !== 0) requireArguments({ statusCode });
    if (statusDescription !== '') requireArguments({ statusDescription });
    const result = { isSuccess, statusCode, statusDescription };
    const { fileUploadApi } = this.#given;
    if (fileUploadApi) fileUploadApi.notifyUploadComplete(correlationId, result, done);
    else settle(this.#uploads().end(correlationId, result), (error) => done(error));
  }

  #uploads() {
    if (this.#provider === undefined) throw noProvider();
    if (this.#own === undefined) {
      const { Uploads } = require('../uploads/uploads');
      this.#own = new Uploads(this.#provider, this.#host);
      this.#own.setOptions(this.#options);
    }
    return this.#own;
  }
}

function noProvider() {
  const message =
    'This client was made of a transport alone, so it has nothing to prove itself by for an upload';
  return failure(InvalidOperationError, 'ERR_IOT_UPLOAD_NO_PROVIDER', message, {
    hint: 'Use Client.fromConnectionString(connectionString, Transport).',
  });
}

/**
 * What the callback throws is thrown to nobody who waits.
 *
 * @param {Promise<any>} outcome
 * @param {Callback} done
 */
function settle(outcome, done) {
  outcome.then(
    (result) => process.nextTick(done, null, result),
    (error) => process.nextTick(done, error),
  );
}

module.exports = { ClientUploads };

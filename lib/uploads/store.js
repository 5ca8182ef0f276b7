// @ts-check
'use strict';

const { userAgent } = require('../identity/user_agent');
const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');
const { StoreHttpClient, originOf } = require('./http_client');

/** @typedef {import('../..').UploadParams} UploadParams */

/** What a blob is cut into. Bytes, as in the original. */
const BLOCK_BYTES = 4 * 1024 * 1024;
/** Blocks on their way at a time. The original has 20 of them: 80 MiB of memory for the fastest of lines. */
const BLOCKS_AT_A_TIME = 4;
/** How often a request is made. */
const TRIES = 4;

/**
 * Writes a blob, block by block.
 *
 * @param {any} library
 * @param {UploadParams} blob
 * @param {import('node:stream').Readable} stream
 * @param {import('../https/connection').Way} way
 * @param {{ signal: AbortSignal, onProgress?: (bytes: number) => void }} terms
 * @returns {Promise<{ status: number, bodyAsText: string | undefined }>} The store's answer to the last request.
 * @throws {ArgumentError} `ERR_IOT_UPLOAD_PARAMS`
 */
async function writeBlob(library, blob, stream, way, { signal, onProgress }) {
  const { hostName, containerName, blobName, sasToken } = requireParams(blob);
  const httpClient = new StoreHttpClient(way);
  const agent = userAgent();
  const pipeline = library.newPipeline(new library.AnonymousCredential(), {
    httpClient,
    retryOptions: { maxTries: TRIES },
    // The former of releases up to 12.16, the latter of those behind.
    telemetry: { value: agent },
    userAgentOptions: { userAgentPrefix: agent },
  });
  const path = [containerName, ...blobName.split('/')].map(encodeURIComponent).join('/');
  const client = new library.BlockBlobClient(`https://${hostName}/${path}${sasToken}`, pipeline);
  // The library waits for a stream that says nothing, whatever the signal.
  signal.addEventListener('abort', () => httpClient.close());
  try {
    const { _response } = await client.uploadStream(stream, BLOCK_BYTES, BLOCKS_AT_A_TIME, {
      abortSignal: signal,
      ...(onProgress && { onProgress: (/** @type {any} */ { loadedBytes }) => onProgress(loadedBytes) }),
    });
    return { status: _response.status, bodyAsText: _response.bodyAsText };
  } catch (error) {
    throw originOf(error);
  } finally {
    httpClient.close();
  }
}

/**
 * @param {UploadParams} blob
 * @returns {UploadParams}
 */
function requireParams(blob) {
  for (const name of /** @type {const} */ (['hostName', 'containerName', 'blobName', 'sasToken'])) {
    if (typeof blob?.[name] === 'string' && blob[name] !== '') continue;
    const message = `The hub's answer to the call for an upload has no ${name}`;
    throw failure(ArgumentError, 'ERR_IOT_UPLOAD_PARAMS', message, {
      hint: 'A storage account must be set up for file upload at the hub.',
    });
  }
  return blob;
}

module.exports = { writeBlob };

// @ts-check
'use strict';

const { parseJson } = require('../encoding/json');
const { percentDecode } = require('../encoding/percent');
const { refusalOf } = require('../identity/request');
const { BlobError, MOST_AT_ONCE } = require('./blobs');
const { UploadError } = require('./uploads');

/**
 * @typedef {import('../http/routes').HttpRequest} HttpRequest
 * @typedef {import('../http/routes').HttpResponse} HttpResponse
 * @typedef {import('../http/routes').Route} Route
 */

const BEGIN = /^\/devices\/([^/]+)\/files\/?$/i;
const END = /^\/devices\/([^/]+)\/files\/notifications(?:\/([^/]+))?\/?$/i;
/** Container and blob. */
const BLOB = /^\/([a-z\d-]{3,63}\/.+)$/;

/** Of a call for an upload. Bytes. */
const MOST_CALL = 65536;
/** Of a list of blocks: of as many as there may be. Bytes. */
const MOST_LIST = 8 * 1024 * 1024;

/**
 * The calls of IoT Hub by which a device uploads a file: one gives it a signature for a blob, one takes its word that it is
 * done.
 * @param {object} rooms
 * @param {import('./uploads').Uploads} rooms.uploads
 * @param {import('../identity/authenticator').Authenticator} rooms.authenticator
 * @returns {Route[]}
 */
function uploadRoutes({ uploads, authenticator }) {
  const answering =
    (
      /** @type {RegExp} */ path,
      /** @type {(deviceId: string, body: any, request: HttpRequest, id?: string) => HttpResponse} */ act,
    ) =>
    async (/** @type {HttpRequest} */ request) => {
      try {
        const [, device, id] = /** @type {RegExpExecArray} */ (path.exec(request.path));
        const deviceId = percentDecode(device);
        const { headers, certificates, query } = request;
        const refusal = refusalOf(
          authenticator,
          { deviceId },
          { password: headers.authorization, certificates },
        );
        if (refusal !== undefined) throw new UploadError(401, 'IotHubUnauthorizedAccess', refusal);
        if (!query.get('api-version')) throw new UploadError(400, 'InvalidProtocolVersion', 'no api-version');
        return act(deviceId, bodyOf(await request.readBody(MOST_CALL)), request, id && percentDecode(id));
      } catch (error) {
        if (!(error instanceof UploadError)) throw error;
        return json(error.status, { Message: `ErrorCode:${error.code};${error.message}` });
      }
    };
  return [
    {
      method: 'POST',
      path: BEGIN,
      handle: answering(BEGIN, (deviceId, { blobName }, { headers }) =>
        // The store is this hub as well, by whatever name the device knows it.
        json(200, { ...uploads.begin(deviceId, blobName), hostName: headers.host }),
      ),
    },
    {
      method: 'POST',
      path: END,
      handle: answering(END, (deviceId, notification, _, id = notification.correlationId) => {
        uploads.end(deviceId, id, notification);
        return { status: 204 };
      }),
    },
  ];
}

/**
 * What of Azure's blob store an upload needs: Put Block, Put Block List, Put Blob.
 * @param {import('./blobs').Blobs} blobs
 * @returns {Route[]}
 */
function blobRoutes(blobs) {
  const put = async (/** @type {HttpRequest} */ { path, query, headers, readBody }) => {
    const name = percentDecode(/** @type {RegExpExecArray} */ (BLOB.exec(path))[1]);
    blobs.requireSigned(name, query);
    const contentType = /** @type {string | undefined} */ (headers['x-ms-blob-content-type']);
    switch (query.get('comp')) {
      case 'block':
        return blobs.putBlock(name, query.get('blockid') ?? '', await readBody(MOST_AT_ONCE));
      case 'blocklist':
        return blobs.putBlockList(name, idsIn(await readBody(MOST_LIST)), contentType);
      case null:
        if (headers['x-ms-blob-type'] === 'BlockBlob') {
          return blobs.putBlob(name, await readBody(MOST_AT_ONCE), contentType);
        }
    }
    throw new BlobError(
      400,
      'InvalidQueryParameterValue',
      'This store takes block blobs, and blocks of them.',
    );
  };
  const handle = async (/** @type {HttpRequest} */ request) => {
    try {
      await put(request);
      return { status: 201, headers: { ...COMMON, etag: '"0x8D0000000000000"' } };
    } catch (error) {
      if (!(error instanceof BlobError)) throw error;
      const { code, message, status } = error;
      const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
      const headers = { ...COMMON, 'content-type': 'application/xml', 'x-ms-error-code': code };
      return { status, headers, body };
    }
  };
  return [{ method: 'PUT', path: BLOB, handle }];
}

/** Of all answers of the store. */
const COMMON = { 'x-ms-version': '2020-10-02', 'x-ms-request-id': '00000000-0000-0000-0000-000000000000' };

/**
 * @param {Buffer | undefined} list XML; undefined: too long
 * @returns {string[]}
 * @throws {BlobError}
 */
function idsIn(list) {
  if (!list) throw new BlobError(413, 'RequestBodyTooLarge', 'The list is too long.');
  const entries = list.toString().matchAll(/<(Latest|Committed|Uncommitted)>([^<]*)<\/\1>/g);
  return Array.from(entries, ([, , id]) => id);
}

/**
 * @param {Buffer | undefined} body undefined: too long
 * @throws {UploadError}
 */
function bodyOf(body) {
  try {
    const parsed = parseJson(body?.toString() ?? '');
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // As any other that is no object.
  }
  throw new UploadError(400, 'ArgumentInvalid', 'the body is no object of JSON');
}

/**
 * @param {number} status
 * @param {object} body
 * @returns {HttpResponse}
 */
function json(status, body) {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

module.exports = { blobRoutes, uploadRoutes };

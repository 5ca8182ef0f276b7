// @ts-check
'use strict';

const { encodeUriComponentStrict } = require('../authentication/shared_access_signature');
const { HttpsClient } = require('../https/client');
const { refusedBy } = require('../https/refused');
const { parseEndpoint } = require('../identity/gateway_address');
const { userAgent } = require('../identity/user_agent');
const endpoint = require('../vocabulary/endpoint');
const { FormatError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** Of HTTPS. */
const PORT = 443;

/** @typedef {import('../..').UploadParams} UploadParams */
/** @typedef {{ isSuccess: boolean, statusCode: number, statusDescription: string }} UploadResult */

/** The device at the hub, for one upload. */
class HubCaller {
  #credentials;
  #way;

  /**
   * @param {import('../..').TransportConfig} credentials
   * @param {import('../https/connection').Way} way
   */
  constructor(credentials, way) {
    this.#credentials = credentials;
    this.#way = way;
  }

  /**
   * Asks for a signature by which the blob may be written.
   *
   * @param {string} blobName
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [limits]
   * @returns {Promise<UploadParams>}
   */
  async begin(blobName, limits) {
    const path = endpoint.deviceBlobUploadPath(this.#device) + endpoint.versionQueryString();
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const answer = await this.#post(path, headers, { blobName }, limits);
    try {
      return JSON.parse(answer.toString());
    } catch (cause) {
      const message = `${this.#credentials.host} answers the call for an upload with no JSON`;
      throw failure(FormatError, 'ERR_IOT_UPLOAD_ANSWER', message, {
        hint: 'Something else answers in its place, such as a proxy with a page for people.',
        cause,
      });
    }
  }

  /**
   * Tells how the upload ended.
   *
   * @param {string} correlationId
   * @param {UploadResult} result
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [limits]
   */
  async end(correlationId, result, limits) {
    const notification = endpoint.deviceBlobUploadNotificationPath(this.#device, correlationId);
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      'iothub-name': this.#credentials.host.split('.')[0],
    };
    await this.#post(notification + endpoint.versionQueryString(), headers, result, limits);
  }

  get #device() {
    return encodeUriComponentStrict(this.#credentials.deviceId);
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} headers
   * @param {object} content
   * @param {{ timeoutMs?: number, signal?: AbortSignal }} [limits]
   * @returns {Promise<Buffer>}
   */
  async #post(path, headers, content, limits) {
    const { host, sharedAccessSignature } = this.#credentials;
    const request = {
      ...parseEndpoint(host, PORT),
      ...limits,
      method: 'POST',
      path,
      headers: {
        Host: host,
        ...headers,
        'User-Agent': userAgent(),
        ...(sharedAccessSignature && { Authorization: String(sharedAccessSignature) }),
      },
      body: JSON.stringify(content),
    };
    const client = new HttpsClient(this.#way);
    try {
      const answer = await client.request(request);
      if (answer.status >= 300) throw refusedBy(answer, request, 'hub');
      return answer.body;
    } finally {
      client.close();
    }
  }
}

module.exports = { HubCaller };

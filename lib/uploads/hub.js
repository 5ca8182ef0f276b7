// @ts-check
'use strict';

const { encodeUriComponentStrict } = require('../authentication/shared_access_signature');
const { HttpsClient } = require('../https/client');
const { timedOut, toldOf } = require('../https/exchange');
const { refusedBy } = require('../https/refused');
const { parseEndpoint } = require('../identity/gateway_address');
const { userAgent } = require('../identity/user_agent');
const endpoint = require('../vocabulary/endpoint');
const { FormatError, TimeoutError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** Of HTTPS. */
const PORT = 443;

/** @typedef {import('../..').UploadParams} UploadParams */
/** @typedef {{ isSuccess: boolean, statusCode: number, statusDescription: string }} UploadResult */

/** The device at the hub, for one step of an upload. How long it may take is for who asks: by the signal. */
class HubCaller {
  #credentials;
  #way;
  /** What was asked last. @type {import('../https/exchange').Request | undefined} */
  #asked;
  /** How the hub declined it last. @type {Error | undefined} */
  #declined;

  /**
   * @param {import('../..').TransportConfig} credentials
   * @param {import('../https/connection').Way} way
   */
  constructor(credentials, way) {
    this.#credentials = credentials;
    this.#way = way;
  }

  get way() {
    return this.#way;
  }

  /**
   * Asks for a signature by which the blob may be written.
   *
   * @param {string} blobName
   * @param {AbortSignal} signal
   * @returns {Promise<UploadParams>}
   */
  async begin(blobName, signal) {
    const path = endpoint.deviceBlobUploadPath(this.#device) + endpoint.versionQueryString();
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const answer = await this.#post(path, headers, { blobName }, signal);
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
   * @param {AbortSignal} signal
   */
  async end(correlationId, result, signal) {
    const notification = endpoint.deviceBlobUploadNotificationPath(this.#device, correlationId);
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      'iothub-name': this.#credentials.host.split('.')[0],
    };
    await this.#post(notification + endpoint.versionQueryString(), headers, result, signal);
  }

  /**
   * What was asked for was not done in time.
   *
   * @param {number} ms
   * @returns {Error}
   */
  late(ms) {
    const asked = /** @type {import('../https/exchange').Request} */ (this.#asked);
    return this.#declined ? busy(asked, ms, this.#declined) : timedOut(toldOf(asked, 'hub'), ms);
  }

  get #device() {
    return encodeUriComponentStrict(this.#credentials.deviceId);
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} headers
   * @param {object} content
   * @param {AbortSignal} signal
   * @returns {Promise<Buffer>}
   */
  async #post(path, headers, content, signal) {
    const { host, sharedAccessSignature } = this.#credentials;
    const request = {
      ...parseEndpoint(host, PORT),
      signal,
      timeoutMs: Infinity,
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
    this.#asked = request;
    const client = new HttpsClient(this.#way);
    try {
      const answer = await client.request(request);
      if (answer.status >= 300) throw refusedBy(answer, request, 'hub');
      return answer.body;
    } catch (error) {
      this.#declined = /** @type {Error} */ (error);
      throw error;
    } finally {
      client.close();
    }
  }
}

/**
 * @param {import('../https/exchange').Request} asked
 * @param {number} ms
 * @param {Error} cause
 */
function busy(asked, ms, cause) {
  const { server, what } = toldOf(asked, 'hub');
  const message = `${server} did not do ${what} within ${ms} ms; it said at last: ${cause.message}`;
  return failure(TimeoutError, 'ERR_IOT_HTTP_TIMEOUT', message, {
    hint: 'It was asked again and again. Try again later, or allow more time.',
    cause,
  });
}

module.exports = { HubCaller };

// @ts-check
'use strict';

const http = require('node:http');
const { readRefusal } = require('../failures/rest_refusal');
const { userAgent } = require('../identity/user_agent');
const { uniqueId } = require('../plumbing/unique_id');
const {
  ArgumentError,
  InternalServerError,
  NotConnectedError,
  TimeoutError,
} = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { encodeUriComponentStrict } = require('./shared_access_signature');

const API_VERSION = '2018-06-28';

/** For an answer. Milliseconds. */
const PATIENCE_MS = 30_000;
/** A digest has some hundred bytes, a bundle of roots some thousand. */
const LONGEST_ANSWER = 1024 * 1024;

/** Which module asks. @typedef {{ moduleId: string, generationId: string }} Asking */

/**
 * The workload API of IoT Edge, by which a module gets its tokens and the roots to trust: plain HTTP on a Unix socket or a
 * port (device-sdk.md §8).
 */
class Workload {
  #uri;
  #place;

  /**
   * @param {string} uri `unix:///var/run/iotedge/workload.sock`, `http://127.0.0.1:15581/`
   * @throws {ArgumentError} `ERR_IOT_WORKLOAD_URI`
   */
  constructor(uri) {
    this.#uri = uri;
    this.#place = placeOf(uri);
  }

  /**
   * @param {Asking} module
   * @param {Buffer} data
   * @returns {Promise<Buffer>} HMAC-SHA256 of the data with the module's primary key.
   * @throws {Error} `ERR_IOT_WORKLOAD_…`
   */
  async sign({ moduleId, generationId }, data) {
    const module = `${encodeUriComponentStrict(moduleId)}/genid/${encodeUriComponentStrict(generationId)}`;
    const asked = { keyId: 'primary', algo: 'HMACSHA256', data: data.toString('base64') };
    const { digest } = await this.#call('POST', `/modules/${module}/sign`, asked);
    if (typeof digest !== 'string' || digest === '') throw this.#unreadable('it has no digest');
    return Buffer.from(digest, 'base64');
  }

  /**
   * @returns {Promise<string>} The root certificates of the gateway, PEM.
   * @throws {Error} `ERR_IOT_WORKLOAD_…`
   */
  async trustBundle() {
    const { certificate } = await this.#call('GET', '/trust-bundle');
    if (typeof certificate !== 'string' || certificate === '')
      throw this.#unreadable('it has no certificate');
    return certificate;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [asked]
   * @returns {Promise<Record<string, unknown>>}
   */
  async #call(method, path, asked) {
    const { status, contentType, body } = await this.#request(method, path, asked);
    if (status >= 300) throw this.#refused(status, body);
    if (!/\bapplication\/json\b/.test(contentType)) throw this.#unreadable('it is no JSON');
    let answer;
    try {
      answer = JSON.parse(body);
    } catch (cause) {
      throw this.#unreadable('its JSON is damaged', cause);
    }
    return typeof answer === 'object' && answer !== null ? answer : {};
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [asked]
   * @returns {Promise<{ status: number, contentType: string, body: string }>}
   */
  #request(method, path, asked) {
    const sent = asked && JSON.stringify(asked);
    const headers = {
      ...(sent && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(sent) }),
      'Request-Id': uniqueId(),
      'User-Agent': userAgent(),
    };
    return new Promise((resolve, reject) => {
      const request = http.request({
        ...this.#place,
        method,
        path: `${path}?api-version=${API_VERSION}`,
        headers,
        agent: false,
      });
      const limit = setTimeout(() => {
        reject(this.#silent());
        request.destroy();
      }, PATIENCE_MS);
      request.on('error', (cause) => reject(this.#unreachable(cause)));
      request.on('close', () => {
        clearTimeout(limit);
        // After an answer, or another error, nothing is left of this.
        reject(this.#unreachable(new Error('the connection was closed')));
      });
      request.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (/** @type {string} */ part) => {
          body += part;
          if (body.length > LONGEST_ANSWER) request.destroy(new Error('the answer has no end'));
        });
        response.on('error', (cause) => reject(this.#unreachable(cause)));
        response.on('end', () =>
          resolve({
            status: Number(response.statusCode),
            contentType: String(response.headers['content-type']),
            body,
          }),
        );
      });
      request.end(sent);
    });
  }

  /** @param {Error} cause */
  #unreachable(cause) {
    const { code = '', message } = /** @type {NodeJS.ErrnoException} */ (cause);
    const why = code ? `${code}${REASONS[code] ? `, ${REASONS[code]}` : ''}` : message;
    const text = `The workload API at ${quote(this.#uri)} cannot be reached: ${why}`;
    return failure(NotConnectedError, 'ERR_IOT_WORKLOAD_UNREACHABLE', text, {
      hint: 'aziot-edged must run, and its socket be mounted into the container of the module.',
      cause,
    });
  }

  #silent() {
    const text = `The workload API at ${quote(this.#uri)} did not answer within ${PATIENCE_MS} ms`;
    return failure(TimeoutError, 'ERR_IOT_WORKLOAD_TIMEOUT', text, {
      hint: 'aziot-edged may hang: look at its log by `iotedge system logs`.',
    });
  }

  /**
   * @param {number} status
   * @param {string} body
   */
  #refused(status, body) {
    const { ErrorClass, reason } = readRefusal(status, body);
    const text = `The workload API at ${quote(this.#uri)} refused (HTTP ${status}): ${reason}`;
    return failure(ErrorClass, 'ERR_IOT_WORKLOAD_REFUSED', text, {
      hint: 'A module that was made anew has another IOTEDGE_MODULEGENERATIONID: start its process anew.',
      statusCode: status,
    });
  }

  /**
   * @param {string} fault
   * @param {unknown} [cause]
   */
  #unreadable(fault, cause) {
    const text = `The answer of the workload API at ${quote(this.#uri)} cannot be read: ${fault}`;
    return failure(InternalServerError, 'ERR_IOT_WORKLOAD_ANSWER', text, {
      hint: 'Check IOTEDGE_WORKLOADURI: something else may answer there.',
      cause,
    });
  }
}

/** @type {Record<string, string>} */
const REASONS = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'nobody listens there',
  EACCES: 'this process may not use it',
  ENOTFOUND: 'the name does not resolve',
};

/** @param {string} uri */
function placeOf(uri) {
  try {
    const { protocol, hostname, port, pathname } = new URL(uri);
    if (protocol === 'unix:' && hostname === '' && pathname)
      return { socketPath: decodeURIComponent(pathname) };
    if (protocol === 'http:') return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || 80 };
  } catch {
    // Told below.
  }
  const text = `The address of the workload API, ${quote(uri)}, is neither unix:///<path> nor http://<host>:<port>`;
  throw failure(ArgumentError, 'ERR_IOT_WORKLOAD_URI', text, {
    hint: 'IoT Edge sets IOTEDGE_WORKLOADURI; take it as it is.',
  });
}

module.exports = { Workload };

// @ts-check
'use strict';

const { parseJson } = require('../encoding/json');
const { percentDecode } = require('../encoding/percent');
const { MethodError } = require('./call');

/** With a query or without. */
const METHOD_CALL_PATH = /^\/twins\/([^/?]+)(?:\/modules\/([^/?]+))?\/methods\/?(?:\?.*)?$/;

/** Of the time for a response to a local call, in seconds (contract edge-gateway.md §4.4). */
const LEAST_RESPONSE_TIMEOUT = 5;
const MOST_TIMEOUT = 300;

/** More than name and payload may have together, white space and escapes included. Bytes. */
const MAX_BODY = 524288;

/**
 * @typedef {object} RestRequest a POST
 * @property {string} path with its query
 * @property {import('node:http').IncomingHttpHeaders} headers names in lower case
 * @property {(most: number) => Promise<Buffer | undefined>} readBody undefined if it is longer than so many bytes
 * @property {(callerId: string, headers: import('node:http').IncomingHttpHeaders) => boolean | Promise<boolean>}
 *   authenticate whether the headers prove the module `d/m`
 * @property {(id: string, name: string, payload: unknown, options: import('../index').MethodOptions) =>
 *   Promise<{ status: number, payload: unknown }>} invoke as `Calls.invoke`: a device
 *   that does not exist is one that is not there
 *
 * @typedef {{ status: number, headers?: Record<string, string>, body: string }} RestResponse
 */

/** A request that is answered with a status and a message. */
class RestError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * Answers `POST /twins/{deviceId}/methods` and `/twins/{deviceId}/modules/{moduleId}/methods`, by which a module calls
 * a method (contract edge-gateway.md §1.1). The status is 200 whatever the device answered; its own stands in the body.
 * @param {RestRequest} request
 * @returns {Promise<RestResponse>}
 */
async function handleMethodCall(request) {
  try {
    return json(200, await call(request));
  } catch (error) {
    if (error instanceof RestError || error instanceof MethodError) {
      return json(error.status, { message: error.message });
    }
    throw error;
  }
}

/**
 * @param {RestRequest} request
 */
async function call({ path, headers, readBody, authenticate, invoke }) {
  const match = METHOD_CALL_PATH.exec(path);
  if (!match) throw new RestError(404, `nothing is at '${path}'`);
  const id = match.slice(1).filter(Boolean).map(percentDecode).join('/');
  const caller = headers['x-ms-edge-moduleid'];
  if (typeof caller !== 'string' || !/^[^/]+\/[^/]+$/.test(caller)) {
    throw new RestError(
      400,
      "header 'x-ms-edge-moduleId' does not name the calling module as 'device/module'",
    );
  }
  if (!(await authenticate(caller, headers))) throw new RestError(401, `'${caller}' is not authenticated`);
  const { methodName, payload, ...seconds } = parseBody(await readBody(MAX_BODY));
  const options = {
    from: /** @type {const} */ ('module'),
    responseTimeoutMs: 1000 * timeoutOf(seconds, 'responseTimeoutInSeconds', 30, LEAST_RESPONSE_TIMEOUT),
    connectTimeoutMs: 1000 * timeoutOf(seconds, 'connectTimeoutInSeconds', 0, 0),
  };
  try {
    const { status, payload: result } = await invoke(id, methodName, payload, options);
    return { status, payload: result };
  } catch (error) {
    throw error instanceof TypeError || error instanceof RangeError
      ? new RestError(400, error.message)
      : error;
  }
}

/**
 * @param {Buffer | undefined} body
 * @returns {Record<string, any>}
 */
function parseBody(body) {
  if (!body) throw new RestError(400, `the body is longer than ${MAX_BODY} bytes`);
  let parsed;
  try {
    parsed = parseJson(body.toString());
  } catch {
    throw new RestError(400, 'the body is not JSON');
  }
  if (typeof parsed?.methodName !== 'string') throw new RestError(400, "the body has no 'methodName'");
  return parsed;
}

/**
 * @param {Record<string, any>} seconds
 * @param {string} name
 * @param {number} standard
 * @param {number} least
 * @returns {number}
 */
function timeoutOf(seconds, name, standard, least) {
  const value = seconds[name] ?? standard;
  if (typeof value === 'number' && value >= least && value <= MOST_TIMEOUT) return value;
  throw new RestError(400, `${name} cannot be ${JSON.stringify(value)}; it is ${least} to ${MOST_TIMEOUT}`);
}

/**
 * @param {number} status
 * @param {object} body
 * @returns {RestResponse}
 */
function json(status, body) {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

module.exports = { METHOD_CALL_PATH, handleMethodCall };

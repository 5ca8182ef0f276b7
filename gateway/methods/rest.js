// @ts-check
'use strict';

const { parseJson } = require('../encoding/json');
const { membersOf } = require('../encoding/json_text');
const { percentDecode } = require('../encoding/percent');
const { MethodError } = require('./call');

/** With a query or without. ASP.NET compares routes without regard to case. */
const METHOD_CALL_PATH = /^\/twins\/([^/?]+)(?:\/modules\/([^/?]+))?\/methods\/?(?:\?.*)?$/i;

/** Of the time for a response to a local call, in seconds (MethodRequestValidator.cs). */
const LEAST_RESPONSE_TIMEOUT = 5;
const MOST_TIMEOUT = 300;

/** More than name and payload may have together, white space and escapes included. Bytes. */
const MAX_BODY = 262144;
/** Members of a call; five of them mean something. */
const MOST_MEMBERS = 100;

/**
 * @typedef {object} RestRequest a POST
 * @property {string} path with its query
 * @property {import('node:http').IncomingHttpHeaders} headers names in lower case
 * @property {(most: number) => Promise<Buffer | undefined>} readBody undefined if it is longer than so many bytes
 * @property {(callerId: string, headers: import('node:http').IncomingHttpHeaders) => string | undefined} refusalOf why
 *   the headers do not prove a module `d/m` that may call
 * @property {import('./calls').Calls['invoke']} invoke a device that does not exist is one that is not there
 *
 * @typedef {{ status: number, headers?: Record<string, string>, body: Buffer }} RestResponse
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
 * a method (TwinsController.cs). The status is 200 whatever the device answered; its own stands in the body, with its
 * payload byte for byte.
 * @param {RestRequest} request
 * @returns {Promise<RestResponse>}
 */
async function handleMethodCall(request) {
  try {
    const { status, body } = await call(request);
    const payload = body.length === 0 ? Buffer.from('null') : body;
    return json(
      200,
      Buffer.concat([Buffer.from(`{"status":${status},"payload":`), payload, Buffer.from('}')]),
    );
  } catch (error) {
    if (error instanceof RestError || error instanceof MethodError) {
      return json(error.status, Buffer.from(JSON.stringify({ message: error.message })));
    }
    throw error;
  }
}

/**
 * @param {RestRequest} request
 */
async function call({ path, headers, readBody, refusalOf, invoke }) {
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
  const refusal = refusalOf(caller, headers);
  if (refusal !== undefined) throw new RestError(401, refusal);
  const { methodName, payload, seconds } = parseBody(await readBody(MAX_BODY));
  const options = {
    from: /** @type {const} */ ('module'),
    responseTimeoutMs: 1000 * timeoutOf(seconds, 'responseTimeoutInSeconds', 30, LEAST_RESPONSE_TIMEOUT),
    connectTimeoutMs: 1000 * timeoutOf(seconds, 'connectTimeoutInSeconds', 0, 0),
  };
  try {
    return await invoke(id, methodName, payload, options);
  } catch (error) {
    throw error instanceof TypeError || error instanceof RangeError
      ? new RestError(400, error.message)
      : error;
  }
}

/**
 * The payload travels as text: its numbers keep their digits.
 * @param {Buffer | undefined} body
 */
function parseBody(body) {
  if (!body) throw new RestError(400, `the body is longer than ${MAX_BODY} bytes`);
  const members = membersOfObject(body.toString());
  const value = (/** @type {string} */ name) => JSON.parse(members.get(name.toLowerCase()) ?? 'null');
  const methodName = value('methodName');
  if (typeof methodName !== 'string') throw new RestError(400, "the body has no 'methodName'");
  const payload = members.get('payload');
  return { methodName, payload: payload === undefined ? undefined : Buffer.from(payload), seconds: value };
}

/**
 * @param {string} text
 * @returns {Map<string, string>} as text, by name in lower case
 */
function membersOfObject(text) {
  let parsed;
  try {
    parsed = parseJson(text);
  } catch {
    throw new RestError(400, 'the body is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new RestError(400, 'the body is not an object');
  }
  const members = membersOf(text, MOST_MEMBERS);
  if (!members) throw new RestError(400, `the body has more than ${MOST_MEMBERS} members`);
  return new Map(Array.from(members, ([name, value]) => [name.toLowerCase(), value]));
}

/**
 * @param {(name: string) => unknown} seconds
 * @param {string} name
 * @param {number} standard
 * @param {number} least
 * @returns {number}
 */
function timeoutOf(seconds, name, standard, least) {
  const value = seconds(name) ?? standard;
  if (typeof value === 'number' && value >= least && value <= MOST_TIMEOUT) return value;
  throw new RestError(400, `${name} cannot be ${JSON.stringify(value)}; it is ${least} to ${MOST_TIMEOUT}`);
}

/**
 * @param {number} status
 * @param {Buffer} body
 * @returns {RestResponse}
 */
function json(status, body) {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}

module.exports = { METHOD_CALL_PATH, handleMethodCall };

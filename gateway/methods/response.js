// @ts-check
'use strict';

const { parseJson } = require('../encoding/json');

/** What follows the id would be part of it, and match no call. */
const RESPONSE = /^\$iothub\/methods\/res\/([^/]*)\/\?\$rid=([^/]+)$/;

/** What a status becomes that is no number (DeviceMessageHandler.cs). */
const NO_NUMBER = 400000;

const EMPTY = Buffer.alloc(0);

/**
 * A device's response; the status is undefined if it is no 32-bit integer.
 * @typedef {{ status: number | undefined, rid: string }} Response
 */

/**
 * @param {string} topic
 * @returns {Response | undefined} undefined: malformed
 */
function parseResponse(topic) {
  const match = RESPONSE.exec(topic);
  return match ? { status: statusOf(match[1]), rid: match[2] } : undefined;
}

/**
 * As .NET reads a 32-bit integer.
 * @param {string} text
 */
function statusOf(text) {
  const status = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : NaN;
  return status === (status | 0) ? status : undefined;
}

/**
 * With a status that is no number the payload is lost, too.
 * @param {number | undefined} status
 * @param {Buffer} payload a view
 * @returns {import('./call').Answer}
 */
function answerOf(status, payload) {
  if (status === undefined) return { status: NO_NUMBER, body: EMPTY, payload: null };
  return { status, body: Buffer.from(payload), payload: jsonOf(payload.toString()) };
}

/**
 * @param {string} text
 * @returns {unknown} null if it is empty; the text itself if it is not JSON, or nested too deep
 */
function jsonOf(text) {
  if (text === '') return null;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

module.exports = { answerOf, parseResponse };

// @ts-check
'use strict';

const { parseJson } = require('../encoding/json');

/** The template of §2.9; what follows the id would be part of it. */
const RESPONSE = /^\$iothub\/methods\/res\/([^/]*)\/\?\$rid=([^/]+)$/;

/** What a status becomes that is no number (contract edge-gateway.md §4.4). */
const NO_NUMBER = 400000;

/**
 * @param {string} topic
 * @returns {{ status: number, rid: string } | undefined} undefined: malformed
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
  return status === (status | 0) ? status : NO_NUMBER;
}

/**
 * @param {Buffer} body
 * @returns {unknown} null if it is empty; the text itself if it is not JSON, or nested too deep
 */
function payloadOf(body) {
  const text = body.toString();
  if (text === '') return null;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

module.exports = { parseResponse, payloadOf };

// @ts-check
'use strict';

const { createHmac } = require('node:crypto');
const { Refusal } = require('./refusal');
const { percentDecode } = require('../encoding/percent');

/** The end of .NET's calendar, in seconds since 1970 (10000-01-01): an expiry in milliseconds lies beyond it. */
const END_OF_TIME = 253402300800;

/** What .NET reads as a floating-point number, but for names such as `NaN`, of which no time can be made. */
const NUMBER = /^\s*[+-]?(\d[\d,]*\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** Characters of such a number. With more of them, trying all ways to read them takes long. */
const LONGEST_NUMBER = 64;

/** How often an audience is decoded. Each time takes as long as the text, and costs whoever made it two characters. */
const MOST_LAYERS = 4;

/**
 * @typedef {object} SharedAccessSignature
 * @property {string} resource `sr` as transmitted, the text that is signed
 * @property {string} signature base64
 * @property {string} expiryText `se` as transmitted
 * @property {number} expiresAt milliseconds since 1970
 */

/**
 * Reads a SAS token with all the traps of edgeHub's parser (SharedAccessSignature.cs): exactly one white space, each
 * field is cut at its second `=`, and a raw `+` is a space.
 * @param {string} token
 * @returns {SharedAccessSignature}
 * @throws {Refusal} CONNACK 5
 */
function parseSas(token) {
  const [scheme, text, ...rest] = token.split(/\s/);
  if (scheme !== 'SharedAccessSignature' || text === undefined || rest.length > 0) {
    throw new Refusal(5, "password is not 'SharedAccessSignature', a space and fields");
  }
  const fields = fieldsOf(text);
  const [resource, signature, expiryText] = ['sr', 'sig', 'se'].map((name) => {
    const value = fields.get(name);
    if (!value) throw new Refusal(5, `SAS token has no '${name}'`);
    return value;
  });
  return {
    resource,
    signature: urlDecode(signature),
    expiryText,
    expiresAt: secondsOf(expiryText) * 1000,
  };
}

/**
 * @param {string} text fields joined by `&`; empty ones do not count
 * @returns {Map<string, string>} by name in lower case
 * @throws {Refusal} a field has no value, or is there twice
 */
function fieldsOf(text) {
  const fields = new Map();
  for (const field of text.split('&').filter((each) => each !== '')) {
    const [name, value] = field.split('=');
    if (value === undefined) throw new Refusal(5, `the SAS field '${name}' has no value`);
    if (fields.has(name.toLowerCase())) throw new Refusal(5, `the SAS field '${name}' is there twice`);
    fields.set(name.toLowerCase(), value);
  }
  return fields;
}

/**
 * @param {string} text a number of seconds, perhaps with a fraction or an exponent
 */
function secondsOf(text) {
  const decoded = urlDecode(text);
  const isNumber = decoded.length <= LONGEST_NUMBER && NUMBER.test(decoded);
  const seconds = isNumber ? Number(decoded.replaceAll(',', '')) : NaN;
  if (Math.abs(seconds) < END_OF_TIME) return seconds;
  throw new Refusal(5, `SAS expiry '${text}' is not in seconds since 1970`);
}

/**
 * @param {SharedAccessSignature} sas
 * @param {import('./username').Identity} identity
 * @param {{ hosts: string[], now: number, graceMs: number }} terms audience hosts in lower case; now in
 *   milliseconds since 1970
 * @throws {Refusal} CONNACK 5: audience or expiry
 */
function checkTerms(sas, identity, { hosts, now, graceMs }) {
  const audience = decodeAll(sas.resource);
  const [host, ...path] = audience.toLowerCase().split('/');
  // The words between the ids are counted, not read.
  const ids = path.filter((_, i) => i % 2 === 1);
  const own = [identity.deviceId, identity.moduleId].map((id) => id?.toLowerCase());
  const ofModule = path.length === 4 && ids[0] === own[0] && ids[1] === own[1];
  const ofDevice = path.length === 2 && ids[0] === own[0];
  if (!ofDevice && !ofModule) {
    throw new Refusal(5, `SAS audience '${audience}' is not of '${identity.clientId}'`);
  }
  if (!hosts.includes(host)) {
    throw new Refusal(
      5,
      `SAS audience '${audience}' names neither the hub nor the gateway: ${hosts.join(', ')}`,
    );
  }
  if (now > sas.expiresAt + graceMs) {
    throw new Refusal(5, `SAS token expired at ${new Date(sas.expiresAt).toISOString()}`);
  }
}

/**
 * @param {SharedAccessSignature} sas
 * @param {string[]} keys base64
 * @returns {boolean} whether one of the keys signed it
 */
function isSignedBy(sas, keys) {
  const text = `${sas.resource}\n${sas.expiryText}`;
  return keys.some(
    (key) => createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64') === sas.signature,
  );
}

/**
 * WebUtility.UrlDecode.
 * @param {string} text
 */
const urlDecode = (text) => percentDecode(text.replaceAll('+', ' '));

/**
 * Decodes until nothing changes, as the several layers of edgeHub do together; no more often than they can.
 * @param {string} text
 */
function decodeAll(text) {
  for (let n = 0; n < MOST_LAYERS; n++) {
    const decoded = urlDecode(text);
    if (decoded === text) break;
    text = decoded;
  }
  return text;
}

module.exports = { checkTerms, isSignedBy, parseSas };

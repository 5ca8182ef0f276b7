// @ts-check
'use strict';

const { createHmac } = require('node:crypto');
const { Refusal } = require('./refusal');
const { percentDecode } = require('../encoding/percent');

/** Last second of .NET's calendar (9999-12-31): an expiry in milliseconds lies beyond it. */
const LAST_SECOND = 253402300799;

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
 * Reads a SAS token with all the traps of edgeHub's parser (contract edge-gateway.md §2.3): each field is cut at
 * its second `=`, and a raw `+` is a space.
 * @param {string} token
 * @returns {SharedAccessSignature}
 * @throws {Refusal} CONNACK 5
 */
function parseSas(token) {
  const [scheme, text, ...rest] = token.split(/\s/);
  if (scheme !== 'SharedAccessSignature' || text === undefined || rest.length > 0) {
    throw new Refusal(5, "password is not 'SharedAccessSignature', a space and fields");
  }
  const fields = new Map();
  for (const field of text.split('&')) {
    const [name, value] = field.split('=');
    if (value === undefined) throw new Refusal(5, 'a SAS field has no value');
    fields.set(name.toLowerCase(), value);
  }
  const [resource, signature, expiryText] = ['sr', 'sig', 'se'].map((name) => {
    const value = fields.get(name);
    if (!value) throw new Refusal(5, `SAS token has no '${name}'`);
    return value;
  });
  const seconds = /^\d+$/.test(expiryText) ? Number(expiryText) : NaN;
  if (!(seconds <= LAST_SECOND))
    throw new Refusal(5, `SAS expiry '${expiryText}' is not in seconds since 1970`);
  return { resource, signature: urlDecode(signature), expiryText, expiresAt: seconds * 1000 };
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
  const ofDevice = `devices/${identity.deviceId}`.toLowerCase();
  const ofModule = `${ofDevice}/modules/${identity.moduleId}`.toLowerCase();
  const wanted = identity.moduleId === undefined ? [ofDevice] : [ofDevice, ofModule];
  if (!wanted.includes(path.join('/'))) {
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

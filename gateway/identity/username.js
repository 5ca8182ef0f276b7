// @ts-check
'use strict';

const { Refusal } = require('./refusal');
const { percentDecode } = require('../encoding/percent');

/**
 * Whom a CONNECT claims to be.
 * @typedef {object} Identity
 * @property {string} host first segment of the username
 * @property {string} deviceId
 * @property {string | undefined} moduleId
 * @property {string} clientId `d` or `d/m`
 * @property {string | undefined} modelId
 */

/**
 * Reads a username such as `hub/device/?api-version=2021-04-12` (MqttUsernameParser.cs). The number of segments is
 * fixed, so an unencoded slash in the properties makes it unparsable. Blanks round the ids and the properties do not
 * count, and a blank module id is none.
 * @param {string} username
 * @returns {Identity}
 * @throws {Refusal} CONNACK 3
 */
function parseUsername(username) {
  const segments = username.split('/');
  if (segments.length < 3 || segments.length > 4) {
    throw new Refusal(3, `username '${username}' has ${segments.length} segments instead of 3 or 4`);
  }
  // Without a leading '?' it is the legacy form, which must show its api-version.
  const query = segments[segments.length - 1].replace(/^\?/, '').trim();
  const properties = parseQuery(query);
  if (!properties.get('api-version')?.trim())
    throw new Refusal(3, `username '${username}' has no api-version`);
  const [host, deviceId, moduleId] = segments.slice(0, -1).map((segment) => segment.trim());
  if (!deviceId) throw new Refusal(3, `username '${username}' has no device id`);
  const clientId = moduleId ? `${deviceId}/${moduleId}` : deviceId;
  return { host, deviceId, moduleId: moduleId || undefined, clientId, modelId: properties.get('model-id') };
}

/**
 * @param {string} query
 * @returns {Map<string, string>} the first of duplicates
 */
function parseQuery(query) {
  const properties = new Map();
  for (const pair of query.split('&')) {
    const [key, ...value] = pair.split('=');
    if (!properties.has(key)) properties.set(key, percentDecode(value.join('=')));
  }
  return properties;
}

module.exports = { parseUsername };

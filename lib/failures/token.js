// @ts-check
'use strict';

const { quote } = require('../vocabulary/failure');

/** `se` above this is not in seconds: 9999-12-31. */
const LATEST_S = 253_402_300_799;

/**
 * What a token says about itself; its signature stays where it is.
 *
 * @typedef {object} TokenFacts
 * @property {Date | undefined} expiry `undefined` where `se` is no time in seconds.
 * @property {number} se As written.
 * @property {string | undefined} device The id of the device, and the module behind a slash, that it is for.
 */

/**
 * @param {TokenFacts | undefined} token
 * @param {string} device Its id, and the module's behind a slash.
 * @returns {boolean} The token is for another one. A gateway does not mind the case (contract edge-gateway.md §2.3).
 */
function isForAnother(token, device) {
  return token !== undefined && token.device?.toLowerCase() !== device.toLowerCase();
}

/**
 * @param {TokenFacts | undefined} token
 * @returns {string} Whom it is for, in words.
 */
function holderOf(token) {
  return token?.device === undefined ? 'no device' : `device ${quote(token.device)}`;
}

/**
 * @param {string | undefined} token `SharedAccessSignature sr=…&sig=…&se=…`
 * @returns {TokenFacts | undefined} `undefined` if it is no such text.
 */
function readToken(token) {
  const [, fields] = /^SharedAccessSignature\s+(.*)$/s.exec(token ?? '') ?? [];
  if (fields === undefined) return undefined;
  const seconds = Number(/(?:^|&)se=([^&]*)/i.exec(fields)?.[1] || NaN);
  return {
    se: seconds,
    expiry: seconds <= LATEST_S ? new Date(seconds * 1000) : undefined,
    device: deviceOf(/(?:^|&)sr=([^&]*)/i.exec(fields)?.[1]),
  };
}

/** @param {string | undefined} resource `<host>%2Fdevices%2F<device>[%2Fmodules%2F<module>]` */
function deviceOf(resource = '') {
  let decoded;
  try {
    decoded = decodeURIComponent(resource);
  } catch {
    return undefined;
  }
  const [, device, module] = /^[^/]*\/devices\/([^/]+)(?:\/modules\/([^/]+))?$/.exec(decoded) ?? [];
  return module === undefined ? device : `${device}/${module}`;
}

module.exports = { holderOf, isForAnother, readToken };

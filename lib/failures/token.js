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

/**
 * What no gateway can read, whatever the time and whoever signed it (contract edge-gateway.md §2.3): `malformed`;
 * `encoding`, a signature that is not percent-encoded; `milliseconds`, an expiry that is not in seconds.
 *
 * @param {string} token
 * @returns {('malformed' | 'encoding' | 'milliseconds')[]}
 */
function formFaultsOf(token) {
  const fields = fieldsOf(token);
  const { sr, sig, se = '' } = fields ?? {};
  /** @type {ReturnType<typeof formFaultsOf>} */
  const faults = [];
  if (!sr || !sig || !/^\d+(\.\d*)?(e\+?\d+)?$/i.test(se)) faults.push('malformed');
  // A raw = cuts the rest off, a raw + becomes a space.
  if (sig && /[=+]/.test(sig)) faults.push('encoding');
  if (Number(se) > LATEST_S) faults.push('milliseconds');
  return faults;
}

/**
 * @param {string} token
 * @returns {Record<string, string> | undefined} By name in lower case, as written; `undefined` if it has not the form.
 */
function fieldsOf(token) {
  const [, text] = /^SharedAccessSignature\s(\S*)$/.exec(token) ?? [];
  if (text === undefined) return undefined;
  /** @type {Record<string, string>} */
  const fields = {};
  for (const field of text.split('&').filter(Boolean)) {
    const at = field.indexOf('=');
    const name = field.slice(0, Math.max(at, 0)).toLowerCase();
    if (at < 0 || Object.hasOwn(fields, name)) return undefined;
    fields[name] = field.slice(at + 1);
  }
  return fields;
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

module.exports = { fieldsOf, formFaultsOf, holderOf, isForAnother, readToken };

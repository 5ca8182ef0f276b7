// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure } = require('../vocabulary/failure');

/** Of HTTP. */
const DEFAULT_PORT = 80;

/**
 * An HTTP proxy, which is asked by CONNECT for a tunnel. `authorization` is a secret.
 *
 * @typedef {object} Proxy
 * @property {string} host
 * @property {number} port
 * @property {string} [authorization] The value of `Proxy-Authorization`.
 * @property {string} origin Where it was named: `proxy`, `mqtt.webSocketAgent`, `HTTPS_PROXY`.
 */

/**
 * A proxy as people write it: `http://user:password@proxy:3128`, or `proxy:3128`.
 *
 * @param {unknown} given A text or a URL.
 * @param {string} origin
 * @returns {Proxy}
 * @throws {ArgumentError} `ERR_IOT_PROXY_INVALID`. Shows no value: it may hold a password.
 */
function readProxy(given, origin) {
  if (typeof given !== 'string' && !(given instanceof URL)) throw invalid(origin, 'is no text and no URL');
  const url = parse(String(given).trim(), origin);
  if (url.protocol !== 'http:') {
    const scheme = url.protocol.replace(':', '');
    throw invalid(origin, `is a proxy of the kind ${scheme}, and only HTTP proxies can be used`);
  }
  if (!url.hostname) throw invalid(origin, 'names no host');
  requireMeant(String(given).trim(), url, origin);
  const authorization = basic(decode(url.username, origin), decode(url.password, origin));
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || DEFAULT_PORT,
    ...(authorization && { authorization }),
    origin,
  };
}

/**
 * @param {string} text
 * @param {string} origin
 */
function parse(text, origin) {
  // The scheme would be taken for a user.
  if (/^https?:[^\d/]/i.test(text)) throw invalid(origin, 'has no // behind its scheme');
  try {
    return new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    throw invalid(origin, 'is no URL');
  }
}

/**
 * The rules of URLs find a host in almost anything, often not the one that was meant: in `http//proxy:3128` it is `http`, in
 * `3128` it is 0.0.12.56, and a slash in a password ends the host.
 *
 * @param {string} text
 * @param {URL} url What was made of it.
 * @param {string} origin
 */
function requireMeant(text, { hostname, port, pathname, search, hash }, origin) {
  if (text.includes('\\')) throw invalid(origin, 'has a backslash');
  if (pathname !== '/' || search || hash) {
    throw invalid(
      origin,
      'has a slash, ? or # that is neither before nor behind the name and port of a host',
    );
  }
  if (/[\t\r\n]/.test(text)) throw invalid(origin, 'has a line break or a tab in it');
  if (port === '0') throw invalid(origin, 'names the port 0');
  const isName = hostname.startsWith('[') || /^[\w.-]+$/.test(hostname);
  const isMadeUp = /^[\d.]+$/.test(hostname) && !text.includes(hostname);
  if (!isName || isMadeUp) throw invalid(origin, 'names no host that can be one');
}

/**
 * @param {string} part Percent-encoded.
 * @param {string} origin
 */
function decode(part, origin) {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(origin, 'has user or password badly encoded');
  }
}

/**
 * @param {string} user
 * @param {string} password
 * @returns {string | undefined} RFC 7617.
 */
function basic(user, password) {
  return user || password ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined;
}

/**
 * @param {string} origin
 * @param {string} fault
 */
function invalid(origin, fault) {
  return failure(ArgumentError, 'ERR_IOT_PROXY_INVALID', `The proxy given as ${origin} ${fault}`, {
    hint: 'Write it http://<host>:<port>, with <user>:<password>@ before the host if need be, these percent-encoded.',
  });
}

module.exports = { readProxy, basic };

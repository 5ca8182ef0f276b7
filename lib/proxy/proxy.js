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
  try {
    return new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    throw invalid(origin, 'is no URL');
  }
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

// @ts-check
'use strict';

const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { basic, readProxy } = require('./proxy');

/** @typedef {'mqtt.webSocketAgent' | 'http.agent' | 'proxy'} Origin The option that is the agent. */

/**
 * What a Node agent does, as far as the core can do it instead.
 *
 * @typedef {object} Detour
 * @property {import('./proxy').Proxy} [proxy]
 * @property {number} [port] Taken in place of the gateway's.
 */

/**
 * An agent opens sockets itself, which native code cannot use; so it is read, and what it would do is done here.
 *
 * Known are HttpsProxyAgent of https-proxy-agent, version 5 and current, whatever else keeps its proxy in `proxy`, the
 * agents of tunnel, and https.Agent itself, whose `port` goes before that of the request.
 *
 * @param {any} agent
 * @param {Origin} [origin]
 * @returns {Detour}
 * @throws {ArgumentError} `ERR_IOT_PROXY_AGENT`: it cannot be read; `ERR_IOT_PROXY_INVALID`: its proxy cannot be used.
 */
function readAgent(agent, origin = 'mqtt.webSocketAgent') {
  if (agent?.proxy) return { proxy: ofProxyAgent(agent, origin) };
  if (agent?.proxyOptions?.host) return { proxy: ofTunnel(agent.proxyOptions, origin) };
  // Loaded when needed: few devices have an agent.
  const { Agent } = require('node:https');
  if (agent instanceof Agent && Object.getPrototypeOf(agent) === Agent.prototype) {
    const { port } = /** @type {any} */ (agent).options;
    return port ? { port: Number(port) } : {};
  }
  throw failure(
    ArgumentError,
    'ERR_IOT_PROXY_AGENT',
    `The option ${origin} is ${nameOf(agent)}, which does not tell its proxy`,
    { hint: "Give the proxy itself: { proxy: 'http://<host>:<port>' }." },
  );
}

/**
 * @param {any} agent With `proxy`: a URL, or the object that version 5 makes of one.
 * @param {Origin} origin
 */
function ofProxyAgent({ proxy, proxyHeaders, secureProxy }, origin) {
  const headers = typeof proxyHeaders === 'function' ? proxyHeaders() : (proxyHeaders ?? proxy.headers);
  if (proxy instanceof URL || typeof proxy === 'string')
    return withHeaders(readProxy(proxy, origin), headers);
  const { host, hostname = host, port, protocol, auth } = proxy;
  const scheme = secureProxy || protocol === 'https:' ? 'https' : (protocol ?? 'http').replace(':', '');
  const read = readProxy(`${scheme}://${bracketed(String(hostname))}:${port || 80}`, origin);
  return withHeaders(auth ? { ...read, authorization: ofPair(auth) } : read, headers);
}

/**
 * @param {{ host: string, port?: number, proxyAuth?: string, headers?: Record<string, string> }} options
 * @param {Origin} origin
 */
function ofTunnel({ host, port, proxyAuth, headers }, origin) {
  const read = readProxy(`http://${bracketed(host)}:${port || 80}`, origin);
  return withHeaders(proxyAuth ? { ...read, authorization: ofPair(proxyAuth) } : read, headers);
}

/** @param {string} pair `user:password` */
function ofPair(pair) {
  const at = pair.indexOf(':');
  return at < 0 ? basic(pair, '') : basic(pair.slice(0, at), pair.slice(at + 1));
}

/**
 * @param {import('./proxy').Proxy} proxy
 * @param {Record<string, any> | undefined} headers
 * @returns {import('./proxy').Proxy}
 */
function withHeaders(proxy, headers = {}) {
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'proxy-authorization');
  return name === undefined ? proxy : { ...proxy, authorization: String(headers[name]) };
}

/** @param {string} host */
function bracketed(host) {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** @param {any} value */
function nameOf(value) {
  return typeof value === 'object' && value !== null
    ? `an object of the class ${value.constructor?.name}`
    : quote(value);
}

module.exports = { readAgent };

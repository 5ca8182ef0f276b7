// @ts-check
'use strict';

const { readAgent } = require('./agent');
const { proxyOfEnvironment } = require('./environment');
const { readProxy } = require('./proxy');

/**
 * @param {unknown} option A text, a URL or an agent; `false` or `null`: none, whatever the environment says.
 * @returns {import('./proxy').Proxy | null | undefined} `undefined`: nothing is said.
 * @throws {ArgumentError} `ERR_IOT_PROXY_…`
 */
function readProxyOption(option) {
  if (option === undefined) return undefined;
  if (option === false || option === null) return null;
  if (typeof option === 'string' || option instanceof URL) return readProxy(option, 'proxy');
  return readAgent(option, 'proxy').proxy ?? null;
}

/**
 * The proxy to go through: the option says which, then the agent, then the environment. An agent without a proxy means that
 * there is none.
 *
 * @param {{ host: string, port: number }} place
 * @param {object} said
 * @param {import('./proxy').Proxy | null} [said.proxy]
 * @param {import('./agent').Detour} [said.detour]
 * @returns {import('./proxy').Proxy | null | undefined}
 */
function proxyTo(place, { proxy, detour }) {
  if (proxy !== undefined) return proxy;
  return detour === undefined ? proxyOfEnvironment(place) : detour.proxy;
}

module.exports = { proxyTo, readProxyOption };

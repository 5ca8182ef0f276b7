// @ts-check
'use strict';

const { readProxy } = require('./proxy');

/** Where a proxy for TLS is named: the first that is set counts. */
const NAMES = ['https_proxy', 'HTTPS_PROXY'];
const EXCEPTIONS = ['no_proxy', 'NO_PROXY'];

/**
 * The proxy that the environment names for `host` and `port`.
 *
 * @param {{ host: string, port: number }} target
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {import('./proxy').Proxy | undefined} None, or an exception names the host.
 * @throws {ArgumentError} `ERR_IOT_PROXY_INVALID`
 */
function proxyOfEnvironment(target, env = process.env) {
  const name = NAMES.find((each) => env[each]);
  if (name === undefined) return undefined;
  const exceptions = EXCEPTIONS.map((each) => env[each]).find(Boolean) ?? '';
  return isException(target, exceptions) ? undefined : readProxy(env[name], name);
}

/**
 * @param {{ host: string, port: number }} target
 * @param {string} list Separated by commas or blanks: names with all below them, addresses, networks such as
 *   `10.0.0.0/8`, each with a port if only that is meant; `*` for everything.
 */
function isException(target, list) {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => covers(entry, target));
}

/**
 * @param {string} entry
 * @param {{ host: string, port: number }} target
 */
function covers(entry, { host, port }) {
  if (entry === '*') return true;
  const [, bracketed, plain = '', onlyPort] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
  if (onlyPort !== undefined && Number(onlyPort) !== port) return false;
  const named = bracketed ?? plain;
  if (named.includes('/')) return isWithin(host, named);
  const name = named.replace(/^\*?\./, '').replace(/\.$/, '');
  const asked = host.toLowerCase().replace(/\.$/, '');
  return asked === name || asked.endsWith(`.${name}`);
}

/**
 * @param {string} host
 * @param {string} network `10.0.0.0/8`
 */
function isWithin(host, network) {
  const { BlockList, isIP } = require('node:net');
  const [, address, bits] = /^([^/]*)\/(\d{1,3})$/.exec(network) ?? [];
  if (bits === undefined) return false; // Number() makes 0 of nothing, and no bits are everybody
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  const block = new BlockList();
  try {
    block.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
    return isIP(host) !== 0 && block.check(host, family);
  } catch {
    return false; // no network: names with a slash there are none
  }
}

module.exports = { proxyOfEnvironment, NAMES };

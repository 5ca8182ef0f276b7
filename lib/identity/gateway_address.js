// @ts-check
'use strict';

const { domainToASCII } = require('node:url');
const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');

/**
 * Splits what a connection string gives as HostName or GatewayHostName: a name, an IPv4 or an IPv6 address, the last
 * bare or in brackets, each with or without a port.
 *
 * @param {string} hostName `gateway.local`, `localhost:12345`, `192.168.1.4`, `[::1]:8883`, `::1`
 * @param {number} defaultPort
 * @returns {{ host: string, port: number }} `host` without brackets, names in their ASCII form.
 * @throws {ArgumentError} `ERR_IOT_HOST_INVALID`
 */
function parseEndpoint(hostName, defaultPort) {
  if (typeof hostName !== 'string') throw invalid(hostName);
  if (isIPv6(hostName)) return { host: hostName, port: defaultPort };
  const [, bracketed, name, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(hostName) ?? [];
  if (bracketed === undefined && name === undefined) throw invalid(hostName);
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) throw invalid(hostName);
  const host = bracketed === undefined ? readName(name) : isIPv6(bracketed) && bracketed;
  if (!host) throw invalid(hostName);
  return { host, port: port === undefined ? defaultPort : Number(port) };
}

/**
 * Only what may be an address is looked at: loading `node:net` takes longer than all of this package. One with an interface,
 * `fe80::1%eth0`, is none here: no certificate can name it, so none is ever accepted.
 *
 * @param {string} text
 */
function isIPv6(text) {
  return /:.*:/.test(text) && !text.includes('%') && require('node:net').isIPv6(text);
}

/** @param {string} text */
function isIPv4(text) {
  return /^[\d.]+$/.test(text) && require('node:net').isIPv4(text);
}

/**
 * @param {string} name
 * @returns {string | undefined} The name or IPv4 address in ASCII, `undefined` if it is neither.
 */
function readName(name) {
  if (isIPv4(name)) return name;
  // The conversion reads URLs: it drops line breaks, and what follows a slash.
  if (/[\0- /\\?#@%:]/.test(name)) return undefined;
  // Not for ASCII: it would turn "1.2.3" into an address.
  const ascii = /[^\0-\x7f]/.test(name) ? domainToASCII(name) : name;
  // Underscores are not for host names, but container networks use them. A last label of digits is a broken address.
  const label = /^(?!-)[\w-]{1,63}(?<!-)$/;
  const labels = ascii.replace(/\.$/, '').split('.');
  const valid =
    ascii.length <= 254 && labels.every((each) => label.test(each)) && !/^\d+$/.test(labels.at(-1) ?? '');
  return valid ? ascii : undefined;
}

/**
 * @param {string} text That is no endpoint.
 * @returns {string | undefined} `port 88833, and ports are 1 to 65535`; `undefined` if its port is not at fault.
 */
function portFaultOf(text) {
  const [, port] = /^(?:[^:]*|\[[^\]]*\]):([^:]*)$/.exec(text) ?? [];
  if (port === undefined) return undefined;
  if (port === '') return 'a colon, and no port behind it';
  if (!/^\d+$/.test(port)) return `the port ${quote(port)}, which is no number`;
  const inRange = Number(port) >= 1 && Number(port) <= 65_535;
  return inRange ? undefined : `the port ${port.slice(0, 12)}, and ports are 1 to 65535`;
}

/** What people write in the place of a name or an address. @type {[RegExp, string][]} */
const FAULTS = [
  [/^\s*$/, 'it is empty'],
  [/\s/, 'it has white space in it'],
  [/,/, 'it has a comma, where perhaps a dot belongs'],
  [/@/, 'it has an @'],
  [/[/\\]|^\w+:\/\//, 'it has a slash: neither scheme nor path belongs there'],
  [/^[\d.]+(:\d+)?$/, 'it is no IPv4 address: four numbers of 0 to 255'],
  [/:.*:.*%/, 'it names an interface behind a %, which no certificate can'],
  [/[[\]]|:.*:/, 'it is no IPv6 address, which with a port stands in brackets: [fd00::1]:8883'],
  [/\.\.|^\./, 'a part of it between dots is empty'],
  [/(^|\.)-|-(\.|:|$)/, 'a part of it begins or ends with a hyphen'],
  [/[^.:]{64}/, 'a part of it is longer than 63 characters'],
];

/**
 * @param {string} text That is no endpoint.
 * @returns {string | undefined} Why, in words that follow a colon.
 */
function faultOfHost(text) {
  const port = portFaultOf(text);
  return port === undefined ? FAULTS.find(([pattern]) => pattern.test(text))?.[1] : `it has ${port}`;
}

/** @param {string} hostName */
function invalid(hostName) {
  const hint = String(hostName).includes('/')
    ? 'Leave scheme and path away: the name alone, if need be with a port.'
    : 'A name or address, if need be with a port: gateway.local, 192.168.1.4:8883, [fd00::1]:8883';
  const fault = typeof hostName === 'string' ? faultOfHost(hostName) : undefined;
  const why = fault === undefined ? '' : `: ${fault}`;
  return failure(
    ArgumentError,
    'ERR_IOT_HOST_INVALID',
    `${quote(hostName)} is no host name or address${why}`,
    { hint },
  );
}

module.exports = { faultOfHost, parseEndpoint, portFaultOf };

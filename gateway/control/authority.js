// @ts-check
'use strict';

const net = require('node:net');

/** Ports that clients take unless they are told otherwise. */
const MQTT_PORT = 8883;
const HTTPS_PORT = 443;

/**
 * Name and port as they stand in connection strings, URLs and token audiences (RFC 3986 §3.2).
 * @param {string} name or address
 * @param {number} port
 * @param {number} [standard] not said: other SDKs take name and port together for a name
 */
function authorityOf(name, port, standard) {
  const host = name.includes(':') ? `[${name}]` : name;
  return port === standard ? host : `${host}:${port}`;
}

/**
 * Whether it is a name or an address, without a scheme, a port or a path.
 * @param {unknown} value
 */
const isHost = (value) =>
  typeof value === 'string' && (net.isIP(value) !== 0 || /^[^\s/:;=?#@[\]]+$/.test(value));

module.exports = { HTTPS_PORT, MQTT_PORT, authorityOf, isHost };

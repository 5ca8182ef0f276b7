// @ts-check
'use strict';

const { NotConnectedError } = require('../vocabulary/errors');

/** @typedef {import('./circumstances').Circumstances} Circumstances */

/** Proxy Authentication Required (RFC 9110 §15.5.8), and what tinyproxy says instead. */
const WANTS_USER = [407, 401];
/** From here on it is not the proxy's will. */
const SERVER_ERROR = 500;

/**
 * From the name of a proxy to its answer to CONNECT.
 *
 * @type {import('./connection_failure').Row[]}
 */
const ROWS = [
  {
    kind: ['name-not-found', 'name-temporary', 'invalid-name'],
    stage: 'proxy',
    code: 'ERR_IOT_PROXY_NOT_FOUND',
    type: NotConnectedError,
    message: ({ proxyAt }) => `The host name of the proxy ${proxyAt} does not resolve`,
    remedy: (circumstances) =>
      `Check its name, and the name servers of this device. ${around(circumstances)}`,
  },
  {
    kind: /^/,
    stage: 'proxy',
    code: 'ERR_IOT_PROXY_UNREACHABLE',
    type: NotConnectedError,
    message: ({ proxyAt, detail }) => `The proxy at ${proxyAt} cannot be reached: ${detail}`,
    remedy: (circumstances) => `Check its address and port, and that it runs. ${around(circumstances)}`,
  },
  {
    kind: 'http-status',
    stage: 'tunnel',
    when: ({ native }) => WANTS_USER.includes(/** @type {number} */ (native.code)),
    code: 'ERR_IOT_PROXY_AUTH',
    type: NotConnectedError,
    message: ({ proxyAt, proxyUser, detail }) =>
      `The proxy at ${proxyAt} ${proxyUser ? 'does not accept user and password' : 'wants user and password'} (${detail})`,
    remedy: (circumstances) =>
      `Write them before its host, percent-encoded: http://<user>:<password>@<host>:<port>; only the scheme Basic is known here. ${around(circumstances)}`,
  },
  {
    kind: 'http-status',
    stage: 'tunnel',
    when: ({ native }) => /** @type {number} */ (native.code) >= SERVER_ERROR,
    code: 'ERR_IOT_PROXY_GATEWAY',
    type: NotConnectedError,
    message: ({ proxyAt, at, detail }) => `The proxy at ${proxyAt} cannot connect to ${at} (${detail})`,
    remedy: (circumstances) =>
      `It must be able to resolve and reach the gateway, which may also be off. ${around(circumstances)}`,
  },
  {
    kind: 'http-status',
    stage: 'tunnel',
    code: 'ERR_IOT_PROXY_FORBIDDEN',
    type: NotConnectedError,
    message: ({ proxyAt, at, detail }) =>
      `The proxy at ${proxyAt} does not allow a connection to ${at} (${detail})`,
    remedy: (circumstances) =>
      `Have this gateway and port allowed there; many allow port 443 alone, which is MqttWs. ${around(circumstances)}`,
  },
  {
    kind: 'web-page',
    code: 'ERR_IOT_PROXY_PAGE',
    type: NotConnectedError,
    message: ({ proxyAt, detail }) => `What answers at ${proxyAt} is no proxy but a web page (${detail})`,
    remedy: (circumstances) =>
      `It may be a portal where somebody has to sign in, or a web server. ${around(circumstances)}`,
  },
  {
    kind: 'not-http',
    stage: 'tunnel',
    code: 'ERR_IOT_NOT_PROXY',
    type: NotConnectedError,
    message: ({ proxyAt, detail }) => `What answers at ${proxyAt} is no HTTP proxy: ${detail}`,
    remedy: (circumstances) => `Check its port, and that it is not one for SOCKS. ${around(circumstances)}`,
  },
  {
    kind: 'timed-out',
    stage: 'tunnel',
    code: 'ERR_IOT_TIMEOUT_PROXY',
    type: NotConnectedError,
    message: ({ at, proxyAt, after }) =>
      `Connecting to ${at} timed out after ${after}: the proxy at ${proxyAt} did not answer CONNECT`,
    remedy: (circumstances) =>
      `It may hang, or not reach the gateway; give it more time by timeouts.connectMs. ${around(circumstances)}`,
  },
  {
    kind: /^/,
    stage: 'tunnel',
    code: 'ERR_IOT_PROXY_CLOSED',
    type: NotConnectedError,
    message: ({ proxyAt, detail }) => `The proxy at ${proxyAt} broke off: ${detail}`,
    remedy: (circumstances) =>
      `What listens there may be no HTTP proxy, or may be starting. ${around(circumstances)}`,
  },
];

/**
 * How to do without it.
 *
 * @param {Circumstances} circumstances
 */
function around({ host, target: { proxy } }) {
  const origin = proxy?.origin ?? '';
  return /^https_proxy$/i.test(origin)
    ? `It comes from ${origin}; NO_PROXY=${host} goes around it.`
    : `It comes from the option ${origin}.`;
}

module.exports = { ROWS };

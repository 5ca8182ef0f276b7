// @ts-check
'use strict';

const http = require('node:http');
const { LayerFailure } = require('./layer_failure');
const { reached } = require('./reached');

/**
 * Asks an HTTP proxy for a tunnel, by CONNECT (RFC 9110 §9.3.6).
 *
 * @param {{ host: string, port: number }} place
 * @param {import('../proxy/proxy').Proxy} proxy `authorization` is a secret.
 * @param {{ limitMs: number, signal: AbortSignal }} limits
 * @returns {Promise<import('node:net').Socket>}
 * @throws {LayerFailure}
 */
async function tunnelTo({ host, port }, proxy, limits) {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const request = http.request({
    host: proxy.host,
    port: proxy.port,
    method: 'CONNECT',
    path: authority,
    headers: {
      Host: authority,
      ...(proxy.authorization && { 'Proxy-Authorization': proxy.authorization }),
    },
    agent: false,
  });
  const progress = { ...limits, stage: 'proxy' };
  request.once('socket', (socket) => socket.once('connect', () => (progress.stage = 'tunnel')));
  request.end();
  const begin = performance.now();
  const [answer, socket] = await reached(request, 'connect', progress);
  const { statusCode, statusMessage } = answer;
  if (statusCode >= 200 && statusCode < 300) return socket;
  socket.destroy();
  const what = {
    kind: isRefusal(statusCode) ? 'http-status' : 'web-page',
    detail: `HTTP ${statusCode} ${statusMessage}`.trim(),
    code: statusCode,
  };
  throw new LayerFailure('tunnel', what, performance.now() - begin);
}

/**
 * What a proxy answers in its own name; other answers come from a web server (`src/transport/tunnel.rs`).
 *
 * @param {number} status
 */
function isRefusal(status) {
  return [401, 402, 403, 407, 429].includes(status) || status >= 500;
}

module.exports = { tunnelTo };

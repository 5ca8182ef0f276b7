// @ts-check
'use strict';

const net = require('node:net');
const tls = require('node:tls');
const { connectionFailure } = require('../failures/connection_failure');
const { proxyTo } = require('../proxy/choice');
const { readClientCertificate } = require('../tls/client_certificate');
const { LayerFailure } = require('./layer_failure');
const { reached } = require('./reached');
const { tunnelTo } = require('./tunnel');
const { refusalOf } = require('./verdict');

/** Name and TCP, and the tunnel of a proxy. Milliseconds; as the sessions have it. */
const CONNECT_MS = 20_000;
const TLS_MS = 30_000;

/**
 * How to get to a server, and what it must show.
 *
 * @typedef {object} Way
 * @property {import('../tls/trust').Trust[]} trusts The server is accepted if one of these accepts it.
 * @property {import('../proxy/proxy').Proxy | null} [proxy] `null`: none. Default: what the environment names.
 * @property {import('../proxy/agent').Detour} [detour] What an app's agent does.
 * @property {import('../..').X509} [x509] What the device shows a server that asks for it.
 * @property {{ connectMs?: number, tlsMs?: number }} [timeouts]
 * @property {Pick<import('../failures/connection_failure').Target, 'cloud' | 'field' | 'ca' | 'idiom' | 'clientId'>} words
 *   For the messages of errors.
 */

/**
 * A connection over TLS to a server that was verified: name, issuer, dates, as the sessions verify a gateway. Nothing was
 * written to it.
 *
 * Node's own verification is not used, so that neither `NODE_TLS_REJECT_UNAUTHORIZED` nor another idea of trust counts; the
 * core judges the chain between the handshake and the first byte.
 *
 * @param {{ host: string, port: number }} place
 * @param {Way} way
 * @param {AbortSignal} signal
 * @returns {Promise<import('node:tls').TLSSocket>}
 * @throws {NotConnectedError} As a session would for the same reason.
 * @throws {ArgumentError} `ERR_IOT_CLIENT_…`, `ERR_IOT_PROXY_…`
 */
async function secureConnect({ host, port }, way, signal) {
  const place = { host, port: way.detour?.port ?? port };
  const proxy = proxyTo(place, way);
  const identity = way.x509 && readClientCertificate(way.x509);
  const { connectMs = CONNECT_MS, tlsMs = TLS_MS } = way.timeouts ?? {};
  try {
    const tcp = await (proxy
      ? tunnelTo(place, proxy, { limitMs: connectMs, signal })
      : dial(place, connectMs, signal));
    return await secure(tcp, host, { way, identity, limitMs: tlsMs, signal });
  } catch (error) {
    if (!(error instanceof LayerFailure)) throw error;
    throw connectionFailure(error.native, {
      ...way.words,
      ...place,
      roots: way.trusts.flatMap(({ roots }) => roots),
      systemRoots: way.trusts.some(({ systemRoots }) => systemRoots),
      ...(proxy && { proxy }),
      ...(identity && { clientChain: identity.chain, clientFiles: identity.files }),
    });
  } finally {
    identity?.key.fill(0);
  }
}

/**
 * @param {{ host: string, port: number }} place
 * @param {number} limitMs
 * @param {AbortSignal} signal
 */
async function dial(place, limitMs, signal) {
  const socket = net.connect({ ...place, noDelay: true, keepAlive: true });
  await reached(socket, 'connect', { stage: 'tcp', limitMs, signal });
  return socket;
}

/**
 * @param {import('node:net').Socket} tcp
 * @param {string} host
 * @param {object} terms
 * @param {Way} terms.way
 * @param {import('../tls/client_certificate').ClientCertificate} [terms.identity]
 * @param {number} terms.limitMs
 * @param {AbortSignal} terms.signal
 */
async function secure(tcp, host, { way, identity, limitMs, signal }) {
  const begin = performance.now();
  const socket = tls.connect({
    socket: tcp,
    ...(net.isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: false,
    // What Node trusts is not asked, so it need not be loaded.
    ca: [],
    ...(identity && { cert: pem('CERTIFICATE', identity.chain), key: pem('PRIVATE KEY', [identity.key]) }),
  });
  await reached(socket, 'secureConnect', { stage: 'tls', limitMs, signal });
  const refusal = refusalOf(socket, host, way.trusts);
  if (refusal === undefined) return socket;
  socket.destroy();
  throw new LayerFailure('tls', refusal, performance.now() - begin);
}

/**
 * @param {string} label
 * @param {Buffer[]} parts DER.
 */
function pem(label, parts) {
  return parts
    .map((der) => `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`)
    .join('');
}

module.exports = { secureConnect };

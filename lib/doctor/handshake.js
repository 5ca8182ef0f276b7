// @ts-check
'use strict';

const { bundledTrust } = require('../tls/trust');
const { probe } = require('./verifier');

/**
 * One TLS handshake on the client's own way: through the proxy, and with the certificate of the device, if there are. It
 * is made once; who asks again gets the same.
 *
 * @param {import('./examination').Examination} examination
 * @returns {Promise<import('../native/binding').NativeProbeResult>}
 */
function handshake(examination) {
  return (examination.handshake ??= shakeHands(examination));
}

/** @param {import('./examination').Examination} examination */
async function shakeHands(examination) {
  const { facts } = examination;
  const request = requestOf(examination);
  // Without roots that can be used the chain is still worth seeing.
  examination.trust ??= { roots: [], rootFiles: [], systemRoots: true };
  const result = await probe({ ...request, ...examination.trust });
  if (result.failure?.kind !== 'no-roots') return result;
  examination.trust = bundledTrust();
  if (facts.ca) facts.ca.bundledRoots = true;
  return probe({ ...request, ...examination.trust });
}

/**
 * The way to the gateway, without trust.
 *
 * @param {import('./examination').Examination} examination
 */
function requestOf(examination) {
  const { facts, limits, proxy, proof } = examination;
  const { host = '', port = 0 } = facts.connectionString ?? {};
  const open = facts.port?.attempts.find(isReachable);
  return {
    host,
    port,
    address: open?.address,
    ...(proxy && { proxy }),
    ...(proof?.identity && { identity: proof.identity }),
    connectMs: connectLimit(examination),
    tlsMs: limits.tlsMs,
  };
}

/**
 * A proxy looks the gateway up and connects to it, too.
 *
 * @param {import('./examination').Examination} examination
 */
function connectLimit({ limits, proxy }) {
  return proxy ? limits.tunnelMs : limits.tcpMs;
}

/**
 * Reset means that it was open for a moment.
 *
 * @param {import('../..').PortAttempt} attempt
 */
function isReachable({ outcome }) {
  return outcome === 'open' || outcome === 'reset';
}

module.exports = { connectLimit, handshake, isReachable, requestOf };

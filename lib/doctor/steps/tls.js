// @ts-check
'use strict';

const { handshake, isReachable } = require('../handshake');
const { judgeTls } = require('../judgement/tls');
const { offerOf } = require('../offer');
const { recogniseStranger } = require('../stranger');
const { layerFailure } = require('../verifier');

/** Failures of something that may not speak TLS at all. */
const STRANGE = ['not-tls', 'closed', 'reset', 'timed-out'];

/** Contract edge-gateway.md §10.2, rows 9 and 10. @type {import('../steps').Step<'tls'>} */
module.exports = {
  name: 'tls',
  title: 'TLS',
  skip: ({ port, proxy: passed }, { proxy }) => {
    if (proxy) return passed?.open ? undefined : 'the proxy opens no tunnel';
    return port?.attempts.some(isReachable) ? undefined : 'the port is not open';
  },
  async gather(examination) {
    const { facts, limits, proxy } = examination;
    const { host = '', port = 0 } = facts.connectionString ?? {};
    const result = await handshake(examination);
    examination.chain = result.chain;
    const { failure } = result;
    // What stands behind a proxy is not asked by other ways than the client's.
    const strange = failure && !proxy && STRANGE.includes(failure.kind);
    const open = facts.port?.attempts.find(isReachable);
    const endpoint = { host: result.address ?? open?.address ?? host, port };
    return {
      // The address of the proxy is not that of the gateway.
      ...timesOf(proxy ? { ...result, address: undefined } : result),
      clientCertificateRequested: result.clientCertificateRequested,
      accepted: !failure,
      ...(failure && { failure: layerFailure(failure) }),
      ...(!proxy && failure?.kind === 'tls-version' && (await offers(examination, endpoint))),
      ...(strange && { speaks: await recogniseStranger(endpoint, limits.strangerMs) }),
    };
  },
  judge: judgeTls,
};

/**
 * @param {import('../examination').Examination} examination
 * @param {{ host: string, port: number }} endpoint
 * @returns {Promise<{ offers?: import('../offer').Offer }>}
 */
async function offers({ facts, limits, roots = [] }, { host: address, port }) {
  const host = facts.connectionString?.host ?? '';
  const pems = roots.map((root) => root.toString());
  const found = await offerOf({ address, port, host }, pems, limits.strangerMs);
  return found ? { offers: found } : {};
}

/** @param {import('../../native/binding').NativeProbeResult} result */
function timesOf({ address, tcpMs, tlsMs, tlsVersion, cipherSuite }) {
  return {
    ...(address && { address }),
    ...(typeof tcpMs === 'number' && { tcpMs: Math.round(tcpMs) }),
    ...(typeof tlsMs === 'number' && { tlsMs: Math.round(tlsMs) }),
    ...(tlsVersion && { version: tlsVersion }),
    ...(cipherSuite && { cipherSuite }),
  };
}

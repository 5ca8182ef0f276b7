// @ts-check
'use strict';

const { bundledTrust } = require('../../tls/trust');
const { judgeTls } = require('../judgement/tls');
const { offerOf } = require('../offer');
const { recogniseStranger } = require('../stranger');
const { layerFailure, probe } = require('../verifier');

/** Failures of something that may not speak TLS at all. */
const STRANGE = ['not-tls', 'closed', 'reset', 'timed-out'];

/**
 * Reset means that it was open for a moment.
 *
 * @param {import('../../..').PortAttempt} attempt
 */
function isReachable({ outcome }) {
  return outcome === 'open' || outcome === 'reset';
}

/** Contract edge-gateway.md §10.2, rows 9 and 10. @type {import('../steps').Step<'tls'>} */
module.exports = {
  name: 'tls',
  title: 'TLS',
  skip: ({ port }) => (port?.attempts.some(isReachable) ? undefined : 'the port is not open'),
  async gather(examination) {
    const { facts, limits } = examination;
    const { host = '', port = 0 } = facts.connectionString ?? {};
    const open = facts.port?.attempts.find(isReachable);
    const request = { host, port, address: open?.address, connectMs: limits.tcpMs, tlsMs: limits.tlsMs };
    // Without roots that can be used the chain is still worth seeing.
    examination.trust ??= { roots: [], rootFiles: [], systemRoots: true };
    let result = await probe({ ...request, ...examination.trust });
    if (result.failure?.kind === 'no-roots') {
      examination.trust = bundledTrust();
      if (facts.ca) facts.ca.bundledRoots = true;
      result = await probe({ ...request, ...examination.trust });
    }
    examination.chain = result.chain;
    const { failure } = result;
    const strange = failure && STRANGE.includes(failure.kind);
    const endpoint = { host: result.address ?? open?.address ?? host, port };
    return {
      ...timesOf(result),
      clientCertificateRequested: result.clientCertificateRequested,
      accepted: !failure,
      ...(failure && { failure: layerFailure(failure) }),
      ...(failure?.kind === 'tls-version' && (await offers(examination, endpoint))),
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

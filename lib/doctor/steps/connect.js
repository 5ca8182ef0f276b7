// @ts-check
'use strict';

const { connectLimit } = require('../handshake');
const { whyNameless } = require('../identity');
const { judgeConnect } = require('../judgement/connect');
const { protocolOf } = require('../protocols');
const { Visit } = require('../visit');

/** Contract edge-gateway.md §10.2, rows 18 and 20. @type {import('../steps').Step<'connect'>} */
module.exports = {
  name: 'connect',
  title: 'CONNECT',
  skip({ connectionString, tls }, { proof }) {
    const { protocol = 'mqtt', faults = [] } = connectionString ?? {};
    if (!tls?.accepted) return 'there is no trusted TLS connection';
    if (!protocolOf(protocol).session)
      return `the client does not speak ${protocolOf(protocol).title} yet; TLS is as far as this goes`;
    if (faults.some(({ kind }) => kind === 'device-id-unusable')) return 'the device id cannot be used';
    return whyNameless(connectionString) ?? (proof ? undefined : 'there is nothing to authenticate with');
  },
  async gather(examination) {
    const { facts, limits, proof = {}, proxy, trust, settings } = examination;
    const identity = /** @type {any} */ (facts.connectionString);
    examination.visit = new Visit({
      identity,
      request: { ...settings.protocol.session, ...(proxy && { proxy }), ...proof },
      trust: /** @type {import('../../tls/trust').Trust} */ (trust),
      limits: { ...limits, tcpMs: connectLimit(examination) },
      progress: (stage) => examination.stage('connect', stage),
    });
    return examination.visit.connect(limits.slowRefusalMs);
  },
  judge: judgeConnect,
};

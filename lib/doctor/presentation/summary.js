// @ts-check
'use strict';

const { basename } = require('node:path');
const { validity } = require('./validity');
const { duration } = require('./duration');
const { endpointOf } = require('../endpoint');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').DiagnosisStepName} DiagnosisStepName */

/**
 * What a step that went well found out, in one phrase.
 *
 * @param {DiagnosisStepName} step
 * @param {DiagnosisFacts} facts
 * @returns {string} Empty if there is nothing to tell.
 */
function summaryOf(step, facts) {
  const own = facts[step];
  return own === undefined ? '' : SUMMARIES[step](/** @type {any} */ (own), facts);
}

/** More than these are a bundle, of which nobody reads the names. */
const MOST_ROOTS = 3;

/** @type {{ [Name in DiagnosisStepName]: (own: NonNullable<DiagnosisFacts[Name]>, facts: DiagnosisFacts) => string }} */
const SUMMARIES = {
  connectionString: ({ hub, deviceId, moduleId }, facts) => {
    const who = deviceId === undefined ? 'no device' : `device ${deviceId}`;
    const of = moduleId === undefined ? who : `module ${moduleId} of ${who}`;
    return `${of}${hub === undefined ? '' : ` of ${hub}`}, to ${endpointOf(facts)}`;
  },
  ca: ({ origin, path, roots, systemRoots, bundledRoots }, facts) => {
    const at = facts.certificate?.at ?? '';
    const given =
      roots.length > MOST_ROOTS
        ? `${roots.length} certificates`
        : roots.map((root) => `${root.subject} (${validity(root, at).left})`).join('; ');
    if (systemRoots || bundledRoots) {
      const system = bundledRoots
        ? 'the roots that come with Node count, as the system has none'
        : 'the roots of the system count';
      return `none given: ${system}${given && `, and of NODE_EXTRA_CA_CERTS: ${given}`}`;
    }
    const source = path === undefined ? '' : `${basename(path)}: `;
    return `${source}${given}${origin === 'environment' ? ', by PATH_TO_EDGE_CA_CERT' : ''}`;
  },
  clientCertificate: ({ presented: [own, ...above] }, facts) => {
    if (own === undefined) return '';
    const more = above.length === 0 ? '' : `, with ${above.length} above it`;
    return `${own.subject} (${validity(own, facts.certificate?.at ?? '').left})${more}`;
  },
  proxy: ({ host, port, origin, user, open }, facts) =>
    `${host}:${port}${user ? ', with user and password' : ''}, by ${origin}${open ? `: leads to ${endpointOf(facts)}` : ''}`,
  name: ({ host, addresses, error }) => {
    if (addresses.length === 0) return `${host}: ${error ?? 'no address'}`;
    if (addresses.length === 1 && addresses[0] === host) return `${host} is an address`;
    return `${host} is ${addresses.join(', ')}`;
  },
  port: ({ port, attempts, others }) => {
    const open = attempts.filter(({ outcome }) => outcome === 'open').map(({ address }) => address);
    const also = others.filter(({ outcome }) => outcome === 'open').map((each) => each.port);
    return `port ${port} of ${open.join(', ') || 'no address'} is open${also.length > 0 ? `, and so is ${also.join(', ')}` : ''}`;
  },
  tls: ({ version, cipherSuite, accepted }) => {
    const agreed = [version, cipherSuite].filter(Boolean).join(', ') || 'a server answers';
    return accepted ? agreed : `${agreed}; the certificate is not accepted`;
  },
  certificate: ({ presented, verified }, { connectionString }) => {
    const count = `${presented.length} ${presented.length === 1 ? 'certificate' : 'certificates'}`;
    return verified ? `${count}, trusted for ${connectionString?.host ?? 'this name'}` : count;
  },
  clock: ({ now, witness, aheadMs = 0 }) => {
    if (!witness) return `${now}; no other clock to compare it with`;
    const off = Math.abs(aheadMs) < 2000 ? 'agrees with' : `is ${distance(aheadMs)}`;
    return `${now}, ${off} ${witness.source}`;
  },
  token: ({ made, audience, expires }) => {
    const until = expires === undefined ? '' : `, until ${expires}`;
    return `${made ? 'made from the key' : 'given'}${audience === undefined ? '' : ` for ${audience}`}${until}`;
  },
  greeting: ({ mechanisms = [] }) => `AMQP 1.0, with ${mechanisms.join(', ')}`,
  connect: ({ outcome, ms, sessionPresent }) => {
    const session =
      sessionPresent === undefined ? '' : `; ${sessionPresent ? 'a session was kept' : 'a new session'}`;
    return `${outcome} after ${duration(ms)}${session}`;
  },
  send: ({ outcome, ms }) => `one message ${outcome} after ${duration(ms)}`,
  stay: ({ ms, losses }) =>
    losses.length === 0
      ? `connected for ${duration(ms)}, without a loss`
      : `${losses.length === 1 ? 'one loss' : `${losses.length} losses`} within ${duration(ms)}`,
};

/** @param {number} aheadMs */
function distance(aheadMs) {
  return `${duration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
}

module.exports = { summaryOf };

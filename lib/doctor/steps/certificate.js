// @ts-check
'use strict';

const { certificateFacts, isoTime, parseCertificate } = require('../certificate');
const { followPath } = require('../chain_path');
const { judgeCertificate } = require('../judgement/certificate');
const { judge } = require('../verifier');

/** @typedef {import('../../..').ExaminedCertificate} ExaminedCertificate */

const SECOND_MS = 1000;

/** Contract edge-gateway.md §10.2, rows 11 to 14. @type {import('../steps').Step<'certificate'>} */
module.exports = {
  name: 'certificate',
  title: 'Certificates',
  skip: ({ tls }) => (tls ? undefined : 'no TLS connection was made'),
  gather(examination) {
    const { facts, roots = [], chain = [], now } = examination;
    const at = isoTime(new Date(Math.floor(now() / SECOND_MS) * SECOND_MS));
    const certificates = chain.flatMap((der) => parseCertificate(der) ?? []);
    if (certificates.length === 0) return { presented: [], path: [], at, verified: false, pinned: false };
    const presented = certificates.map((each) => certificateFacts(each, now()));
    const found = followPath(certificates, roots);
    const { host = '' } = facts.connectionString ?? {};
    const trust = examination.trust ?? { roots: [], rootFiles: [], systemRoots: true };
    const [leaf] = presented;

    const anchor = found.root === undefined ? [] : [/** @type {any} */ (facts.ca).roots[found.root]];
    const atMs = commonTime([...found.path.map((index) => presented[index]), ...anchor]);
    const usable = facts.ca?.fault === undefined;
    const whole = usable && judge({ chain, host, ...trust, atMs: now() });
    // A key that is too short shows itself only when it signs the handshake.
    const verified = whole === undefined && leaf.weakness === undefined;
    const atGoodTime = verified || !usable ? undefined : judge({ chain, host, ...trust, atMs });
    // The server's own certificate as root takes the path out of the question.
    const name = { chain: [chain[0]], host, roots: [chain[0]], systemRoots: false };
    const nameFailure = [atGoodTime, judge({ ...name, atMs: commonTime([leaf]) })].find(
      (each) => each?.kind === 'certificate-wrong-name',
    );
    return {
      presented,
      ...found,
      at,
      verified,
      ...(verified && isRoot(anchor, found.pinned) && { verifyReturnCode: 'Verify return code: 0 (ok)' }),
      ...pathFailure(atGoodTime, found, trust.systemRoots),
      ...(nameFailure && { nameFailure }),
    };
  },
  judge: judgeCertificate,
};

/**
 * To OpenSSL only what issued itself is the end of a path; to the client any CA that was given is (contract
 * edge-gateway.md §6.4).
 *
 * @param {ExaminedCertificate[]} anchor The one given that counts; none if it lies in the store of the system.
 * @param {boolean} pinned
 */
function isRoot(anchor, pinned) {
  return !pinned && anchor.every(({ selfSigned }) => selfSigned);
}

/**
 * A time at which all of them are valid, so that a verdict is about something else; if there is none, one at which the
 * first is.
 *
 * @param {ExaminedCertificate[]} certificates
 * @returns {number} Milliseconds since 1970.
 */
function commonTime(certificates) {
  const begin = Math.max(...certificates.map(({ validFrom }) => Date.parse(validFrom)));
  const end = Math.min(...certificates.map(({ validTo }) => Date.parse(validTo)));
  if (begin <= end) return Math.min(begin + SECOND_MS, end);
  return certificates.length > 1 ? commonTime(certificates.slice(0, 1)) : begin;
}

const DATES = ['certificate-expired', 'certificate-not-yet-valid'];
const DATES_OF_ROOT = ['certificate-root-expired', 'certificate-root-not-yet-valid'];

/**
 * @param {import('../../..').LayerFailure | undefined} verdict At a time when all certificates are valid, if there is one.
 * @param {{ root?: number, pinned: boolean }} found
 * @param {boolean} systemRoots
 * @returns {{ pathFailure?: import('../../..').LayerFailure }}
 */
function pathFailure(verdict, { root, pinned }, systemRoots) {
  if (verdict === undefined || verdict.kind === 'certificate-wrong-name') return {};
  // The dates of a root that was given are judged by themselves; one of the system is not known otherwise.
  if (DATES_OF_ROOT.includes(verdict.kind) && root !== undefined) return {};
  if (!DATES.includes(verdict.kind)) return { pathFailure: verdict };
  if (root !== undefined || pinned || systemRoots) return {};
  return { pathFailure: { ...verdict, kind: 'certificate-unknown-issuer' } };
}

// @ts-check
'use strict';

const { finding } = require('../causes');
const { word } = require('../shell');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').ExaminedCertificate} ExaminedCertificate */

/** Faults by the code of the error that `connect()` would throw; others are a broken file. */
const FAULTS = /** @type {Record<string, string>} */ ({
  ERR_IOT_CA_NOT_FOUND: 'ca-not-found',
  ERR_IOT_CA_PRIVATE_KEY: 'ca-private-key',
  ERR_IOT_CA_NO_CERTIFICATE: 'ca-no-certificate',
  ERR_IOT_CA_EMPTY: 'ca-no-certificate',
  ERR_IOT_CA_TYPE: 'ca-no-certificate',
});

const EXPLANATIONS = /** @type {Record<string, string>} */ ({
  'ca-not-found': 'The root certificate is read from that file, and nothing replaces it.',
  'ca-private-key': 'A private key proves who somebody is; what a device trusts is the certificate to it.',
  'ca-no-certificate': 'A certificate begins with -----BEGIN CERTIFICATE-----, or is DER.',
  'ca-broken': 'One certificate that cannot be read makes all of them doubtful.',
});

/** In a hint. It has a line of its own in a report. */
const COMMAND = /^(.*?): ((?:openssl|keytool) .*?)\.?$/;

const SOON_DAYS = 7;
/** Of many. */
const MOST_NAMES = 3;

/** @param {string[]} names */
function listed(names) {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join('; ') + (more > 0 ? ` and ${more} more` : '');
}

/** @param {DiagnosisFacts} facts */
function judgeAuthority({ ca }) {
  if (!ca) return [];
  if (ca.fault) {
    const { code, message, hint } = ca.fault;
    const cause = FAULTS[code] ?? 'ca-broken';
    const [, remedy = hint, inside] = COMMAND.exec(hint) ?? [];
    return [
      finding(cause, {
        title: message,
        explanation: EXPLANATIONS[cause],
        remedy: remedy.endsWith('.') ? remedy : `${remedy}.`,
        command: inside?.replace('<file>', ca.path ? word(ca.path) : '<file>') ?? commandFor(cause, ca.path),
        evidence: { path: ca.path },
      }),
    ];
  }
  // What the system or an administrator gathered is nobody's choice for this gateway.
  return ca.origin === 'system' ? [] : judgeDates(ca.roots);
}

/**
 * Shows what is in the file, and nothing of a key that may be there.
 *
 * @param {string} cause
 * @param {string | undefined} path
 */
function commandFor(cause, path) {
  if (!path || cause === 'ca-not-found') return undefined;
  return cause === 'ca-broken'
    ? `openssl x509 -in ${word(path)} -noout -subject -dates`
    : `grep -a -e '-----BEGIN' ${word(path)}`;
}

/**
 * Whether one that counts is out of date is known when the gateway has shown its chain.
 *
 * @param {ExaminedCertificate[]} roots
 */
function judgeDates(roots) {
  const stale = roots.filter(({ daysLeft }) => daysLeft < 0);
  const fresh = roots.filter(({ daysLeft }) => daysLeft >= 0);
  if (stale.length > 0 && fresh.length > 0) {
    return [
      finding('ca-some-invalid', {
        title: `Of ${roots.length} root certificates given, ${stale.length === 1 ? 'one has' : `${stale.length} have`} expired`,
        explanation: 'Those that are valid serve; the others are of no use.',
        remedy: `Remove ${listed(stale.map(({ subject }) => subject))}.`,
        evidence: { fingerprints: stale.slice(0, MOST_NAMES).map(({ fingerprint }) => fingerprint) },
      }),
    ];
  }
  const last = Math.max(...fresh.map(({ daysLeft }) => daysLeft));
  if (fresh.length === 0 || last >= SOON_DAYS) return [];
  return [
    finding('ca-expires-soon', {
      title: `The root certificate expires ${last === 0 ? 'today' : last === 1 ? 'in a day' : `in ${last} days`}`,
      explanation:
        'Afterwards the device does not trust the gateway any more. That of a gateway without configured certificates is replaced every 90 days.',
      remedy: 'Give the device the next root besides this one: ca may hold several.',
      evidence: { validTo: fresh.map(({ validTo }) => validTo) },
    }),
  ];
}

module.exports = { judgeAuthority };

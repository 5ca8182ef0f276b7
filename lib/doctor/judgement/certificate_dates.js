// @ts-check
'use strict';

const { finding } = require('../causes');
const { MODULE } = require('./certificate_name');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').ChainFacts} ChainFacts */
/** @typedef {import('../../..').ExaminedCertificate} ExaminedCertificate */

/**
 * The dates of the path and of the root that counts, by the clock of this device.
 *
 * @param {DiagnosisFacts} facts
 */
function judgeDates(facts) {
  const { presented, path, at } = /** @type {ChainFacts} */ (facts.certificate);
  const root = rootThatCounts(facts);
  const [server, ...above] = path
    .map((index) => presented[index])
    .filter(({ fingerprint }, index) => index === 0 || fingerprint !== root?.fingerprint);
  return [
    ...judge(root, at, ROOT),
    ...above.flatMap((each) => judge(each, at, INTERMEDIATE)),
    ...judge(server, at, SERVER),
    ...judgeSoon(above, server),
  ];
}

/** Days. A gateway that makes its own certificate replaces it minutes before its end. */
const SOON_DAYS = 7;

/**
 * @param {ExaminedCertificate[]} above
 * @param {ExaminedCertificate} server
 */
function judgeSoon(above, server) {
  const own = server.names.includes(`DNS:${MODULE}`);
  const soon = [...above, ...(own ? [] : [server])].filter(
    ({ daysLeft }) => daysLeft >= 0 && daysLeft < SOON_DAYS,
  );
  return soon.map(({ subject, validTo, daysLeft, fingerprint }) =>
    finding('certificate-expires-soon', {
      title: `The gateway's certificate ${subject} expires on ${validTo}, in ${daysLeft === 1 ? 'a day' : `${daysLeft} days`}`,
      explanation: 'Afterwards no device that verifies it connects any more.',
      remedy: 'Have it made anew before that, configure it in /etc/aziot/config.toml, and apply.',
      command: 'sudo iotedge config apply',
      evidence: { subject, validTo, fingerprint },
    }),
  );
}

/**
 * The one the path leads to; or the one it should lead to, where it does not.
 *
 * @param {DiagnosisFacts} facts
 * @returns {ExaminedCertificate | undefined}
 */
function rootThatCounts({ ca, certificate }) {
  const { root, namesake, pinned } = /** @type {ChainFacts} */ (certificate);
  const only = ca?.systemRoots === false && ca.roots.length === 1 ? 0 : -1;
  return pinned ? undefined : ca?.roots[root ?? namesake ?? only];
}

/**
 * @typedef {object} Role
 * @property {string} expired A code.
 * @property {string} early A code.
 * @property {string} what
 * @property {string} meaning
 * @property {string} remedy
 * @property {string} [command]
 */

/** @type {Role} */
const ROOT = {
  expired: 'ca-expired',
  early: 'ca-not-yet-valid',
  what: 'The root certificate',
  meaning: 'It is the one this device was given to trust.',
  remedy: 'Have the root made anew, or take the current one of the gateway, and give it to the device.',
};

/** @type {Role} */
const INTERMEDIATE = {
  expired: 'intermediate-expired',
  early: 'certificate-not-yet-valid',
  what: 'A CA certificate of the gateway',
  meaning: 'It stands between the root and the server certificate; those of certGen.sh are good for 30 days.',
  remedy:
    'Issue it anew, configure it in [edge_ca] of /etc/aziot/config.toml of the gateway, and apply that.',
  command: 'sudo iotedge config apply',
};

/** @type {Role} */
const SERVER = {
  expired: 'certificate-expired',
  early: 'certificate-not-yet-valid',
  what: "The gateway's server certificate",
  meaning:
    'edgeHub has a new one made every 30 days and restarts itself for it; if that fails it goes on with the old one.',
  remedy:
    'Restart edgeHub, which asks for a new one. If that does not help, the CA of the gateway has expired.',
  command: 'sudo iotedge restart edgeHub && sudo iotedge check',
};

/**
 * @param {ExaminedCertificate | undefined} certificate
 * @param {string} at
 * @param {Role} role
 */
function judge(certificate, at, { expired, early, what, meaning, remedy, command }) {
  if (certificate === undefined) return [];
  const { subject, validFrom, validTo, fingerprint } = certificate;
  const evidence = { subject, validFrom, validTo, fingerprint, now: at };
  if (Date.parse(validTo) < Date.parse(at)) {
    return [
      finding(expired, {
        title: `${what}, ${subject}, expired on ${validTo}`,
        explanation: `${meaning} The clock of this device says ${at}.`,
        remedy,
        command,
        evidence,
      }),
    ];
  }
  if (Date.parse(validFrom) <= Date.parse(at)) return [];
  return [
    finding(early, {
      title: `${what}, ${subject}, is not valid before ${validFrom}`,
      explanation: `The clock of this device says ${at}. Certificates are seldom made for later: one of the two clocks is wrong.`,
      remedy: 'Set the clocks of this device and of the gateway (NTP).',
      command: 'timedatectl',
      evidence,
    }),
  ];
}

module.exports = { judgeDates };

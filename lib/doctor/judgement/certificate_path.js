// @ts-check
'use strict';

const { isIP } = require('node:net');
const { finding } = require('../causes');
const { INTERCEPTOR } = require('../../failures/interceptor');
const { endpointOf, fieldOf } = require('../endpoint');
const { word } = require('../shell');
const { MODULE, isOfHub, isStranger } = require('./certificate_name');
const { judgeConstruction } = require('./certificate_construction');
const { judgeWeakness } = require('./certificate_weakness');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').ExaminedCertificate} ExaminedCertificate */
/** @typedef {import('../../..').ChainFacts} ChainFacts */

/** A gateway without configured certificates makes its own CA (contract edge-gateway.md §6.3). */
const QUICK_START = /^CN=(aziot-edge CA|iotedged workload ca)\b/;
const INTERMEDIATE = /intermediate|issuing|subordinate|\bsub-?ca\b|policy ca|device ca|\.ca\b|tier ?[23]/i;

/** @param {DiagnosisFacts} facts */
function judgePath(facts) {
  const chain = /** @type {ChainFacts} */ (facts.certificate);
  const { presented, path, nameFailure, pinned } = chain;
  const pathFailure = chain.pathFailure ?? inHandshake(facts);
  if (isOfHub(presented[0]) && (nameFailure || pathFailure)) return [ofHub(facts, presented[0])];
  if (!pathFailure) return pinned ? [pinnedCertificate(presented[0])] : [];
  if (isStranger(facts)) return [isInspected(presented) ? inspected(facts) : stranger(facts)];
  const defect = judgeConstruction(facts, pathFailure) ?? judgeWeakness(facts, pathFailure);
  const top = presented[path[path.length - 1]];
  if (defect && !leadsNowhere(facts)) return [defect];
  return [...(defect ? [defect] : []), untrusted(facts, { ...chain, pathFailure }, top)];
}

/**
 * No root that was given is above the chain, whatever else is wrong with it: both have to be mended.
 *
 * @param {DiagnosisFacts} facts
 */
function leadsNowhere({ ca, certificate }) {
  return ca?.systemRoots === false && !ca.fault && !certificate?.pinned && certificate?.root === undefined;
}

/** Of many roots. */
const MOST_NAMES = 6;

/** Of these is judged apart. */
const OTHERWISE = ['certificate-wrong-name', 'certificate-expired', 'certificate-not-yet-valid'];
const OF_ROOT = ['certificate-root-expired', 'certificate-root-not-yet-valid'];

/**
 * A key that is too short shows itself only when it signs the handshake. Without a root certificate that can be used,
 * nothing is trusted, which says nothing about the chain.
 *
 * @param {DiagnosisFacts} facts
 */
function inHandshake({ tls, ca, certificate }) {
  const { failure } = tls ?? {};
  if (!failure?.kind.startsWith('certificate-') || ca?.fault) return undefined;
  const apart = certificate?.root === undefined ? OTHERWISE : [...OTHERWISE, ...OF_ROOT];
  return apart.includes(failure.kind) ? undefined : failure;
}

/**
 * No way leads from the chain to a root.
 *
 * @param {DiagnosisFacts} facts
 * @param {ChainFacts} chain
 * @param {ExaminedCertificate} top The last certificate of the path.
 */
function untrusted(facts, chain, top) {
  const { ca } = facts;
  const { presented, namesake, pathFailure } = chain;
  const given = ca?.roots ?? [];
  const evidence = {
    issuer: top.issuer,
    top: top.subject,
    presented: presented.map(({ subject }) => subject),
    roots: given.slice(0, MOST_NAMES).map(({ subject }) => subject),
  };
  const leaf = given.find((each) => !each.ca && !each.selfSigned);
  if (leaf && namesake === undefined) return serverGiven(leaf, presented[0], evidence);
  if (namesake !== undefined) return replaced(top, given[namesake], evidence);
  if (chain.sentNamesake !== undefined)
    return intermediateReplaced(top, presented[chain.sentNamesake], evidence);
  if (ca?.systemRoots && pathFailure?.kind === 'certificate-bad-signature') {
    return replaced(top, undefined, evidence);
  }
  if (isInspected(presented)) return inspected(facts);
  if (ca?.systemRoots && !INTERMEDIATE.test(top.issuer)) {
    return finding('root-not-given', {
      title: `No root certificate is given, and the system does not know the issuer ${top.issuer}`,
      explanation:
        'The root of a gateway is made by its operator; no system knows it until it is installed or given to the client.',
      remedy: `${rootOf(top)} and give it: ca: '<path>', or install it as below.`,
      command:
        'sudo cp <root>.pem /usr/local/share/ca-certificates/edge-root.crt && sudo update-ca-certificates',
      evidence,
    });
  }
  if (misses(chain, top)) {
    return finding('intermediate-missing', {
      title: `The gateway does not send the intermediate certificate ${top.issuer}`,
      explanation: `What it sends ends at ${top.subject}, and ${ca?.systemRoots ? 'the roots of the system do' : `the root given, ${names(given)}, does`} not reach that far. The chain must be complete, less the root.`,
      remedy:
        'Put the whole chain into the edge CA file of the gateway: device CA first, then the intermediates (cat device-ca.pem intermediate.pem > full-chain.pem), and apply.',
      command: 'sudo iotedge config apply',
      evidence,
    });
  }
  return finding('root-wrong', {
    title: `The root certificate given, ${names(given)}, is not the one of this gateway, which is issued by ${top.issuer}`,
    explanation: QUICK_START.test(top.issuer)
      ? 'The gateway has no configured certificates: it made a CA of its own, which is its root and which it replaces within 90 days.'
      : (notRoot(given) ??
        'Another root was given, or this is another gateway; or the gateway sends an incomplete chain.'),
    remedy: `${rootOf(top)} and give that one to the device.`,
    command: SHOW_ROOT,
    evidence,
  });
}

/**
 * @param {ExaminedCertificate[]} given
 * @returns {string | undefined} That it is no root, if it is none.
 */
function notRoot(given) {
  const [{ subject, issuer, selfSigned }] = given;
  if (given.length > 1 || selfSigned) return undefined;
  return `${subject} is no root: ${issuer} issued it. Of a device CA there are as many as gateways, and each is replaced now and then.`;
}

/**
 * @param {ExaminedCertificate} top
 * @param {ExaminedCertificate} sent
 * @param {Record<string, string | string[]>} evidence
 */
function intermediateReplaced(top, sent, evidence) {
  return finding('intermediate-replaced', {
    title: `The gateway sends a CA certificate ${sent.subject} with another key than the one that issued ${top.subject}`,
    explanation:
      'The names fit, the signature does not: the CA was made anew under the same name, and the chain file still holds the old one.',
    remedy:
      'Put the current certificate of that CA into the edge CA file of the gateway, in place of the old one.',
    command: 'sudo iotedge config apply',
    evidence: { ...evidence, fingerprint: sent.fingerprint },
  });
}

/** To be run where the root is, and compared: what a stranger presents proves nothing. */
const SHOW_ROOT = 'openssl x509 -in <root>.pem -noout -subject -fingerprint -sha256';

/** @param {DiagnosisFacts} facts */
function inspected(facts) {
  const { presented, path } = /** @type {ChainFacts} */ (facts.certificate);
  const top = presented[path[path.length - 1]];
  return finding('interception', {
    title: `Something on the way answers in place of the gateway, with a certificate issued by ${top.issuer}`,
    explanation: `The certificate is not one of edgeHub, which always carries the name ${MODULE}; a proxy or firewall that inspects TLS makes such certificates.`,
    remedy: `Have connections to ${endpointOf(facts)} excepted from inspection.`,
    evidence: { issuer: top.issuer, presented: presented.map(({ subject }) => subject) },
  });
}

/** @param {DiagnosisFacts} facts */
function stranger(facts) {
  const { presented } = /** @type {ChainFacts} */ (facts.certificate);
  const [{ subject, issuer, names, commonName, fingerprint }] = presented;
  const { host = 'the gateway' } = facts.connectionString ?? {};
  const shown = names.map((name) => name.replace(/^(DNS|IP):/, '')).slice(0, MOST_NAMES);
  return finding('not-the-gateway', {
    title: `What answers at ${endpointOf(facts)} is not your gateway: its certificate is for ${shown.join(', ') || commonName || subject}, and comes from ${issuer}`,
    explanation: facts.name?.own
      ? `Neither the name nor the issuer is right, and ${host} leads to this device itself.`
      : 'Neither the name nor the issuer is right. A proxy answers in place of the gateway, or the name leads to another host.',
    remedy: `Check ${fieldOf(facts)}, and where ${host} leads: DNS, /etc/hosts, a proxy or a login page of the network. Do not trust what is presented there.`,
    command: isIP(host) ? undefined : `getent hosts ${word(host)}`,
    evidence: { subject, issuer, names, fingerprint },
  });
}

/** @param {ExaminedCertificate} top */
function rootOf(top) {
  return QUICK_START.test(top.issuer)
    ? 'Copy that CA from the gateway (/var/lib/aziot/certd/certs)'
    : 'Take the root from the operator of the gateway';
}

/**
 * An intermediate is missing if the issuer's name says that it is one; or if nothing but the server certificate was sent
 * though its issuer is no root.
 *
 * @param {ChainFacts} chain
 * @param {ExaminedCertificate} top
 */
function misses({ path }, top) {
  if (top.selfSigned || QUICK_START.test(top.issuer)) return false;
  return INTERMEDIATE.test(top.issuer) || (path.length === 1 && !/\broot\b/i.test(top.issuer));
}

/** @param {ExaminedCertificate[]} presented */
function isInspected(presented) {
  if (presented[0].names.includes(`DNS:${MODULE}`)) return false;
  return presented.some(({ subject, issuer }) => INTERCEPTOR.test(`${issuer}\n${subject}`));
}

/**
 * @param {DiagnosisFacts} facts
 * @param {ExaminedCertificate} server
 */
function ofHub(facts, server) {
  return finding('certificate-of-hub', {
    title: `What answers at ${endpointOf(facts)} is an IoT hub (${server.commonName ?? server.names[0]}), not a gateway`,
    explanation: 'The certificate is one of IoT Hub: the name of the gateway leads to the hub.',
    remedy: `Correct ${fieldOf(facts)}, or the entry of that name in DNS or /etc/hosts.`,
    evidence: { subject: server.subject, names: server.names, fingerprint: server.fingerprint },
  });
}

/** @param {ExaminedCertificate} server */
function pinnedCertificate({ subject, validTo, fingerprint }) {
  return finding('certificate-pinned', {
    title: `The certificate given as root is the gateway's own, ${subject}: it serves until ${validTo}`,
    explanation:
      'The device trusts exactly this certificate. edgeHub replaces its own within 30 days, and then the device will not connect any more.',
    remedy: 'Give the root certificate instead, copied from the gateway itself or from its operator.',
    evidence: { subject, validTo, fingerprint },
  });
}

/**
 * @param {ExaminedCertificate} leaf
 * @param {ExaminedCertificate} server
 * @param {Record<string, string | string[]>} evidence
 */
function serverGiven(leaf, server, evidence) {
  const same = leaf.subject === server.subject;
  return finding('ca-is-server-certificate', {
    title: `What is given as root, ${leaf.subject}, is a server certificate, not a CA`,
    explanation: `${same ? 'It is an earlier certificate of this gateway, which has a new one by now. ' : ''}A server certificate issues nothing. What openssl s_client shows first is that of the server; the root is usually not shown at all.`,
    remedy: 'Give the root certificate, copied from the gateway itself or from its operator.',
    evidence: { ...evidence, fingerprint: leaf.fingerprint },
  });
}

/**
 * @param {ExaminedCertificate} top
 * @param {ExaminedCertificate | undefined} root Unknown if it lies in the store of the system.
 * @param {Record<string, string | string[]>} evidence
 */
function replaced(top, root, evidence) {
  const quickStart = QUICK_START.test(top.issuer);
  const { fingerprint } = root ?? {};
  const given = root ? 'The root certificate given' : 'The root certificate that the system holds';
  const old = root ? 'Its fingerprint must be another.' : 'Install it in place of the old one.';
  return finding('root-replaced', {
    title: `${given} has the right name, ${top.issuer}, but another key: it is an old one`,
    explanation: quickStart
      ? 'A gateway without configured certificates makes itself a new CA of the same name within 90 days.'
      : root?.selfSigned === false
        ? `It is a device CA, issued by ${root.issuer}, and was made anew on the gateway. The root above it stays the same.`
        : 'The root was made anew on the gateway under the same name (certGen.sh does that whenever it runs), or this is another gateway with demo certificates.',
    remedy:
      root?.selfSigned === false
        ? `Give the root, ${root.issuer}, instead: copy it from the gateway itself or from its operator.`
        : `Copy the current root certificate from the gateway itself to this device. ${old}`,
    command: SHOW_ROOT,
    evidence: { ...evidence, ...(fingerprint && { fingerprint }) },
  });
}

/** @param {ExaminedCertificate[]} certificates */
function names(certificates) {
  const more = certificates.length - MOST_NAMES;
  const shown = certificates.slice(0, MOST_NAMES).map(({ subject }) => subject);
  return shown.join('; ') + (more > 0 ? ` and ${more} more` : '');
}

module.exports = { judgePath };

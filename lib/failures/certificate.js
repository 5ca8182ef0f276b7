// @ts-check
'use strict';

const { isIP } = require('node:net');
const { NotConnectedError } = require('../vocabulary/errors');
const {
  bareNameOf,
  isOfEdgeHub,
  isoDate,
  leafOf,
  listed,
  nameOf,
  namesOf,
  originOf,
  reachableNameOf,
} = require('./presented');
const { verdictInWords } = require('./verdict_words');

/** @typedef {import('./circumstances').Circumstances} Circumstances */
/** @typedef {import('node:crypto').X509Certificate} X509Certificate */

/**
 * A clock that is behind by less than this was set by hand or to another time zone; a certificate that begins later
 * than that was made for later. Milliseconds.
 */
const LITTLE_MS = 24 * 3600 * 1000;

/** IoT Hub's own names (contract edge-gateway.md §10.2, row 4). */
const HUB_NAME = /\.azure-devices\.(net|us|cn|de)\.?$/i;

/**
 * The verdict on a gateway's certificate: dates, names, purpose. Who issued it is judged in `issuer.js`.
 *
 * @type {import('./connection_failure').Row[]}
 */
const ROWS = [
  {
    kind: /^certificate-/,
    when: ({ leaf }) => leaf === undefined,
    code: 'ERR_IOT_CERT_UNREADABLE',
    type: NotConnectedError,
    message: ({ at, detail }) =>
      `The certificate of the gateway at ${at} cannot be read: ${verdictInWords(detail)}`,
    remedy: 'Have it made anew.',
  },
  {
    kind: ['certificate-not-yet-valid', 'certificate-root-not-yet-valid'],
    when: isClockBehind,
    certificate: notYetValid,
    code: 'ERR_IOT_CLOCK',
    type: NotConnectedError,
    message: ({ now }, certificate) =>
      `The clock of this device says ${isoDate(now)}, and the certificate ${originOf(certificate)} is valid from ${isoDate(certificate.validFrom)}`,
    remedy: 'The clock is behind: set it (NTP), and mind the time zone.',
  },
  {
    kind: ['certificate-not-yet-valid', 'certificate-root-not-yet-valid'],
    certificate: notYetValid,
    code: 'ERR_IOT_CERT_NOT_YET_VALID',
    type: NotConnectedError,
    message: (_, certificate) =>
      `The certificate ${originOf(certificate)} is not valid before ${isoDate(certificate.validFrom)}`,
    remedy: ({ now }) => `Set the clock of this device, which says ${isoDate(now)}, or that of the gateway.`,
  },
  {
    kind: 'certificate-root-expired',
    certificate: rootOf,
    code: 'ERR_IOT_CERT_ROOT_EXPIRED',
    type: NotConnectedError,
    message: ({ caIsGiven }, root) =>
      `The root ${nameOf(root)} ${caIsGiven ? 'given as ca' : 'in the system store'} expired on ${isoDate(root.validTo)}`,
    remedy: ({ now }) =>
      `Copy the current root certificate of the gateway to this device, or set its clock, which says ${isoDate(now)}.`,
  },
  {
    kind: 'certificate-root-not-authority',
    certificate: rootOf,
    code: 'ERR_IOT_CERT_ROOT_NOT_CA',
    type: NotConnectedError,
    message: ({ top }, root) =>
      `${nameOf(top)} was issued by ${nameOf(root)}, which is trusted but is not the certificate of a CA`,
    remedy:
      'Only a certificate with CA:TRUE may vouch for another: have the root of the gateway made anew (keyUsage keyCertSign).',
  },
  {
    kind: 'certificate-root-wrong-purpose',
    certificate: rootOf,
    code: 'ERR_IOT_CERT_ROOT_PURPOSE',
    type: NotConnectedError,
    message: (_, root) =>
      `The root ${nameOf(root)} is not for servers: its extended key usage allows others only`,
    remedy: 'Have the root of the gateway made anew without extended key usage, or with serverAuth in it.',
  },
  {
    kind: 'certificate-root-extension',
    certificate: rootOf,
    code: 'ERR_IOT_CERT_ROOT_EXTENSION',
    type: NotConnectedError,
    message: ({ detail }, root) =>
      `The root ${nameOf(root)} limits its use in a way that is not known here: ${detail}`,
    remedy: 'Have the root of the gateway made anew without that extension, or not critical.',
  },
  {
    kind: 'certificate-root-path-length',
    certificate: rootOf,
    code: 'ERR_IOT_CERT_ROOT_PATH_LENGTH',
    type: NotConnectedError,
    message: ({ detail }, root) => `The root ${nameOf(root)} stands too far above the gateway: ${detail}`,
    remedy: 'Have the root made anew with a larger path length (pathlen), or without one.',
  },
  {
    kind: 'certificate-name-not-permitted',
    certificate: leafOf,
    code: 'ERR_IOT_CERT_NAME_NOT_PERMITTED',
    type: NotConnectedError,
    message: (_, leaf) =>
      `A CA above the certificate ${originOf(leaf)} does not permit its names: ${listed(namesOf(leaf)) || bareNameOf(leaf)}`,
    remedy:
      'Its name constraints must permit every name of the gateway: have the CA or the certificate made anew.',
  },
  {
    kind: 'certificate-chain-too-long',
    certificate: leafOf,
    code: 'ERR_IOT_CERT_CHAIN_TOO_LONG',
    type: NotConnectedError,
    message: ({ at, detail }) => `The certificates presented at ${at} are more than a gateway has: ${detail}`,
    remedy:
      'The edge CA file on the gateway must hold the device CA and its intermediates, each once, and no more.',
  },
  {
    kind: 'certificate-expired',
    certificate: expired,
    code: 'ERR_IOT_CERT_EXPIRED',
    type: NotConnectedError,
    message: (_, certificate) =>
      `The certificate ${originOf(certificate)} expired on ${isoDate(certificate.validTo)}`,
    remedy: ({ now }) =>
      `Renew it on the gateway, or set the clock of this device, which says ${isoDate(now)}.`,
  },
  {
    kind: ['certificate-wrong-name', 'certificate-unknown-issuer', 'certificate-bad-signature'],
    when: ({ leaf }) => namesOf(leaf).some((name) => HUB_NAME.test(name)),
    certificate: leafOf,
    code: 'ERR_IOT_CERT_OF_HUB',
    type: NotConnectedError,
    message: ({ at }, leaf) =>
      `What answers at ${at} is IoT Hub and no gateway: its certificate is for ${listed(namesOf(leaf))}`,
    remedy: 'GatewayHostName must name the gateway, HostName the hub.',
  },
  {
    kind: 'certificate-wrong-name',
    when: ({ leaf }) => leaf.subjectAltName === undefined,
    certificate: leafOf,
    code: 'ERR_IOT_CERT_NO_SAN',
    type: NotConnectedError,
    message: ({ host }, leaf) =>
      `The certificate ${originOf(leaf)} is not for ${host}: it has no subject alternative names`,
    remedy: ({ host }, leaf) =>
      `Only those count; ${bareNameOf(leaf) ?? 'its common name'} in CN does not. Have it made anew with ` +
      `subjectAltName=${isIP(host) ? 'IP' : 'DNS'}:${host}.`,
  },
  {
    kind: 'certificate-wrong-name',
    certificate: leafOf,
    code: 'ERR_IOT_CERT_NAME',
    type: NotConnectedError,
    message: ({ host }, leaf) =>
      `The certificate of the gateway is not for ${host}: it is for ${listed(namesOf(leaf))}`,
    remedy: useOtherName,
  },
  {
    kind: 'certificate-wrong-purpose',
    certificate: leafOf,
    code: 'ERR_IOT_CERT_PURPOSE',
    type: NotConnectedError,
    message: (_, leaf) => `The certificate ${originOf(leaf)} is not made for servers (extended key usage)`,
    remedy: 'Check that the gateway presents its server certificate.',
  },
];

/** @param {Circumstances} circumstances */
function notYetValid({ root, chain, now }) {
  return root ?? chain.find(({ validFrom }) => new Date(validFrom) > now) ?? chain[0];
}

/** @param {Circumstances} circumstances */
function isClockBehind(circumstances) {
  const behind = Date.parse(notYetValid(circumstances).validFrom) - circumstances.now.getTime();
  return circumstances.clockIsUnset || behind < LITTLE_MS;
}

/** @param {Circumstances} circumstances */
function expired({ chain, now }) {
  return chain.find(({ validTo }) => new Date(validTo) < now) ?? chain[0];
}

/** @param {Circumstances} circumstances */
function rootOf({ root, top }) {
  return root ?? top;
}

/**
 * @param {Circumstances} circumstances
 * @param {X509Certificate} leaf Its issuer is trusted.
 */
function useOtherName({ host, caIsGiven }, leaf) {
  if (isIP(host) && namesOf(leaf).includes(host)) {
    return `It has the address as a DNS name, which does not count: have it made anew with subjectAltName=IP:${host}.`;
  }
  // The system trusts the issuers of the whole internet, whose hosts are no gateways.
  if (!caIsGiven && !isOfEdgeHub(leaf)) {
    return `Check that ${host} leads to the gateway (DNS, /etc/hosts), and not to another host; then set hostname on the gateway to ${host}.`;
  }
  const other = reachableNameOf(leaf);
  return other === undefined
    ? 'Set hostname in the config.toml of the gateway and apply it.'
    : `Use GatewayHostName=${other} if this device can resolve that name, or set hostname on the gateway to ${host}.`;
}

module.exports = { HUB_NAME, ROWS };

// @ts-check
'use strict';

const { ArgumentError, UnauthorizedError } = require('../vocabulary/errors');
const { bareNameOf, commonName, isSelfIssued, nameOf } = require('./presented');

/** @typedef {import('./circumstances').Circumstances} Circumstances */
/** @typedef {import('node:crypto').X509Certificate} X509Certificate */

/** The CONNACK codes that mean the device, not the gateway (MQTT 3.1.1 §3.2.2.3). */
const UNAUTHORIZED = [2, 4, 5];

/** A slow refusal points to it: the gateway asks the hub about a device it does not know. */
const ALSO = 'See also that the device is enabled, with this gateway as parent.';

/**
 * What a gateway makes of the device's certificate (contract edge-gateway.md §2.3b).
 *
 * @type {import('./connection_failure').Row[]}
 */
const ROWS = [
  {
    kind: 'bad-identity',
    code: 'ERR_IOT_CLIENT_KEY_TYPE',
    type: ArgumentError,
    message: ({ detail }) => `Certificate and key of the device cannot be used: ${detail}`,
    remedy: 'Make them anew: RSA of 2048 to 8192 bits, EC on P-256 or P-384, or Ed25519.',
  },
  {
    kind: ['tls', 'tls-version'],
    when: ({ detail }) => /alert/i.test(detail) && /certificate|unknown ?ca|access ?denied/i.test(detail),
    certificate: own,
    code: 'ERR_IOT_CLIENT_CERT_REFUSED',
    type: UnauthorizedError,
    message: ({ at, detail }, certificate) =>
      `What answers at ${at} does not accept the certificate of the device, ${nameOf(certificate)}: ${detail}`,
    remedy:
      'edgeHub accepts any within TLS: another server or a proxy in front of it may want one of a CA that it knows.',
  },
  {
    kind: 'refusal',
    when: (circumstances) => isUnauthorized(circumstances) && isForAnother(circumstances),
    certificate: own,
    code: 'ERR_IOT_CLIENT_CERT_NAME',
    type: UnauthorizedError,
    message: ({ at, device, native }, certificate) =>
      `The gateway at ${at} refused device ${device} (CONNACK ${native.code}): its certificate is for ${nameOf(certificate)}`,
    remedy: ({ device }) =>
      `A certificate that a CA signed must have the device id as common name, letter for letter: CN=${device.replaceAll('"', '')}.`,
  },
  {
    kind: 'refusal',
    when: (circumstances) => isUnauthorized(circumstances) && circumstances.clientChain.length === 1,
    certificate: ownOfCa,
    code: 'ERR_IOT_CLIENT_CERT_CHAIN',
    type: UnauthorizedError,
    message: ({ at, device, native }, certificate) =>
      `The gateway at ${at} refused device ${device} (CONNACK ${native.code}): it was shown no certificate above that of the device, which ${commonName(certificate.issuer)} signed`,
    remedy: (_, certificate) =>
      `Append the intermediates to cert, beginning with ${commonName(certificate.issuer)}. ` +
      `Or register the thumbprint ${thumbprintOf(certificate)}. ${ALSO}`,
  },
  {
    kind: 'refusal',
    when: isUnauthorized,
    certificate: ownOfItself,
    code: 'ERR_IOT_CLIENT_CERT_THUMBPRINT',
    type: UnauthorizedError,
    message: ({ at, device, native }, certificate) =>
      `The gateway at ${at} refused device ${device} (CONNACK ${native.code}): its certificate may not be registered, by the thumbprint ${thumbprintOf(certificate)}`,
    remedy: (_, certificate) =>
      `Register it as primary or secondary thumbprint of the device (SHA-256; or SHA-1 ${certificate.fingerprint.replaceAll(':', '')}). ${ALSO}`,
  },
  {
    kind: 'refusal',
    when: isUnauthorized,
    certificate: own,
    code: 'ERR_IOT_CLIENT_CERT_UNTRUSTED',
    type: UnauthorizedError,
    message: ({ at, device, native, clientChain }) =>
      `The gateway at ${at} refused device ${device} (CONNACK ${native.code}): it may not trust ${commonName(clientChain[clientChain.length - 1].issuer)}, which its chain ends at`,
    remedy: `The root of its chain belongs in the trust bundle of the gateway (config.toml: trust_bundle_cert), and the device must be registered as CA-signed. ${ALSO}`,
  },
];

/** @param {Circumstances} circumstances */
function isUnauthorized({ native, target }) {
  return target.clientChain !== undefined && UNAUTHORIZED.includes(/** @type {number} */ (native.code));
}

/** @param {Circumstances} circumstances */
function own({ clientChain }) {
  return clientChain[0];
}

/** @param {Circumstances} circumstances */
function ownOfCa({ clientChain: [leaf] }) {
  return leaf && !isSelfIssued(leaf) ? leaf : undefined;
}

/** @param {Circumstances} circumstances */
function ownOfItself({ clientChain: [leaf] }) {
  return leaf && isSelfIssued(leaf) ? leaf : undefined;
}

/**
 * The common name is compared where a CA signed; a thumbprint says it all.
 *
 * @param {Circumstances} circumstances
 */
function isForAnother(circumstances) {
  const leaf = ownOfCa(circumstances);
  return leaf !== undefined && bareNameOf(leaf) !== circumstances.target.clientId;
}

/** @param {X509Certificate} certificate */
function thumbprintOf({ fingerprint256 }) {
  return fingerprint256.replaceAll(':', '');
}

module.exports = { ROWS };

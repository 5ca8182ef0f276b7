// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');
const { weaknessOf } = require('../failures/weakness');
const { nameConstraintsOf } = require('./name_constraints');

/** @typedef {import('../..').ExaminedCertificate} ExaminedCertificate */

const DAY_MS = 86_400_000;

/** Extended key usages by object identifier; others are told by theirs. */
const PURPOSES = /** @type {Record<string, string>} */ ({
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.9': 'OCSPSigning',
  '2.5.29.37.0': 'any',
});

/** Curves by the name OpenSSL gives them. */
const CURVES = /** @type {Record<string, string>} */ ({
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
});

/**
 * @param {Buffer} der
 * @returns {X509Certificate | undefined} What Node cannot read is not there.
 */
function parseCertificate(der) {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

/**
 * What is written in a certificate.
 *
 * @param {X509Certificate} certificate
 * @param {number} now Milliseconds since 1970.
 * @returns {ExaminedCertificate}
 */
function certificateFacts(certificate, now) {
  const validTo = new Date(certificate.validTo);
  const commonName = /^CN=(.*)$/m.exec(certificate.subject ?? '')?.[1];
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    ...(commonName !== undefined && { commonName }),
    names: namesOf(certificate),
    validFrom: isoTime(new Date(certificate.validFrom)),
    validTo: isoTime(validTo),
    daysLeft: Math.floor((validTo.getTime() - now) / DAY_MS),
    key: keyOf(certificate),
    fingerprint: certificate.fingerprint256,
    serialNumber: certificate.serialNumber,
    ca: certificate.ca,
    selfSigned: isSelfSigned(certificate),
    purposes: (certificate.keyUsage ?? []).map((identifier) => PURPOSES[identifier] ?? identifier),
    ...weakness(certificate),
    ...permittedNames(certificate),
    pem: certificate.toString(),
  };
}

/** @param {string | undefined} name `CN=gateway.local\nO=…`; a certificate may have none. */
function oneLine(name) {
  return (name ?? '').split('\n').join(', ');
}

/** @param {X509Certificate} certificate */
function namesOf({ subjectAltName }) {
  const entries = subjectAltName ? subjectAltName.split(', ') : [];
  return entries.map((entry) => entry.replace(/^IP Address:/, 'IP:'));
}

/** @param {Date} date */
function isoTime(date) {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace('.000', '');
}

/** @param {X509Certificate} certificate */
function keyOf(certificate) {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
    const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {};
    if (modulusLength) return `RSA ${modulusLength}`;
    if (namedCurve) return `EC ${CURVES[namedCurve] ?? namedCurve}`;
    return String(asymmetricKeyType);
  } catch {
    return 'unknown';
  }
}

/** @param {X509Certificate} certificate */
function permittedNames({ raw }) {
  const constraints = nameConstraintsOf(raw);
  return constraints && { permittedNames: constraints.permitted };
}

/** @param {X509Certificate} certificate */
function weakness(certificate) {
  try {
    const fault = weaknessOf(certificate);
    return fault === undefined ? {} : { weakness: fault };
  } catch {
    // A key that Node cannot read.
    return {};
  }
}

/** @param {X509Certificate} certificate */
function isSelfSigned(certificate) {
  return certificate.subject === certificate.issuer && isSignedBy(certificate, certificate);
}

/**
 * @param {X509Certificate} certificate
 * @param {X509Certificate} issuer
 */
function isSignedBy(certificate, issuer) {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

module.exports = { parseCertificate, certificateFacts, isSignedBy, isoTime };

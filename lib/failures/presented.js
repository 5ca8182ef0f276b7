// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');
const { isIP } = require('node:net');

/** Node's X509Certificate only reads what is written in the certificates; the verdict is the core's. */

/** Names beyond this many are counted, not listed. */
const MOST_NAMES = 6;
/** The name every edgeHub has in its certificate besides the gateway's own (contract edge-gateway.md §6.2). */
const EDGE_HUB = 'edgeHub';

/**
 * @param {Buffer} der
 * @returns {X509Certificate[]} None where Node cannot read it.
 */
function parse(der) {
  try {
    return [new X509Certificate(der)];
  } catch {
    return [];
  }
}

/**
 * The last certificate of the path that begins with the leaf; the order they were sent in does not count.
 *
 * @param {X509Certificate[]} chain
 */
function topOf(chain) {
  let top = chain[0];
  for (let steps = 0; steps < chain.length; steps++) {
    const issuer = chain.find((each) => each.subject === top.issuer && each.subject !== top.subject);
    if (!issuer) break;
    top = issuer;
  }
  return top;
}

/** @param {{ leaf: X509Certificate }} circumstances */
function leafOf({ leaf }) {
  return leaf;
}

/** @param {X509Certificate} certificate */
function isSelfIssued({ subject, issuer }) {
  return subject === issuer;
}

/**
 * @param {X509Certificate} certificate
 * @returns {string} `"CN=gateway.local"`
 */
function nameOf({ subject }) {
  return commonName(subject);
}

/**
 * @param {X509Certificate} certificate
 * @returns {string} `"CN=gateway.local", issued by "CN=edge.ca",`, or less where both are the same.
 */
function originOf(certificate) {
  if (isSelfIssued(certificate)) return nameOf(certificate);
  return `${nameOf(certificate)}, issued by ${commonName(certificate.issuer)},`;
}

/** @param {X509Certificate} certificate */
function issuerOf(certificate) {
  return isSelfIssued(certificate) ? 'itself' : commonName(certificate.issuer);
}

/** @param {string | undefined} name `CN=gateway.local\nO=…`; Node has none for an empty one. */
function commonName(name = '') {
  const cn = /^CN=(.*)$/m.exec(name)?.[1];
  return JSON.stringify(cn === undefined ? name.replaceAll('\n', ', ') : `CN=${cn}`);
}

/**
 * @param {X509Certificate} certificate
 * @returns {string | undefined} The common name alone.
 */
function bareNameOf({ subject }) {
  return /^CN=(.*)$/m.exec(subject ?? '')?.[1];
}

/**
 * The subject alternative names.
 *
 * @param {X509Certificate} certificate
 * @returns {string[]}
 */
function namesOf({ subjectAltName }) {
  const entries = subjectAltName?.split(', ') ?? [];
  return entries.map((entry) => entry.replace(/^(DNS|IP Address):/, ''));
}

/**
 * @param {string[]} names
 * @returns {string} `a, b, c and 20 more`
 */
function listed(names) {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/**
 * @param {X509Certificate} certificate
 * @returns {boolean} It looks like one that an IoT Edge gateway made for itself.
 */
function isOfEdgeHub(certificate) {
  return namesOf(certificate).includes(EDGE_HUB);
}

/**
 * @param {X509Certificate} certificate
 * @returns {string | undefined} A name by which a device may reach the gateway.
 */
function reachableNameOf(certificate) {
  return namesOf(certificate).find((name) => name !== EDGE_HUB && !name.includes('*'));
}

/**
 * @param {X509Certificate} certificate
 * @param {string} host A name or an address.
 * @returns {boolean} It carries this host, be it in a way that a verifier does not accept: an address as a name, or a name
 *   in CN alone.
 */
function carries(certificate, host) {
  const names = namesOf(certificate);
  if (names.length === 0) return bareNameOf(certificate)?.toLowerCase() === host.toLowerCase();
  if (names.includes(host)) return true;
  const found = isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host, { subject: 'never' });
  return found !== undefined;
}

/** @param {string | Date} date */
function isoDate(date) {
  return new Date(date).toISOString().replace(/\.\d+/, '');
}

/**
 * @param {X509Certificate} certificate
 */
function factsOf(certificate) {
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    names: namesOf(certificate),
    validFrom: isoDate(certificate.validFrom),
    validTo: isoDate(certificate.validTo),
    /** SHA-256, in hexadecimal with colons. */
    fingerprint: certificate.fingerprint256,
  };
}

module.exports = {
  bareNameOf,
  carries,
  commonName,
  factsOf,
  isOfEdgeHub,
  isSelfIssued,
  isoDate,
  issuerOf,
  leafOf,
  listed,
  nameOf,
  namesOf,
  originOf,
  parse,
  reachableNameOf,
  topOf,
};

// @ts-check
'use strict';

const net = require('node:net');
const der = require('./der');

/** Of RFC 5280 §4.2. */
const OID = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
};

/** Purposes of an extended key usage (RFC 5280 §4.2.1.12). */
const USAGES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' };

/** Tags of a name (RFC 5280 §4.2.1.6) and of the key of an issuer (§4.2.1.1). */
const DNS_NAME = 2;
const IP_ADDRESS = 7;
const KEY_IDENTIFIER = 0;

/**
 * @typedef {object} Extension
 * @property {string} oid
 * @property {boolean} critical
 * @property {Buffer} value DER
 */

/**
 * Extensions of a CA as certGen.sh writes them; those of a quick-start gateway have a path length and do not sign
 * revocation lists.
 * @param {{ pathLength?: number, signsLists?: boolean }} [options]
 * @returns {Extension[]}
 */
function authorityExtensions({ pathLength, signsLists = true } = {}) {
  return [constraints(pathLength), critical(OID.keyUsage, keyUsageOfAuthority(signsLists))];
}

/**
 * digitalSignature (bit 0), keyCertSign (5) and perhaps cRLSign (6); zero bits at the end are left out.
 * @param {boolean} signsLists
 */
function keyUsageOfAuthority(signsLists) {
  return signsLists ? der.bitString(Buffer.from([0x86]), 1) : der.bitString(Buffer.from([0x84]), 2);
}

/** @param {number} [pathLength] at most 127 */
function constraints(pathLength) {
  const limit = pathLength === undefined ? [] : [der.integer(Buffer.from([pathLength]))];
  return critical(OID.basicConstraints, der.sequence(der.boolean(true), ...limit));
}

/**
 * Extensions of an end entity. edgeHub's certificate has names and serverAuth, and neither basicConstraints nor
 * keyUsage.
 * @param {object} options
 * @param {string[] | false} options.names host names and IP addresses; `dns:` before one makes it a host name
 * @param {Array<keyof typeof USAGES> | false} options.usages
 * @param {boolean} [options.authority] claims to be a CA
 * @returns {Extension[]}
 */
function endEntityExtensions({ names, usages, authority = false }) {
  const extensions = [];
  if (authority) extensions.push(constraints());
  if (names) extensions.push(extension(OID.subjectAltName, der.sequence(...names.map(generalName))));
  if (usages) {
    const purposes = usages.map((usage) => der.objectIdentifier(USAGES[usage]));
    extensions.push(extension(OID.extKeyUsage, der.sequence(...purposes)));
  }
  return extensions;
}

/**
 * @param {Buffer} own of the subject's key
 * @param {Buffer} issuers
 * @returns {Extension[]}
 */
function keyIdentifiers(own, issuers) {
  return [
    extension(OID.subjectKeyIdentifier, der.octetString(own)),
    extension(OID.authorityKeyIdentifier, der.sequence(der.implicit(KEY_IDENTIFIER, issuers))),
  ];
}

/**
 * @param {string} oid
 * @param {Buffer} value DER
 * @returns {Extension}
 */
const extension = (oid, value) => ({ oid, critical: false, value });

/**
 * @param {string} oid
 * @param {Buffer} value DER
 * @returns {Extension}
 */
const critical = (oid, value) => ({ oid, critical: true, value });

/**
 * @param {Extension} extension
 */
function encode({ oid, critical, value }) {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.objectIdentifier(oid), ...flag, der.octetString(value));
}

/**
 * @param {string} value host name, or IP address in any notation
 */
function generalName(value) {
  if (value.startsWith('dns:')) return der.implicit(DNS_NAME, Buffer.from(value.slice('dns:'.length)));
  if (net.isIPv4(value)) return der.implicit(IP_ADDRESS, Buffer.from(value.split('.').map(Number)));
  return net.isIPv6(value)
    ? der.implicit(IP_ADDRESS, octetsOfIPv6(value))
    : der.implicit(DNS_NAME, Buffer.from(value));
}

/**
 * @param {string} address in any notation
 */
function octetsOfIPv6(address) {
  // The URL parser writes all notations in one, that of RFC 5952.
  const [head, tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (/** @type {string | undefined} */ part) => (part ? part.split(':') : []);
  const zeros = Array(8 - groups(head).length - groups(tail).length).fill('0');
  const all = [...groups(head), ...zeros, ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

module.exports = {
  USAGES,
  authorityExtensions,
  encode,
  endEntityExtensions,
  extension,
  keyIdentifiers,
};

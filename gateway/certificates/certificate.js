// @ts-check
'use strict';

const crypto = require('node:crypto');
const net = require('node:net');
const { promisify } = require('node:util');
const der = require('./der');

const generateKeyPair = promisify(crypto.generateKeyPair);

const OID = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecdsaWithSha384: '1.2.840.10045.4.3.3',
  ecdsaWithSha512: '1.2.840.10045.4.3.4',
};

/** By curve name of OpenSSL: the digest of matching strength. */
const CURVE_SIGNATURES = {
  prime256v1: { oid: OID.ecdsaWithSha256, digest: 'sha256' },
  secp384r1: { oid: OID.ecdsaWithSha384, digest: 'sha384' },
  secp521r1: { oid: OID.ecdsaWithSha512, digest: 'sha512' },
};

/** Bit positions of KeyUsage (RFC 5280 §4.2.1.3). */
const USAGE = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 };

/**
 * @typedef {{ publicKey: crypto.KeyObject, privateKey: crypto.KeyObject }} KeyPair
 *
 * A certificate with its key.
 * @typedef {object} Issued
 * @property {string} commonName
 * @property {KeyPair} keys
 * @property {string} pem
 * @property {string} keyPem PKCS#8
 * @property {Date} notAfter
 */

/**
 * @param {string} kind `rsa-<bits>`, `P-256`, `P-384` or `P-521`
 * @returns {Promise<KeyPair>}
 * @throws {RangeError} for any other kind
 */
async function generateKeys(kind) {
  const [, bits, curve] = /^(?:rsa-(\d+)|(P-(?:256|384|521)))$/.exec(kind) || [];
  if (bits) return generateKeyPair('rsa', { modulusLength: Number(bits) });
  if (curve) return generateKeyPair('ec', { namedCurve: curve });
  throw new RangeError(`key kind '${kind}' is not one of rsa-<bits>, P-256, P-384, P-521`);
}

/**
 * Extensions of a CA: as certGen.sh writes them (contract edge-gateway.md §6.5), or, with `quickStart`, those of
 * the self-signed CA of a gateway without configured certificates (§6.3).
 * @param {{ quickStart?: boolean }} [options]
 * @returns {Buffer[]}
 */
function authorityExtensions({ quickStart = false } = {}) {
  const { digitalSignature, keyCertSign, cRLSign } = USAGE;
  const usages = quickStart ? [digitalSignature, keyCertSign] : [digitalSignature, keyCertSign, cRLSign];
  const pathLength = quickStart ? [der.integer(0)] : [];
  return [
    extension(OID.basicConstraints, der.sequence(der.yes, ...pathLength), { critical: true }),
    extension(OID.keyUsage, der.namedBits(usages), { critical: true }),
  ];
}

/**
 * Extensions of edgeHub's server certificate: names and serverAuth, and neither basicConstraints nor keyUsage
 * (contract edge-gateway.md §6.2).
 * @param {string[]} names host names and IP addresses
 * @returns {Buffer[]}
 */
function serverExtensions(names) {
  return [
    extension(OID.subjectAltName, der.sequence(...names.map(generalName))),
    extension(OID.extendedKeyUsage, der.sequence(der.objectIdentifier(OID.serverAuth))),
  ];
}

/**
 * Issues one certificate, version 3, with subject and authority key identifiers; without `issuer` it is
 * self-signed.
 * @param {object} request
 * @param {string} request.commonName
 * @param {KeyPair} request.keys
 * @param {Issued} [request.issuer]
 * @param {Buffer[]} request.extensions
 * @param {Date} request.notBefore
 * @param {Date} request.notAfter
 * @param {number | Buffer} [request.serialNumber] default 128 random bits
 * @returns {Issued}
 */
function issue({ commonName, keys, issuer, extensions, notBefore, notAfter, serialNumber = randomSerial() }) {
  const signer = issuer ? issuer.keys : keys;
  const signature = signatureOf(signer.privateKey);
  const algorithm = der.sequence(der.objectIdentifier(signature.oid), ...signature.parameters);
  const keyIdentifiers = [
    extension(OID.subjectKeyIdentifier, der.octetString(keyIdentifier(keys))),
    extension(OID.authorityKeyIdentifier, der.sequence(der.element(0x80, keyIdentifier(signer)))),
  ];
  const body = der.sequence(
    der.element(0xa0, der.integer(2)),
    der.integer(serialNumber),
    algorithm,
    name(issuer ? issuer.commonName : commonName),
    der.sequence(der.time(notBefore), der.time(notAfter)),
    name(commonName),
    publicKeyInfo(keys),
    der.element(0xa3, der.sequence(...extensions, ...keyIdentifiers)),
  );
  const signed = crypto.sign(signature.digest, body, signer.privateKey);
  return {
    commonName,
    keys,
    pem: pem('CERTIFICATE', der.sequence(body, algorithm, der.bitString(signed))),
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    notAfter,
  };
}

/**
 * @param {crypto.KeyObject} key
 * @returns {{ oid: string, digest: string, parameters: Buffer[] }}
 */
function signatureOf(key) {
  if (key.asymmetricKeyType === 'rsa') {
    return { oid: OID.sha256WithRsa, digest: 'sha256', parameters: [der.nothing] };
  }
  const curve = /** @type {keyof CURVE_SIGNATURES} */ (key.asymmetricKeyDetails?.namedCurve);
  return { ...CURVE_SIGNATURES[curve], parameters: [] };
}

/**
 * @param {string} oid
 * @param {Buffer} value
 * @param {{ critical?: boolean }} [options]
 */
function extension(oid, value, { critical = false } = {}) {
  return der.sequence(der.objectIdentifier(oid), ...(critical ? [der.yes] : []), der.octetString(value));
}

/**
 * @param {string} commonName
 */
function name(commonName) {
  return der.sequence(
    der.set(der.sequence(der.objectIdentifier(OID.commonName), der.utf8String(commonName))),
  );
}

/**
 * @param {string} value host name, or IP address
 */
function generalName(value) {
  return net.isIP(value) ? der.element(0x87, addressOctets(value)) : der.element(0x82, Buffer.from(value));
}

/**
 * @param {string} address IPv4, or IPv6 in any notation
 */
function addressOctets(address) {
  if (net.isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // The URL parser writes every IPv6 notation, embedded IPv4 included, as hexadecimal groups.
  const [head, tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (/** @type {string | undefined} */ part) => (part ? part.split(':') : []);
  const zeros = Array(8 - groups(head).length - groups(tail).length).fill('0');
  const all = [...groups(head), ...zeros, ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** @param {KeyPair} keys */
const publicKeyInfo = (keys) => keys.publicKey.export({ type: 'spki', format: 'der' });

/** @param {KeyPair} keys */
const keyIdentifier = (keys) => crypto.createHash('sha1').update(publicKeyInfo(keys)).digest();

/** A minimal positive INTEGER: the first byte is neither 0 nor above 0x7f. */
function randomSerial() {
  const bytes = crypto.randomBytes(16);
  bytes[0] = (bytes[0] & 0x3f) | 0x40;
  return bytes;
}

/**
 * @param {string} label
 * @param {Buffer} content
 */
function pem(label, content) {
  const lines = content.toString('base64').match(/.{1,64}/g) || [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

module.exports = { authorityExtensions, generateKeys, issue, serverExtensions };

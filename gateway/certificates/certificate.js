// @ts-check
'use strict';

const crypto = require('node:crypto');
const der = require('./der');
const { encode, keyIdentifiers } = require('./extensions');
const { signatureOf } = require('./keys');

const COMMON_NAME = '2.5.4.3';

/** Version 3 (RFC 5280 §4.1.2.1); version 1 is not said. */
const V3 = Buffer.from([2]);

/**
 * @typedef {import('./keys').KeyPair} KeyPair
 *
 * A certificate with its key.
 * @typedef {object} Issued
 * @property {string} commonName
 * @property {KeyPair} keys
 * @property {Buffer} keyIdentifier
 * @property {string} pem
 * @property {string} keyPem PKCS#8
 * @property {Date} notAfter
 */

/**
 * Issues one certificate with subject and authority key identifiers; without `issuer` it is self-signed. Written field
 * by field, since builders of certificates correct what edgeHub does (serial number 0) and what a faulty one has.
 * @param {object} request
 * @param {string} request.commonName
 * @param {KeyPair} request.keys
 * @param {Issued} [request.issuer]
 * @param {import('./extensions').Extension[]} request.extensions without the key identifiers
 * @param {Date} request.notBefore
 * @param {Date} request.notAfter
 * @param {Uint8Array} [request.serialNumber] content of the INTEGER; default 128 random bits
 * @param {1 | 3} [request.version] version 1 has no extensions; default 3
 * @param {import('./keys').Digest} [request.digest] default that of the issuer's key
 * @returns {Issued}
 */
function issue(request) {
  const { commonName, keys, issuer, extensions, notBefore, notAfter, version = 3, digest } = request;
  const publicKeyInfo = keys.publicKey.export({ type: 'spki', format: 'der' });
  const keyIdentifier = crypto.createHash('sha1').update(publicKeyInfo).digest();
  const signer = issuer || { commonName, keys, keyIdentifier };
  const { oid, parameters, sign } = signatureOf(signer.keys.privateKey, digest);
  const algorithm = der.sequence(der.objectIdentifier(oid), ...(parameters === null ? [der.NULL] : []));
  const all = [...extensions, ...keyIdentifiers(keyIdentifier, signer.keyIdentifier)];
  const body = der.sequence(
    ...(version === 1 ? [] : [der.explicit(0, der.integer(V3))]),
    der.integer(request.serialNumber ?? randomSerial()),
    algorithm,
    name(signer.commonName),
    der.sequence(der.time(notBefore), der.time(notAfter)),
    name(commonName),
    publicKeyInfo,
    ...(version === 1 ? [] : [der.explicit(3, der.sequence(...all.map(encode)))]),
  );
  const certificate = der.sequence(body, algorithm, der.bitString(sign(body)));
  return {
    commonName,
    keys,
    keyIdentifier,
    pem: new crypto.X509Certificate(certificate).toString(),
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    notAfter,
  };
}

/**
 * @param {string} commonName
 */
function name(commonName) {
  const attribute = der.sequence(der.objectIdentifier(COMMON_NAME), der.utf8String(commonName));
  return der.sequence(der.set(attribute));
}

/** A minimal positive INTEGER: the first byte is neither 0 nor above 0x7f. */
function randomSerial() {
  const bytes = crypto.randomBytes(16);
  bytes[0] = (bytes[0] & 0x3f) | 0x40;
  return bytes;
}

module.exports = { issue };

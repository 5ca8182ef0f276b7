// @ts-check
'use strict';

const crypto = require('node:crypto');
const { AsnConvert } = require('@peculiar/asn1-schema');
const x509 = require('@peculiar/asn1-x509');
const { extension } = require('./extensions');
const { signatureOf } = require('./keys');

const COMMON_NAME = '2.5.4.3';

/**
 * @typedef {import('./keys').KeyPair} KeyPair
 *
 * A certificate with its key.
 * @typedef {object} Issued
 * @property {string} commonName
 * @property {KeyPair} keys
 * @property {x509.SubjectKeyIdentifier} keyIdentifier
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
 * @param {x509.Extension[]} request.extensions without the key identifiers
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
  const keyIdentifier = new x509.SubjectKeyIdentifier(
    crypto.createHash('sha1').update(publicKeyInfo).digest(),
  );
  const signer = issuer || { commonName, keys, keyIdentifier };
  const authority = new x509.AuthorityKeyIdentifier({ keyIdentifier: signer.keyIdentifier });
  const { oid, parameters, sign } = signatureOf(signer.keys.privateKey, digest);
  const signatureAlgorithm = new x509.AlgorithmIdentifier({ algorithm: oid, parameters });
  const tbsCertificate = new x509.TBSCertificate({
    version: version === 1 ? x509.Version.v1 : x509.Version.v3,
    serialNumber: arrayBuffer(request.serialNumber ?? randomSerial()),
    signature: signatureAlgorithm,
    issuer: name(signer.commonName),
    validity: new x509.Validity({ notBefore, notAfter }),
    subject: name(commonName),
    subjectPublicKeyInfo: AsnConvert.parse(publicKeyInfo, x509.SubjectPublicKeyInfo),
    extensions:
      version === 1
        ? undefined
        : new x509.Extensions([
            ...extensions,
            extension(x509.id_ce_subjectKeyIdentifier, keyIdentifier),
            extension(x509.id_ce_authorityKeyIdentifier, authority),
          ]),
  });
  const body = Buffer.from(AsnConvert.serialize(tbsCertificate));
  const certificate = new x509.Certificate({
    tbsCertificate,
    signatureAlgorithm,
    signatureValue: arrayBuffer(sign(body)),
  });
  return {
    commonName,
    keys,
    keyIdentifier,
    pem: new crypto.X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString(),
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    notAfter,
  };
}

/**
 * @param {string} commonName
 */
function name(commonName) {
  const value = new x509.AttributeValue({ utf8String: commonName });
  const attribute = new x509.AttributeTypeAndValue({ type: COMMON_NAME, value });
  return new x509.Name([new x509.RelativeDistinguishedName([attribute])]);
}

/** A minimal positive INTEGER: the first byte is neither 0 nor above 0x7f. */
function randomSerial() {
  const bytes = crypto.randomBytes(16);
  bytes[0] = (bytes[0] & 0x3f) | 0x40;
  return bytes;
}

/**
 * A copy, as a Buffer may be a part of a larger one.
 * @param {Uint8Array} bytes
 */
const arrayBuffer = (bytes) => new Uint8Array(bytes).buffer;

module.exports = { issue };

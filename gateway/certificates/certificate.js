// @ts-check
'use strict';

const crypto = require('node:crypto');
const net = require('node:net');
const { promisify } = require('node:util');
const { AsnConvert, OctetString } = require('@peculiar/asn1-schema');
const x509 = require('@peculiar/asn1-x509');

const generateKeyPair = promisify(crypto.generateKeyPair);

const COMMON_NAME = '2.5.4.3';

/** By type of the key, or curve name of OpenSSL: the usual algorithm, with a digest of matching strength. */
const SIGNATURES = {
  // RFC 4055 §5 wants the parameters NULL, RFC 5758 §3.2 wants none.
  rsa: { oid: '1.2.840.113549.1.1.11', digest: 'sha256', parameters: null },
  prime256v1: { oid: '1.2.840.10045.4.3.2', digest: 'sha256', parameters: undefined },
  secp384r1: { oid: '1.2.840.10045.4.3.3', digest: 'sha384', parameters: undefined },
  secp521r1: { oid: '1.2.840.10045.4.3.4', digest: 'sha512', parameters: undefined },
};

/**
 * @typedef {{ publicKey: crypto.KeyObject, privateKey: crypto.KeyObject }} KeyPair
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
 */
function authorityExtensions({ quickStart = false } = {}) {
  const { digitalSignature, keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const constraints = new x509.BasicConstraints({ cA: true, pathLenConstraint: quickStart ? 0 : undefined });
  const usage = new x509.KeyUsage(digitalSignature | keyCertSign | (quickStart ? 0 : cRLSign));
  return [
    extension(x509.id_ce_basicConstraints, constraints, { critical: true }),
    extension(x509.id_ce_keyUsage, usage, { critical: true }),
  ];
}

/**
 * Extensions of edgeHub's server certificate: names and serverAuth, and neither basicConstraints nor keyUsage
 * (contract edge-gateway.md §6.2).
 * @param {string[]} names host names and IP addresses
 */
function serverExtensions(names) {
  return [
    extension(x509.id_ce_subjectAltName, new x509.SubjectAlternativeName(names.map(generalName))),
    extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth])),
  ];
}

/**
 * Issues one certificate, version 3, with subject and authority key identifiers; without `issuer` it is
 * self-signed. Written field by field, since builders of certificates correct what edgeHub does: serial number 0.
 * @param {object} request
 * @param {string} request.commonName
 * @param {KeyPair} request.keys
 * @param {Issued} [request.issuer]
 * @param {x509.Extension[]} request.extensions
 * @param {Date} request.notBefore
 * @param {Date} request.notAfter
 * @param {Uint8Array} [request.serialNumber] content of the INTEGER; default 128 random bits
 * @returns {Issued}
 */
function issue({ commonName, keys, issuer, extensions, notBefore, notAfter, serialNumber = randomSerial() }) {
  const publicKeyInfo = keys.publicKey.export({ type: 'spki', format: 'der' });
  const keyIdentifier = new x509.SubjectKeyIdentifier(
    crypto.createHash('sha1').update(publicKeyInfo).digest(),
  );
  const signer = issuer || { commonName, keys, keyIdentifier };
  const authority = new x509.AuthorityKeyIdentifier({ keyIdentifier: signer.keyIdentifier });
  const { oid, digest, parameters } = signatureOf(signer.keys.privateKey);
  const signatureAlgorithm = new x509.AlgorithmIdentifier({ algorithm: oid, parameters });
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: arrayBuffer(serialNumber),
    signature: signatureAlgorithm,
    issuer: name(signer.commonName),
    validity: new x509.Validity({ notBefore, notAfter }),
    subject: name(commonName),
    subjectPublicKeyInfo: AsnConvert.parse(publicKeyInfo, x509.SubjectPublicKeyInfo),
    extensions: new x509.Extensions([
      ...extensions,
      extension(x509.id_ce_subjectKeyIdentifier, keyIdentifier),
      extension(x509.id_ce_authorityKeyIdentifier, authority),
    ]),
  });
  const body = Buffer.from(AsnConvert.serialize(tbsCertificate));
  const signatureValue = arrayBuffer(crypto.sign(digest, body, signer.keys.privateKey));
  const certificate = new x509.Certificate({ tbsCertificate, signatureAlgorithm, signatureValue });
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
 * @param {crypto.KeyObject} key
 */
function signatureOf({ asymmetricKeyType, asymmetricKeyDetails }) {
  const kind = asymmetricKeyDetails?.namedCurve || asymmetricKeyType;
  return SIGNATURES[/** @type {keyof SIGNATURES} */ (kind)];
}

/**
 * @param {string} extnID
 * @param {object} value
 * @param {{ critical?: boolean }} [options]
 */
function extension(extnID, value, { critical = false } = {}) {
  return new x509.Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/**
 * @param {string} commonName
 */
function name(commonName) {
  const value = new x509.AttributeValue({ utf8String: commonName });
  const attribute = new x509.AttributeTypeAndValue({ type: COMMON_NAME, value });
  return new x509.Name([new x509.RelativeDistinguishedName([attribute])]);
}

/**
 * @param {string} value host name, or IP address in any notation
 */
function generalName(value) {
  if (!net.isIP(value)) return new x509.GeneralName({ dNSName: value });
  // The library misreads IPv4 embedded in IPv6; the URL parser writes it as hexadecimal groups.
  const iPAddress = net.isIPv6(value) ? new URL(`http://[${value}]`).hostname.slice(1, -1) : value;
  return new x509.GeneralName({ iPAddress });
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

module.exports = { authorityExtensions, generateKeys, issue, serverExtensions };

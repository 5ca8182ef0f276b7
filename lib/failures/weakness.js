// @ts-check
'use strict';

const { isSelfIssued } = require('./presented');

/** Bits. */
const SHORTEST_RSA = 2048;
const LONGEST_RSA = 8192;

/**
 * DER of the identifiers sha1WithRSAEncryption and ecdsa-with-SHA1, which stand in a certificate signed that way. Node
 * 20 does not tell the algorithm.
 */
const SHA1_SIGNATURES = ['06092a864886f70d010105', '06072a8648ce3d0401'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

/**
 * What makes a verifier refuse a certificate although all its signatures are right (contract edge-gateway.md §9).
 *
 * @param {import('node:crypto').X509Certificate} certificate
 * @returns {string | undefined} `its RSA key has 1024 bits`
 */
function weaknessOf(certificate) {
  const bits = certificate.publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && (bits < SHORTEST_RSA || bits > LONGEST_RSA))
    return `its RSA key has ${bits} bits`;
  // Nobody checks the signature by which a root vouches for itself.
  if (isSelfIssued(certificate)) return undefined;
  const signedWithSha1 = SHA1_SIGNATURES.some((identifier) => certificate.raw.includes(identifier));
  return signedWithSha1 ? 'it is signed with SHA-1' : undefined;
}

/** @param {import('node:crypto').X509Certificate} certificate */
function isWeak(certificate) {
  return weaknessOf(certificate) !== undefined;
}

module.exports = { isWeak, weaknessOf };

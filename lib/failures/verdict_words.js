// @ts-check
'use strict';

/**
 * What the verifier calls its verdicts, in words that follow a colon. The names are those of webpki, which are for
 * programmers.
 *
 * @type {Readonly<Record<string, string>>}
 */
const WORDS = Object.freeze({
  BadDer: 'it is not encoded as a certificate must be (DER)',
  BadDerTime: 'a date in it is not encoded as it must be',
  BadEncoding: 'it is not encoded as a certificate must be (DER)',
  CaUsedAsEndEntity: 'it is marked as a CA (CA:TRUE), and stands in the place of a server certificate',
  EndEntityUsedAsCa: 'a certificate above it is no CA (CA:TRUE is missing)',
  ExtensionValueInvalid: 'an extension in it has a value that cannot be',
  InvalidCertValidity: 'it ends before it begins',
  InvalidNetworkMaskConstraint: 'a CA above it limits addresses by a mask that is none',
  InvalidSerialNumber: 'its serial number is too long',
  MalformedDnsIdentifier: 'a name in it is no DNS name',
  MalformedExtensions: 'its extensions are damaged',
  MalformedNameConstraint: 'a CA above it limits names in a way that cannot be read',
  NameConstraintViolation: 'a CA above it does not permit one of its names (name constraints)',
  PathLenConstraintViolated: 'a CA above it allows fewer CAs below itself (pathlen)',
  SignatureAlgorithmMismatch: 'it names two different algorithms for its signature',
  TrailingData: 'it holds more than a certificate',
  UnhandledCriticalExtension: 'it, or one above it, has a critical extension that is not known here',
  UnsupportedCertVersion: 'it, or one above it, is of an old form (X.509 version 1)',
  UnsupportedCriticalExtension: 'it, or one above it, has a critical extension that is not known here',
  UnsupportedSignatureAlgorithm: 'it is signed in a way that is not supported',
});

/**
 * @param {string} detail Of a failure: `invalid peer certificate: Other(OtherError(BadDer))`.
 * @returns {string} In words; what is in words already stays.
 */
function verdictInWords(detail) {
  const name = verdictName(detail);
  if (name !== undefined) return WORDS[name] ?? name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return detail.replace(/^invalid peer certificate: /, '');
}

/**
 * @param {string} detail
 * @returns {string | undefined} What the verifier calls it: `BadDer`.
 */
function verdictName(detail) {
  const known = Object.keys(WORDS).findLast((name) => new RegExp(`\\b${name}`).test(detail));
  return known ?? /\bOther(?:Error)?\((?:Other(?:Error)?\()?(\w+)/.exec(detail)?.[1];
}

module.exports = { verdictInWords, verdictName };

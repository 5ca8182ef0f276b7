// @ts-check
'use strict';

const crypto = require('node:crypto');
const { promisify } = require('node:util');

const generateKeyPair = promisify(crypto.generateKeyPair);

/**
 * By type of the key, or curve name of OpenSSL: the digest of matching strength. Ed25519 has its own.
 * @type {Record<string, Digest | undefined>}
 */
const USUAL_DIGESTS = { rsa: 'sha256', prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' };

/** Signature algorithms of RFC 3279 §2.2, RFC 4055 §5 and RFC 5758 §3.2. */
const RSA = {
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};
const ECDSA = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};
/** Of an RSA key. */
const LEAST_BITS = 512;

/** RFC 8410 §3. */
const ED25519 = '1.3.101.112';

/**
 * @typedef {keyof typeof RSA} Digest
 * @typedef {{ publicKey: crypto.KeyObject, privateKey: crypto.KeyObject }} KeyPair
 */

/**
 * @param {string} kind `rsa-<bits>`, `P-256`, `P-384`, `P-521` or `Ed25519`
 * @returns {Promise<KeyPair>}
 * @throws {RangeError} for any other kind, or one that is too short
 */
async function generateKeys(kind) {
  const [, bits, curve] = /^(?:rsa-(\d+)|(P-(?:256|384|521)))$/.exec(kind) || [];
  if (Number(bits) < LEAST_BITS)
    throw new RangeError(`key kind '${kind}' is too short: OpenSSL makes ${LEAST_BITS} bits or more`);
  if (bits) return generateKeyPair('rsa', { modulusLength: Number(bits) });
  if (curve) return generateKeyPair('ec', { namedCurve: curve });
  if (kind === 'Ed25519') return generateKeyPair('ed25519', {});
  throw new RangeError(`key kind '${kind}' is not one of rsa-<bits>, P-256, P-384, P-521, Ed25519`);
}

/**
 * How a key signs.
 * @param {crypto.KeyObject} key private
 * @param {Digest} [wanted]
 * @throws {RangeError} an Ed25519 key has no choice
 * @returns {{ oid: string, parameters: null | undefined, sign: (body: Uint8Array) => Buffer }}
 */
function signatureOf(key, wanted) {
  const { asymmetricKeyType = '', asymmetricKeyDetails } = key;
  if (asymmetricKeyType === 'ed25519') {
    if (wanted)
      throw new RangeError(`an Ed25519 key cannot sign with '${wanted}'; it has a digest of its own`);
    return { oid: ED25519, parameters: undefined, sign: (body) => crypto.sign(null, body, key) };
  }
  const digest = wanted ?? USUAL_DIGESTS[asymmetricKeyDetails?.namedCurve || asymmetricKeyType] ?? 'sha256';
  const isRsa = asymmetricKeyType === 'rsa';
  return {
    oid: (isRsa ? RSA : ECDSA)[digest],
    // RFC 4055 §5 wants the parameters NULL, RFC 5758 §3.2 wants none.
    parameters: isRsa ? null : undefined,
    sign: (body) => crypto.sign(digest, body, key),
  };
}

/** Of a signature, other than Ed25519's. */
const DIGESTS = Object.keys(RSA);

module.exports = { DIGESTS, generateKeys, signatureOf };

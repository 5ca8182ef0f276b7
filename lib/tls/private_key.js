// @ts-check
'use strict';

const { createPrivateKey } = require('node:crypto');
const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { isInline, readFile } = require('./given');
const { mayBeSecret } = require('./path');

/** What TLS can sign with. Bits. */
const SHORTEST_RSA = 2048;
const LONGEST_RSA = 8192;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * One private key in PEM, whatever stands around it: parameters of its curve, or its certificate. There are no five hyphens
 * inside, so that what has many beginnings is read once.
 */
const SECTION = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----[^-]*(?:-(?!----)[^-]*)*-----END \1-----/;

/**
 * Every format that Node reads: PKCS#8, PKCS#1 and SEC1, encrypted or not, as PEM, DER or the path of a file. No error
 * shows anything of it.
 *
 * @param {unknown} key
 * @param {string | undefined} passphrase
 * @param {boolean} isFile `key` is a path, whatever it looks like.
 * @returns {import('node:crypto').KeyObject} One that TLS can sign with.
 * @throws {ArgumentError} `ERR_IOT_CLIENT_KEY_…`, `ERR_IOT_CLIENT_CERT_MISSING`
 */
function readPrivateKey(key, passphrase, isFile) {
  requireText(passphrase);
  const { content, origin } = contentOf(key, isFile);
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
  const [section] = SECTION.exec(tidy(text)) ?? [];
  const read =
    section === undefined ? fromDer(content, passphrase, origin) : fromPem(section, passphrase, origin);
  if (typeof key === 'string' && typeof content !== 'string') content.fill(0); // our copy of the file
  requireUsable(read, origin);
  return read;
}

/**
 * @param {unknown} key
 * @param {boolean} isFile
 * @returns {import('./given').Given}
 */
function contentOf(key, isFile) {
  if (key === undefined || key === null || key === '') {
    const message = 'The device authenticates with X.509, and key is missing';
    throw failure(ArgumentError, 'ERR_IOT_CLIENT_CERT_MISSING', message, { hint: HOW_TO_GIVE });
  }
  if (key instanceof Uint8Array) return { content: key, origin: 'key' };
  if (typeof key !== 'string') throw unusable(`key is ${typeof key}, not a text or a Buffer`);
  if (isInline(key) && !isFile) return { content: key, origin: 'key' };
  if (mayBeSecret(key))
    throw unusable(
      'There is no private key in key, but base64 without the lines BEGIN and END or a connection string',
    );
  // What has none of these is no path but perhaps a passphrase.
  if (!isFile && !/[\\/.]/.test(key))
    throw unusable('There is no private key in key, which names no file either');
  return readFile(key, isFile ? 'keyFile' : 'key', (message, details) =>
    failure(ArgumentError, 'ERR_IOT_CLIENT_KEY_NOT_FOUND', message, details),
  );
}

/**
 * Node would refuse it, too, but show it.
 *
 * @param {unknown} passphrase
 */
function requireText(passphrase) {
  if (!passphrase || typeof passphrase === 'string' || passphrase instanceof Uint8Array) return;
  throw failure(
    ArgumentError,
    'ERR_IOT_CLIENT_KEY_PASSPHRASE',
    `passphrase is ${typeof passphrase}, not a text or a Buffer`,
    { hint: 'Give it as a text: a number loses zeros at its beginning.' },
  );
}

/**
 * As people paste it: with a byte order mark, literal `\n` from an environment variable, indented.
 *
 * @param {string} text
 */
function tidy(text) {
  return text
    .replace(/\0/g, '')
    .replace(/\\r?\\n|\\n|\r\n?/g, '\n')
    .replace(/^[ \t]+/gm, '');
}

/**
 * @param {string} section
 * @param {string | undefined} passphrase
 * @param {string} origin
 */
function fromPem(section, passphrase, origin) {
  const isEncrypted = /ENCRYPTED/.test(section);
  if (isEncrypted && !passphrase)
    throw locked(`The private key in ${origin} is encrypted, and there is no passphrase`);
  try {
    return createPrivateKey({ key: section, format: 'pem', ...(isEncrypted && { passphrase }) });
  } catch (cause) {
    if (isEncrypted) {
      throw locked(`The private key in ${origin} cannot be decrypted: the passphrase is wrong`, cause);
    }
    throw unusable(`The private key in ${origin} cannot be read`, cause);
  }
}

/**
 * @param {string | Uint8Array} content
 * @param {string | undefined} passphrase
 * @param {string} origin
 */
function fromDer(content, passphrase, origin) {
  const bytes = typeof content === 'string' ? Buffer.alloc(0) : Buffer.from(content);
  // A SEQUENCE; a certificate begins like a key, and is told apart by what comes of it.
  if (bytes[0] !== 0x30) throw unusable(`There is no private key in ${origin}`);
  for (const type of /** @type {const} */ (['pkcs8', 'pkcs1', 'sec1'])) {
    try {
      return createPrivateKey({ key: bytes, format: 'der', type, ...(passphrase && { passphrase }) });
    } catch {
      // The next form.
    }
  }
  throw unusable(`There is no private key in ${origin} that can be read`);
}

/**
 * @param {import('node:crypto').KeyObject} key
 * @param {string} origin
 */
function requireUsable({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }, origin) {
  const { modulusLength = 0, namedCurve = '' } = details;
  const usable =
    (type === 'rsa' && modulusLength >= SHORTEST_RSA && modulusLength <= LONGEST_RSA) ||
    (type === 'ec' && CURVES.includes(namedCurve)) ||
    type === 'ed25519';
  if (usable) return;
  const size =
    type === 'rsa' ? ` of ${modulusLength} bits` : type === 'ec' ? ` on the curve ${quote(namedCurve)}` : '';
  const message = `The private key in ${origin} is of a kind that cannot be used: ${type}${size}`;
  throw failure(ArgumentError, 'ERR_IOT_CLIENT_KEY_TYPE', message, {
    hint: 'Make certificate and key anew: RSA of 2048 to 8192 bits, EC on P-256, P-384 or P-521, or Ed25519.',
  });
}

const HOW_TO_GIVE = 'Give certificate and key as PEM, or as paths: { cert, key, passphrase }.';

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
function unusable(message, cause) {
  return failure(ArgumentError, 'ERR_IOT_CLIENT_KEY_INVALID', message, { hint: HOW_TO_GIVE, cause });
}

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
function locked(message, cause) {
  return failure(ArgumentError, 'ERR_IOT_CLIENT_KEY_PASSPHRASE', message, {
    hint: 'Give the passphrase it was encrypted with.',
    cause,
  });
}

module.exports = { readPrivateKey };

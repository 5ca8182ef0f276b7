// @ts-check
'use strict';

const fs = require('node:fs');
const { readCertificates } = require('../native/add_on');
const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');

/** @typedef {import('../..').CertificateAuthority} CertificateAuthority */

/**
 * The roots a connection trusts.
 *
 * @typedef {object} Trust
 * @property {Buffer[]} roots DER.
 * @property {boolean} systemRoots The operating system's store counts besides.
 */

/**
 * With `ca`: exactly those roots. Without: the operating system's store and NODE_EXTRA_CA_CERTS (design §5). Paths are
 * read anew each time, so that a root replaced on disk serves at the next connection.
 *
 * @param {CertificateAuthority | undefined} ca
 * @returns {Trust}
 * @throws {ArgumentError} `ERR_IOT_CA_…`
 */
function readTrust(ca) {
  if (ca !== undefined && ca !== null && ca !== '') return { roots: readAuthority(ca), systemRoots: false };
  return { roots: extraRoots(), systemRoots: true };
}

/**
 * Without `ca`, where the system has no store (slim containers): Node's own roots instead.
 *
 * @returns {Trust}
 * @throws {ArgumentError} `ERR_IOT_CA_…`, about NODE_EXTRA_CA_CERTS
 */
function bundledTrust() {
  // Loading it takes longer than all of this package.
  const tls = require('node:tls');
  const bundled = decode(tls.rootCertificates.join('\n'), "Node's own roots");
  return { roots: [...bundled, ...extraRoots()], systemRoots: false };
}

function extraRoots() {
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  return extra ? readFile(extra, 'NODE_EXTRA_CA_CERTS') : [];
}

/**
 * @param {CertificateAuthority} ca
 * @param {string} [origin] `ca[1]` for the second of an array.
 * @returns {Buffer[]}
 */
function readAuthority(ca, origin = 'ca') {
  if (Array.isArray(ca)) {
    if (ca.length > 0) return ca.flatMap((each, index) => readAuthority(each, `${origin}[${index}]`));
    throw unusable(
      'ERR_IOT_CA_EMPTY',
      `${origin} is an empty array`,
      'Leave ca out to use the system store.',
    );
  }
  if (typeof ca === 'string') {
    if (isInline(ca)) return decode(ca, origin);
    refuseSecret(ca);
    return readFile(ca, origin);
  }
  if (ca instanceof Uint8Array) return decode(ca, origin);
  const kind = ca === null ? 'null' : typeof ca;
  const message = `${origin} is ${kind}, not a text, a Buffer or an array of them`;
  throw unusable('ERR_IOT_CA_TYPE', message, HOW_TO_GIVE);
}

const HOW_TO_GIVE = 'Give the root certificate as PEM: ca: fs.readFileSync(path), or the path itself.';

/**
 * A path has no line break, no PEM marker and no zero (UTF-16 read as UTF-8 has). Text without these that names no file
 * is reported as a missing file.
 *
 * @param {string} text
 */
function isInline(text) {
  return text.includes('-----') || /[\n\0]/.test(text);
}

/**
 * A missing file is reported with its path, and Node reports it in full. What may be a key must not get there: a
 * connection string, or the base64 of a PEM section without its markers.
 *
 * @param {string} text
 */
function refuseSecret(text) {
  const connectionString = /SharedAccess(Key|Signature)/.test(text);
  // DER begins with 0x30, so its base64 begins with M.
  if (!connectionString && !(text.length >= 64 && /^M[A-Za-z0-9+/]+=*$/.test(text))) return;
  const what = connectionString ? 'a connection string' : 'base64 without the lines BEGIN and END around it';
  throw unusable('ERR_IOT_CA_NO_CERTIFICATE', `There is no certificate in ca but ${what}`, HOW_TO_GIVE);
}

/**
 * @param {string} path
 * @param {string} origin `ca`, `ca[1]` or the name of the environment variable.
 */
function readFile(path, origin) {
  let content;
  try {
    content = fs.readFileSync(path);
  } catch (cause) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (cause);
    const fault = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    const hint =
      code === 'ENOENT'
        ? 'Check the path; it is relative to the working directory. A relative path: ' + quote(process.cwd())
        : 'The process must be allowed to read it.';
    throw unusable(
      'ERR_IOT_CA_NOT_FOUND',
      `The file ${quote(path)} given as ${origin} ${fault}`,
      hint,
      cause,
    );
  }
  return decode(content, `the file ${quote(path)} given as ${origin}`);
}

/**
 * @param {string | Uint8Array} content
 * @param {string} origin
 * @returns {Buffer[]}
 */
function decode(content, origin) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { certificates, fault } = readCertificates(bytes);
  if (fault === undefined) return certificates;
  const line = fault.line === undefined ? '' : `, line ${fault.line}`;
  if (fault.kind === 'private-key') {
    const hint =
      'Give the root certificate (-----BEGIN CERTIFICATE-----); the private key stays where it was made.';
    throw unusable(
      'ERR_IOT_CA_PRIVATE_KEY',
      `A private key stands where the root certificate belongs: ${origin}${line}`,
      hint,
    );
  }
  if (fault.kind === 'no-certificate') {
    throw unusable('ERR_IOT_CA_NO_CERTIFICATE', `There is no certificate in ${origin}`, HOW_TO_GIVE);
  }
  const hint = 'Copy the certificate again, from -----BEGIN to -----END.';
  throw unusable('ERR_IOT_CA_BROKEN', `A certificate in ${origin} is damaged: ${fault.reason}`, hint);
}

/**
 * @param {string} code
 * @param {string} message
 * @param {string} hint
 * @param {unknown} [cause]
 */
function unusable(code, message, hint, cause) {
  return failure(ArgumentError, code, message, { hint, cause });
}

module.exports = { readTrust, bundledTrust };

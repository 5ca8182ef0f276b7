// @ts-check
'use strict';

const { readCertificates } = require('../native/add_on');
const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { isInline, readFile } = require('./given');
const { mayBeSecret, pathIn } = require('./path');

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
  return extra ? rootsIn(extra, 'NODE_EXTRA_CA_CERTS') : [];
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
    if (isInline(ca)) return decodeInline(ca, origin);
    refuseSecret(ca);
    return rootsIn(ca, origin);
  }
  if (ca instanceof Uint8Array) return decode(ca, origin);
  const kind = ca === null ? 'null' : typeof ca;
  const message = `${origin} is ${kind}, not a text, a Buffer or an array of them`;
  throw unusable('ERR_IOT_CA_TYPE', message, HOW_TO_GIVE);
}

const HOW_TO_GIVE = 'Give the root certificate as PEM: ca: fs.readFileSync(path), or the path itself.';

/**
 * @param {string} text
 * @param {string} origin
 */
function decodeInline(text, origin) {
  try {
    return decode(text, origin);
  } catch (error) {
    const path = pathIn(text);
    const mistaken = recognise(text);
    if (path === undefined || (mistaken && !mistaken.isPath)) throw error;
    refuseSecret(path);
    const message = `The path ${quote(path)} given as ${origin} has a line break around it`;
    throw unusable(
      'ERR_IOT_CA_NOT_FOUND',
      message,
      'Remove it: path.trim(). What is read from a file often ends in one.',
    );
  }
}

/** @param {string | Uint8Array} content */
function recognise(content) {
  // Loaded when needed: a device that connects has no use for it.
  return require('./mistaken').recognise(Buffer.from(/** @type {any} */ (content)));
}

/** @param {string} text */
function refuseSecret(text) {
  if (!mayBeSecret(text)) return;
  const { what, hint } = recognise(text) ?? { what: 'base64', hint: HOW_TO_GIVE };
  throw unusable('ERR_IOT_CA_NO_CERTIFICATE', `There is no certificate in ca but ${what}`, hint);
}

/**
 * @param {string} path
 * @param {string} origin `ca`, `ca[1]` or the name of the environment variable.
 */
function rootsIn(path, origin) {
  const file = readFile(path, origin, (message, details) =>
    failure(ArgumentError, 'ERR_IOT_CA_NOT_FOUND', message, details),
  );
  return decode(file.content, file.origin);
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
  // A damaged certificate is one; what else has a place in the text, or is not told apart by the core, is looked at.
  const mistaken = fault.line === undefined ? recognise(bytes) : undefined;
  if (mistaken) {
    const message = `There is no certificate in ${origin} but ${mistaken.what}`;
    throw unusable('ERR_IOT_CA_NO_CERTIFICATE', message, mistaken.hint);
  }
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

// @ts-check
'use strict';

const fs = require('node:fs');
const { lookAtRootFile, readCertificates, readRootFile } = require('../native/add_on');
const { ArgumentError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { kindOf } = require('../vocabulary/kind');
const { isInline } = require('./given');
const { mayBeSecret, pathIn } = require('./path');

/** @typedef {import('../..').CertificateAuthority} CertificateAuthority */

/**
 * How long an app waits for a file of roots when it sets the option: one that takes longer is judged when a connection
 * is made, where reading has its deadline and keeps nobody else waiting. Milliseconds.
 */
const LOOK_MS = 250;
/** How long the doctor waits. Milliseconds. */
const READ_MS = 5000;

const HOW_TO_GIVE = 'Give the root certificate as PEM: ca: fs.readFileSync(path), or the path itself.';

/**
 * The roots a connection trusts: any of all these.
 *
 * @typedef {object} Trust
 * @property {Buffer[]} roots DER.
 * @property {string[]} rootFiles Read when the connection is made: a root replaced on disk serves at the next one.
 * @property {boolean} systemRoots The operating system's store counts.
 */

/**
 * With `ca`: exactly those roots. Without: the operating system's store and NODE_EXTRA_CA_CERTS (design §5). Files are
 * looked at, but not waited for: see LOOK_MS.
 *
 * @param {CertificateAuthority | undefined} ca
 * @returns {Trust}
 * @throws {ArgumentError} `ERR_IOT_CA_…`
 */
function readTrust(ca) {
  return trustOf(ca, (path, origin) => {
    const fault = lookAtRootFile(path, LOOK_MS);
    if (fault) throw fileError(fault, origin);
  });
}

/**
 * Without `ca`, and without a look: what is wrong is told when the connection is made.
 *
 * @returns {Trust}
 */
function systemTrust() {
  return trustOf(undefined, () => {});
}

/**
 * The same with the roots that files hold now among `roots`, for who looks at them.
 *
 * @param {CertificateAuthority | undefined} ca
 * @returns {Trust}
 * @throws {ArgumentError} `ERR_IOT_CA_…`
 */
function readRoots(ca) {
  /** @type {Buffer[]} */
  const read = [];
  const { roots, systemRoots } = trustOf(ca, (path, origin) => {
    const { certificates, failure: fault } = readRootFile(path, READ_MS);
    if (fault) throw fileError(fault, origin);
    const detail = `nothing came within ${READ_MS} ms`;
    if (!certificates) throw rootsError({ kind: 'roots-unreadable', detail, file: path }, origin);
    read.push(...certificates);
  });
  return { roots: [...roots, ...read], rootFiles: [], systemRoots };
}

/**
 * Without `ca`, where the system has no store (slim containers): Node's own roots instead.
 *
 * @returns {Trust}
 */
function bundledTrust() {
  return { roots: bundledRoots(), rootFiles: extraFiles(), systemRoots: false };
}

/** @type {Buffer[] | undefined} */
let bundled;

function bundledRoots() {
  // Loading it takes longer than all of this package.
  bundled ??= decode(require('node:tls').rootCertificates.join('\n'), "Node's own roots");
  return bundled;
}

function extraFiles() {
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  return extra ? [extra] : [];
}

/** @typedef {(path: string, origin: string) => void} LookAt */

/**
 * @param {CertificateAuthority | undefined} ca
 * @param {LookAt} lookAt What is done with each file; it throws where one cannot serve.
 * @returns {Trust}
 */
function trustOf(ca, lookAt) {
  /** @type {Trust} */
  const trust = { roots: [], rootFiles: [], systemRoots: false };
  if (ca !== undefined && ca !== null && ca !== '') {
    addTo(trust, ca, 'ca', lookAt);
  } else {
    trust.systemRoots = true;
    trust.rootFiles = extraFiles();
    for (const path of trust.rootFiles) lookAt(path, 'NODE_EXTRA_CA_CERTS');
  }
  return trust;
}

/**
 * @param {Trust} trust
 * @param {CertificateAuthority} ca
 * @param {string} origin `ca[1]` for the second of an array.
 * @param {LookAt} lookAt
 */
function addTo(trust, ca, origin, lookAt) {
  if (Array.isArray(ca)) {
    if (ca.length === 0) {
      throw unusable(
        'ERR_IOT_CA_EMPTY',
        `${origin} is an empty array`,
        'Leave ca out to use the system store.',
      );
    }
    ca.forEach((each, index) => addTo(trust, each, `${origin}[${index}]`, lookAt));
  } else if (ca instanceof Uint8Array) {
    trust.roots.push(...decode(ca, origin));
  } else if (typeof ca === 'string' && isInline(ca)) {
    trust.roots.push(...decodeInline(ca, origin));
  } else if (typeof ca === 'string') {
    refuseSecret(ca);
    lookAt(ca, origin);
    trust.rootFiles.push(ca);
  } else {
    const message = `${origin} is ${kindOf(ca)}, not a text, a Buffer or an array of them`;
    throw unusable('ERR_IOT_CA_TYPE', message, HOW_TO_GIVE);
  }
}

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

/** What was decoded last: a thousand devices of one program have the same root. */
const MOST_DECODED = 8;
/** @type {{ content: string | Buffer, certificates: Buffer[] }[]} */
const decoded = [];

/**
 * @param {string | Uint8Array} content
 * @param {string} origin
 * @returns {Buffer[]}
 */
function decode(content, origin) {
  const isSame = (/** @type {string | Buffer} */ known) =>
    typeof content === 'string' ? content === known : Buffer.isBuffer(known) && known.equals(content);
  const known = decoded.find((each) => isSame(each.content));
  if (known) return known.certificates;
  const bytes = Buffer.from(/** @type {any} */ (content));
  const { certificates, fault } = readCertificates(bytes);
  if (fault) {
    // A damaged certificate is one; what else has a place in the text, or is not told apart by the core, is looked at.
    const mistaken = fault.line === undefined ? recognise(bytes) : undefined;
    throw rootsError(
      { kind: `roots-${fault.kind}`, detail: fault.reason, line: fault.line },
      origin,
      mistaken,
    );
  }
  if (decoded.length === MOST_DECODED) decoded.shift();
  decoded.push({ content: typeof content === 'string' ? content : bytes, certificates });
  return certificates;
}

/**
 * @param {import('../native/binding').NativeFailure} fault
 * @param {string} origin
 */
function fileError(fault, origin) {
  const { kind, file = '', line } = fault;
  const wasRead = ['roots-no-certificate', 'roots-private-key', 'roots-broken'].includes(kind);
  return rootsError(fault, origin, wasRead && line === undefined ? recogniseFile(file) : undefined);
}

/** @param {string} path Of a file that could be read a moment ago. */
function recogniseFile(path) {
  try {
    return recognise(fs.readFileSync(path));
  } catch {
    return undefined;
  }
}

/**
 * Loaded when needed: a device that connects has no use for the words of failures.
 *
 * @param {Parameters<typeof import('../failures/roots').rootsError>} told
 */
function rootsError(...told) {
  return require('../failures/roots').rootsError(...told);
}

/**
 * @param {string} code
 * @param {string} message
 * @param {string} hint
 */
function unusable(code, message, hint) {
  return failure(ArgumentError, code, message, { hint });
}

module.exports = { bundledTrust, readRoots, readTrust, systemTrust };

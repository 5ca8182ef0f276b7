// @ts-check
'use strict';

const { getSystemErrorName } = require('node:util');
const { ArgumentError, NotConnectedError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { faultOfPath } = require('./path');

/** @typedef {import('../native/binding').NativeFailure} NativeFailure */
/** @typedef {import('../..').CertificateAuthority} CertificateAuthority */

/**
 * Where roots that cannot be used were to come from.
 *
 * @typedef {object} RootSource
 * @property {string} place `the file "root.pem" given as ca`, or `ca[1]`.
 * @property {string} file Its path; empty where it is none.
 * @property {string} line `, line 3`, where that is known.
 * @property {string} reason
 * @property {string | undefined} systemError `EACCES`
 */

/**
 * The roots cannot be had. Told when they are given; when a connection is made, by the same words.
 *
 * @type {import('./connection_failure').Row[]}
 */
const ROWS = [
  {
    kind: ['roots-not-found', 'roots-unreadable'],
    code: 'ERR_IOT_CA_NOT_FOUND',
    type: ArgumentError,
    message: ({ source }) =>
      `${capital(source.place)} ${faultOfPath(source.file, source.systemError ?? source.reason).fault}`,
    remedy: ({ source }) => faultOfPath(source.file, source.systemError ?? source.reason).hint,
  },
  {
    kind: ['roots-not-a-file', 'roots-too-large'],
    code: 'ERR_IOT_CA_NOT_FOUND',
    type: ArgumentError,
    message: ({ source }) => `${capital(source.place)} is not read: ${source.reason}`,
    remedy:
      'Give the path of a file that holds the root certificate, or its text: ca: fs.readFileSync(path).',
  },
  {
    kind: 'roots-no-certificate',
    code: 'ERR_IOT_CA_NO_CERTIFICATE',
    type: ArgumentError,
    message: ({ source }) => `There is no certificate in ${source.place}`,
    remedy: 'Give the root certificate as PEM: ca: fs.readFileSync(path), or the path itself.',
  },
  {
    kind: 'roots-private-key',
    code: 'ERR_IOT_CA_PRIVATE_KEY',
    type: ArgumentError,
    message: ({ source }) =>
      `A private key stands where the root certificate belongs: ${source.place}${source.line}`,
    remedy:
      'Give the root certificate (-----BEGIN CERTIFICATE-----); the private key stays where it was made.',
  },
  {
    kind: 'roots-broken',
    code: 'ERR_IOT_CA_BROKEN',
    type: ArgumentError,
    message: ({ source }) => `A certificate in ${source.place} is damaged: ${source.reason}`,
    remedy: 'Copy the certificate again, from -----BEGIN to -----END.',
  },
  {
    kind: 'roots-timed-out',
    code: 'ERR_IOT_TIMEOUT_ROOTS',
    type: NotConnectedError,
    message: ({ at, after, detail }) => `Connecting to ${at} timed out after ${after}: ${detail}`,
    remedy:
      'The root certificates lie on a disk or network drive that does not answer: check it, or move them.',
  },
];

/** @param {string} place */
function capital(place) {
  return place[0].toUpperCase() + place.slice(1);
}

/**
 * @param {Pick<NativeFailure, 'kind' | 'detail' | 'file' | 'line' | 'osError'>} native
 * @param {string} origin `ca`, `ca[1]` or the name of the environment variable.
 * @returns {RootSource}
 */
function rootSource({ kind, detail, file = '', line, osError }, origin) {
  return {
    place: file === '' ? origin : `the file ${quote(file)} given as ${origin}`,
    file,
    line: line === undefined ? '' : `, line ${line}`,
    reason: detail,
    systemError: kind === 'roots-not-found' ? 'ENOENT' : systemErrorOf(osError),
  };
}

/** @param {number | undefined} osError Windows counts them in its own way. */
function systemErrorOf(osError) {
  return osError === undefined || process.platform === 'win32' ? undefined : getSystemErrorName(-osError);
}

/**
 * @param {string} file
 * @param {CertificateAuthority | undefined} ca
 * @param {string} [origin]
 * @returns {string | undefined} Where in `ca` it was given.
 */
function originIn(file, ca, origin = 'ca') {
  if (ca === file) return origin;
  if (!Array.isArray(ca)) return undefined;
  return ca.reduce(
    (/** @type {string | undefined} */ found, each, index) =>
      found ?? originIn(file, each, `${origin}[${index}]`),
    undefined,
  );
}

/**
 * What was given as roots cannot be used.
 *
 * @param {Pick<NativeFailure, 'kind' | 'detail' | 'file' | 'line' | 'osError'>} native
 * @param {string} origin
 * @param {{ what: string, hint: string }} [mistaken] What stands there instead of a certificate, where that is known.
 */
function rootsError(native, origin, mistaken) {
  const { type, code, message, remedy } = /** @type {any} */ (
    ROWS.find(({ kind }) => [kind].flat().includes(native.kind))
  );
  const circumstances = { source: rootSource(native, origin) };
  const { place, systemError } = circumstances.source;
  if (mistaken) {
    const instead = `There is no certificate in ${place} but ${mistaken.what}`;
    return failure(ArgumentError, 'ERR_IOT_CA_NO_CERTIFICATE', instead, { hint: mistaken.hint });
  }
  const cause =
    systemError && Object.assign(new Error(`${systemError}: ${native.detail}`), { code: systemError });
  const hint = typeof remedy === 'string' ? remedy : remedy(circumstances);
  return failure(type, code, message(circumstances), { hint, ...(cause && { cause }) });
}

module.exports = { ROWS, originIn, rootSource, rootsError };

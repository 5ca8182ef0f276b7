// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');
const { readCertificates } = require('../native/add_on');
const { ArgumentError, NotConnectedError } = require('../vocabulary/errors');
const { failure, quote } = require('../vocabulary/failure');
const { isInline, readFile } = require('./given');
const { mayBeSecret } = require('./path');
const { readPrivateKey } = require('./private_key');

/**
 * What a device proves itself by.
 *
 * @typedef {object} ClientCertificate
 * @property {Buffer[]} chain DER: the device's own certificate, then those above it.
 * @property {Buffer} key PKCS#8 in DER. A secret: who takes it wipes it.
 * @property {{ cert: unknown, key: unknown }} files The paths they came from, as far as they did.
 * @property {string | undefined} issuedTo Its common name, where a CA signed it: edgeHub compares that with the device id,
 *   unless it has the thumbprint (contract edge-gateway.md §2.3b).
 */

/**
 * Reads certificate and key, which may be PEM, DER, paths, or several certificates; files are read anew each time. A
 * pair that no gateway can accept is refused here.
 *
 * @param {import('../..').X509} given
 * @param {Date | null} [now] `null`: dates are not judged, as the clock of a device may be set only later.
 * @returns {ClientCertificate}
 * @throws {ArgumentError} `ERR_IOT_CLIENT_CERT_…`, `ERR_IOT_CLIENT_KEY_…`
 * @throws {NotConnectedError} `ERR_IOT_CLIENT_CERT_EXPIRED`, `ERR_IOT_CLIENT_CERT_NOT_YET_VALID`: it may be renewed, or time pass.
 */
function readClientCertificate(given, now = new Date()) {
  const certificates = readCertificate(given.certFile ?? given.cert, given.certFile !== undefined);
  const key = readPrivateKey(given.keyFile ?? given.key, given.passphrase, given.keyFile !== undefined);
  const own = certificates.find((each) => each.checkPrivateKey(key));
  if (own === undefined) {
    throw failure(
      ArgumentError,
      'ERR_IOT_CLIENT_KEY_MISMATCH',
      `The key belongs to another certificate than ${nameOf(certificates[0])}`,
      { hint: 'Give the private key that the certificate was made with.' },
    );
  }
  if (now) requireInDate(own, now);
  return {
    chain: pathFrom(own, certificates).map(({ raw }) => raw),
    key: key.export({ format: 'der', type: 'pkcs8' }),
    files: { cert: given.certFile ?? pathIn(given.cert), key: given.keyFile ?? pathIn(given.key) },
    issuedTo: own.issuer === own.subject ? undefined : commonName(own),
  };
}

/** @param {unknown} given */
function pathIn(given) {
  return typeof given === 'string' && !isInline(given) ? given : undefined;
}

/**
 * @param {unknown} cert
 * @param {boolean} isFile `cert` is a path, whatever it looks like.
 * @returns {X509Certificate[]} At least one.
 */
function readCertificate(cert, isFile) {
  const parts = Array.isArray(cert) && cert.length > 0 ? cert : [cert];
  return parts.flatMap((part) => {
    const { content, origin } = contentOf(part, isFile);
    const { certificates, fault } = readCertificates(
      typeof content === 'string' ? Buffer.from(content) : content,
    );
    if (fault === undefined) return certificates.map((der) => parse(der, origin));
    const line = fault.line === undefined ? '' : `, line ${fault.line}`;
    if (fault.kind === 'private-key') {
      throw unusable(`A private key stands where the device's certificate belongs: ${origin}${line}`);
    }
    if (fault.kind === 'no-certificate') throw unusable(`There is no certificate in ${origin}`);
    throw unusable(`A certificate in ${origin} is damaged: ${fault.reason}`);
  });
}

/**
 * @param {unknown} cert
 * @param {boolean} isFile
 * @returns {import('./given').Given}
 */
function contentOf(cert, isFile) {
  if (cert === undefined || cert === null || cert === '') {
    const message = 'The device authenticates with X.509, and cert is missing';
    throw failure(ArgumentError, 'ERR_IOT_CLIENT_CERT_MISSING', message, { hint: HOW_TO_GIVE });
  }
  if (cert instanceof Uint8Array) return { content: cert, origin: 'cert' };
  if (typeof cert !== 'string')
    throw unusable(`cert is ${typeof cert}, not a text, a Buffer or an array of them`);
  if (isInline(cert) && !isFile) return { content: cert, origin: 'cert' };
  if (mayBeSecret(cert))
    throw unusable(
      'There is no certificate in cert, but base64 without the lines BEGIN and END or a connection string',
    );
  return readFile(cert, isFile ? 'certFile' : 'cert', (message, details) =>
    failure(ArgumentError, 'ERR_IOT_CLIENT_CERT_NOT_FOUND', message, details),
  );
}

/**
 * @param {Buffer} der
 * @param {string} origin
 */
function parse(der, origin) {
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw unusable(`A certificate in ${origin} cannot be read`, cause);
  }
}

/**
 * A gateway compares dates by its own clock; where the two clocks agree it refuses what is refused here.
 *
 * @param {X509Certificate} certificate
 * @param {Date} now
 */
function requireInDate(certificate, now) {
  const { validFrom, validTo } = certificate;
  const clock = `or set the clock of this device, which says ${isoDate(now)}.`;
  if (new Date(validTo) < now) {
    const message = `The certificate of the device, ${nameOf(certificate)}, expired on ${isoDate(validTo)}`;
    throw failure(NotConnectedError, 'ERR_IOT_CLIENT_CERT_EXPIRED', message, { hint: `Renew it, ${clock}` });
  }
  if (new Date(validFrom) > now) {
    const message = `The certificate of the device, ${nameOf(certificate)}, is not valid before ${isoDate(validFrom)}`;
    throw failure(NotConnectedError, 'ERR_IOT_CLIENT_CERT_NOT_YET_VALID', message, {
      hint: `Wait, ${clock}`,
    });
  }
}

/**
 * Servers want each certificate behind the one it vouches for (RFC 5246 §7.4.2); files are often put together otherwise.
 *
 * @param {X509Certificate} own
 * @param {X509Certificate[]} certificates
 */
function pathFrom(own, certificates) {
  const path = [own];
  const rest = new Set(certificates.filter((each) => !each.raw.equals(own.raw)));
  for (let next; (next = [...rest].find((each) => path.at(-1)?.checkIssued(each)));) {
    path.push(next);
    rest.delete(next);
  }
  // Who can tell what the others are for.
  return [...path, ...rest];
}

/** @param {X509Certificate} certificate */
function nameOf({ subject }) {
  const cn = commonName({ subject });
  return quote(cn === '' ? (subject ?? '').replaceAll('\n', ', ') : `CN=${cn}`);
}

/** @param {Pick<X509Certificate, 'subject'>} certificate */
function commonName({ subject }) {
  return /^CN=(.*)$/m.exec(subject ?? '')?.[1] ?? '';
}

/** @param {string | Date} date */
function isoDate(date) {
  return new Date(date).toISOString().replace(/\.\d+/, '');
}

const HOW_TO_GIVE = 'Give certificate and key as PEM, or as paths: { cert, key, passphrase }.';

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
function unusable(message, cause) {
  return failure(ArgumentError, 'ERR_IOT_CLIENT_CERT_INVALID', message, { hint: HOW_TO_GIVE, cause });
}

module.exports = { readClientCertificate };

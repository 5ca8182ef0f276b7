// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');

/** Properties of a certificate in the store of Windows: it is a list of these, each as id, 1, length, value. */
const PROPERTY = { sha1: 3, encoded: 32 };

/**
 * A root as Windows keeps it in the registry, for the user alone.
 *
 * @param {string} pem
 * @returns {{ key: string, blob: string }} The value `Blob`, in hexadecimal, and the key that it belongs under.
 */
function entry(pem) {
  const { raw, fingerprint } = new X509Certificate(pem);
  const sha1 = fingerprint.replaceAll(':', '');
  const blob = [
    [PROPERTY.sha1, Buffer.from(sha1, 'hex')],
    [PROPERTY.encoded, raw],
  ].map(([id, value]) => property(/** @type {number} */ (id), /** @type {Buffer} */ (value)));
  return {
    key: `HKCU\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates\\${sha1}`,
    blob: Buffer.concat(blob).toString('hex'),
  };
}

/**
 * @param {number} id
 * @param {Buffer} value
 */
function property(id, value) {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(id, 0);
  head.writeUInt32LE(1, 4);
  head.writeUInt32LE(value.length, 8);
  return Buffer.concat([head, value]);
}

module.exports = { entry };

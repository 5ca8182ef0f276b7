// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');

const SECTION = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * @param {string} where by what function, for the words of errors
 * @param {string} name of the option
 * @param {unknown} pem one or more texts with one or more certificates each
 * @returns {X509Certificate[]}
 * @throws {TypeError} names the certificate that cannot be read
 */
function readCertificates(where, name, pem) {
  const sections = [pem].flat().flatMap((text) => {
    if (typeof text !== 'string')
      throw new TypeError(`${where}: ${name} is not PEM text but ${text === null ? text : typeof text}`);
    return text.match(SECTION) ?? [];
  });
  if (sections.length === 0) throw new TypeError(`${where}: ${name} has no 'BEGIN CERTIFICATE' section`);
  return sections.map((section, i) => {
    try {
      return new X509Certificate(section);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      throw new TypeError(`${where}: certificate ${i + 1} of ${name} cannot be read: ${message}`, {
        cause: error,
      });
    }
  });
}

module.exports = { readCertificates };

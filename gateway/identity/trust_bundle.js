// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');

const SECTION = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * @param {string} name of the option
 * @param {unknown} pem one or more texts with one or more certificates each
 * @returns {X509Certificate[]}
 * @throws {TypeError} names the certificate that cannot be read
 */
function readCertificates(name, pem) {
  const texts = [pem].flat();
  const odd = texts.find((text) => typeof text !== 'string');
  if (odd !== undefined) throw new TypeError(`startGateway: ${name} is not PEM text but ${typeof odd}`);
  const sections = texts.flatMap((text) => String(text).match(SECTION) ?? []);
  if (sections.length === 0) throw new TypeError(`startGateway: ${name} has no 'BEGIN CERTIFICATE' section`);
  return sections.map((section, i) => {
    try {
      return new X509Certificate(section);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      throw new TypeError(`startGateway: certificate ${i + 1} of ${name} cannot be read: ${message}`, {
        cause: error,
      });
    }
  });
}

module.exports = { readCertificates };

// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');
const { issue } = require('./certificate');
const { authoritiesBehind } = require('./chain');
const { endEntityExtensions } = require('./extensions');
const { generateKeys } = require('./keys');
const { checkDeviceOptions } = require('./options');
const { VALIDITY, wholeSecond } = require('./validity');

/**
 * Makes the certificate of an X.509 device: self-signed, for authentication by thumbprint, or issued by the device CA
 * of a chain. Options and result are described in types/certificates.d.ts.
 * @param {import('../index').DeviceCertificateOptions} options
 * @returns {Promise<import('../index').DeviceCertificate>}
 */
async function createDeviceCertificate(options) {
  checkDeviceOptions(options);
  const { deviceId, issuer, key = 'P-256', notBefore = wholeSecond(Date.now()) } = options;
  const authorities = issuer && authoritiesBehind(issuer, 'issuer');
  const certificate = issue({
    commonName: deviceId,
    keys: await generateKeys(key),
    issuer: authorities?.deviceCa,
    extensions: endEntityExtensions({ names: false, usages: ['clientAuth'], authority: options.authority }),
    notBefore,
    notAfter: options.notAfter ?? new Date(notBefore.getTime() + VALIDITY),
  });
  const intermediates = authorities ? [authorities.deviceCa, authorities.intermediate] : [];
  const { fingerprint, fingerprint256 } = new X509Certificate(certificate.pem);
  return {
    certPem: [certificate, ...intermediates].map((each) => each?.pem ?? '').join(''),
    keyPem: certificate.keyPem,
    thumbprintSha1: fingerprint.replaceAll(':', ''),
    thumbprintSha256: fingerprint256.replaceAll(':', ''),
    caPem: authorities?.root.pem,
  };
}

module.exports = { createDeviceCertificate };

// @ts-check
'use strict';

const { issue } = require('./certificate');
const { authoritiesBehind } = require('./chain');
const { endEntityExtensions } = require('./extensions');
const { generateKeys } = require('./keys');
const { VALIDITY, wholeSecond } = require('./validity');

/**
 * Makes a server certificate for a module, as the workload API does (edgelet-http-workload, module/cert/server.rs): the
 * common name and the module are its names, and it lasts no longer than its issuer.
 * @param {{ moduleId: string, commonName: string, issuer: import('../index').Chain }} request
 * @returns {Promise<{ certPem: string, keyPem: string, notAfter: Date }>} with the CAs behind it, but for the root
 * @throws {TypeError} the chain was made elsewhere: its CA keys are not here
 */
async function createModuleCertificate({ moduleId, commonName, issuer }) {
  const { workloadCa, deviceCa, intermediate } = authoritiesBehind(issuer, 'issuer');
  const signer = workloadCa ?? deviceCa;
  const notBefore = wholeSecond(Date.now());
  const notAfter = new Date(Math.min(notBefore.getTime() + VALIDITY, signer.notAfter.getTime()));
  const certificate = issue({
    commonName,
    keys: await generateKeys('rsa-2048'),
    issuer: signer,
    extensions: endEntityExtensions({ names: [commonName, moduleId], usages: ['serverAuth'] }),
    notBefore,
    notAfter,
    serialNumber: Uint8Array.of(0),
  });
  const chain = [certificate, workloadCa, deviceCa, intermediate];
  return { certPem: chain.map((each) => each?.pem ?? '').join(''), keyPem: certificate.keyPem, notAfter };
}

module.exports = { createModuleCertificate };

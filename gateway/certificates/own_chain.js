// @ts-check
'use strict';

const fs = require('node:fs');
const { X509Certificate, createPrivateKey } = require('node:crypto');

/**
 * @typedef {import('../index').Chain} Chain
 */

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g;

/**
 * Reads a chain that was made elsewhere.
 * @param {{ cert: string, key: string, root?: string }} files paths of PEM files: the chain with the server certificate
 *   first, its private key, and what devices must trust (default: the last certificate of the chain)
 * @returns {Chain}
 * @throws {Error} names the file and what is wrong with it
 */
function readChain({ cert, key, root }) {
  const chainPem = read(cert, 'certificate chain');
  const certificates = certificatesOf(cert, chainPem);
  const [server] = certificates;
  const serverKeyPem = read(key, 'private key');
  if (!server.checkPrivateKey(privateKeyOf(key, serverKeyPem))) {
    throw new Error(`private key '${key}' does not belong to the first certificate of '${cert}'`);
  }
  const rootPem = root === undefined ? certificates[certificates.length - 1].toString() : read(root, 'root');
  if (root !== undefined) certificatesOf(root, rootPem);
  const host = /(?:DNS|IP Address):([^,]+)/.exec(server.subjectAltName ?? '')?.[1];
  return {
    host: host ?? /^CN=(.*)$/m.exec(server.subject)?.[1] ?? 'localhost',
    rootPem,
    actualRootPem: rootPem,
    intermediatePem: certificates[2]?.toString(),
    deviceCaPem: (certificates[1] ?? server).toString(),
    serverPem: server.toString(),
    serverKeyPem,
    chainPem,
  };
}

/**
 * @param {string} file
 * @param {string} what
 */
function read(file, what) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${what} '${file}' cannot be read: ${/** @type {Error} */ (error).message}`, {
      cause: error,
    });
  }
}

/**
 * @param {string} file
 * @param {string} pem
 */
function certificatesOf(file, pem) {
  const sections = pem.match(CERTIFICATE) ?? [];
  if (sections.length === 0) throw new Error(`'${file}' holds no PEM certificate`);
  return sections.map((section, i) => {
    try {
      return new X509Certificate(section);
    } catch (error) {
      throw new Error(
        `certificate ${i + 1} of '${file}' is damaged: ${/** @type {Error} */ (error).message}`,
        { cause: error },
      );
    }
  });
}

/**
 * @param {string} file
 * @param {string} pem
 */
function privateKeyOf(file, pem) {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new Error(`private key '${file}' cannot be used: ${/** @type {Error} */ (error).message}`, {
      cause: error,
    });
  }
}

module.exports = { readChain };

// @ts-check
'use strict';

/**
 * What a server would agree to that the client does not: asked with OpenSSL, by which nothing else is done. The chain is
 * verified there, too; that it fails tells as much, as the handshake had come that far.
 *
 * @typedef {object} Offer
 * @property {string} version `TLSv1.1`
 * @property {string} [cipher] OpenSSL's name, where it could be seen.
 */

const CURVES = 'X25519:prime256v1:secp384r1:secp521r1:X448:secp224r1';

/** The weakest that a server may still have, old versions apart from old ciphers. */
const TRIES = /** @type {const} */ ([
  { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'ALL:@SECLEVEL=0', ecdhCurve: CURVES },
  { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0', ecdhCurve: CURVES },
]);

/**
 * @param {{ address: string, port: number, host: string }} endpoint
 * @param {string[]} ca PEM
 * @param {number} limitMs For each try.
 * @returns {Promise<Offer | undefined>}
 */
async function offerOf(endpoint, ca, limitMs) {
  for (const versions of TRIES) {
    const cipher = await agreed(endpoint, { ...versions, ...(ca.length > 0 && { ca }) }, limitMs);
    if (cipher !== undefined) {
      return { version: versions.maxVersion, ...(cipher !== '' && { cipher }) };
    }
  }
  return undefined;
}

/** Of OpenSSL and the operating system: there was no handshake. Other codes are about the certificate. */
const NO_HANDSHAKE = /^(ERR_SSL|E[A-Z]+$)/;

/**
 * @param {{ address: string, port: number, host: string }} endpoint
 * @param {import('node:tls').SecureContextOptions} context
 * @param {number} limitMs
 * @returns {Promise<string | undefined>} The cipher; empty if it was not seen; `undefined`: they did not agree.
 */
function agreed({ address, port, host }, context, limitMs) {
  const net = require('node:net');
  const tls = require('node:tls');
  return new Promise((resolve) => {
    const servername = net.isIP(host) ? '' : host;
    const socket = tls.connect({ host: address, port, servername, ...context });
    const end = (/** @type {string | undefined} */ cipher) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(cipher);
    };
    const timer = setTimeout(() => end(undefined), limitMs);
    socket.once('secureConnect', () => end(socket.getCipher().name));
    socket.on('error', (/** @type {NodeJS.ErrnoException} */ { code = 'E' }) =>
      end(NO_HANDSHAKE.test(code) ? undefined : ''),
    );
    socket.once('close', () => end(undefined));
  });
}

module.exports = { offerOf };

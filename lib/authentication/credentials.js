// @ts-check
'use strict';

const { inspect } = require('node:util');
const { hideSecrets } = require('../identity/connection_string');

/**
 * @param {import('../..').TransportConfig} credentials
 * @returns {import('../..').TransportConfig} The same fields, in an object of its own that `util.inspect` shows without
 *   keys, token and passphrase.
 */
function concealed(credentials) {
  const { x509 } = credentials;
  return hideSecrets({ ...credentials, ...(x509 && { x509: concealedX509(x509) }) });
}

/** @param {import('../..').X509} x509 */
function concealedX509(x509) {
  return Object.defineProperty({ ...x509 }, inspect.custom, { value: () => '<hidden>' });
}

module.exports = { concealed };

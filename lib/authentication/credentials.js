// @ts-check
'use strict';

const { inspect } = require('node:util');
const { hideSecrets } = require('../identity/connection_string');

/**
 * @param {import('../..').TransportConfig} credentials
 * @returns {import('../..').TransportConfig} The same fields, in an object of its own that `util.inspect` and
 *   `JSON.stringify` show without keys, token and passphrase.
 */
function concealed(credentials) {
  const { x509 } = credentials;
  return hideSecrets({ ...credentials, ...(x509 && { x509: concealedX509(x509) }) });
}

/** @param {import('../..').X509} x509 */
function concealedX509(x509) {
  const hidden = { value: () => '<hidden>' };
  return Object.defineProperties({ ...x509 }, { [inspect.custom]: hidden, toJSON: hidden });
}

module.exports = { concealed };

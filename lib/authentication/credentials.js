// @ts-check
'use strict';

const { inspect } = require('node:util');
const { hideSecrets } = require('../identity/connection_string');
const { requireArguments, wrongType } = require('../plumbing/argument');

const HOW_TO_GIVE =
  'Give { host, deviceId, … }; of a connection string fromConnectionString makes a provider.';

/**
 * @param {import('../..').TransportConfig} credentials
 * @throws {ReferenceError} `ERR_IOT_ARGUMENT_MISSING`: there are none.
 * @throws {TypeError} `ERR_IOT_ARGUMENT_TYPE`: they are no object.
 * @returns {import('../..').TransportConfig} The same fields, in an object of its own that `util.inspect` shows without
 *   keys, token and passphrase.
 */
function concealed(credentials) {
  requireArguments({ credentials });
  if (typeof credentials !== 'object') throw wrongType('credentials', 'object', credentials, HOW_TO_GIVE);
  const { x509 } = credentials;
  return hideSecrets({ ...credentials, ...(x509 && { x509: concealedX509(x509) }) });
}

/** @param {import('../..').X509} x509 */
function concealedX509(x509) {
  return Object.defineProperty({ ...x509 }, inspect.custom, { value: () => '<hidden>' });
}

module.exports = { concealed };

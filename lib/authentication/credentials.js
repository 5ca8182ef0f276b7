// @ts-check
'use strict';

const { hideSecrets } = require('../identity/connection_string');

/**
 * @param {import('../..').TransportConfig} credentials
 * @returns {import('../..').TransportConfig} The same fields, in an object of its own that `util.inspect` shows without
 *   key and token.
 */
function concealed(credentials) {
  return hideSecrets({ ...credentials });
}

module.exports = { concealed };

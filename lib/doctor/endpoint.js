// @ts-check
'use strict';

/**
 * @param {import('../..').DiagnosisFacts} facts
 * @returns {string} `gateway.local:8883`, or words for it.
 */
function endpointOf({ connectionString }) {
  const { host, port } = connectionString ?? {};
  return host === undefined ? 'the gateway' : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

module.exports = { endpointOf };

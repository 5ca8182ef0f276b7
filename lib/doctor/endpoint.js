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

/**
 * @param {import('../..').DiagnosisFacts} facts
 * @returns {'GatewayHostName' | 'HostName'} The field of the connection string that says where the device connects to.
 */
function fieldOf({ connectionString }) {
  return connectionString?.gateway || !connectionString?.hub ? 'GatewayHostName' : 'HostName';
}

module.exports = { endpointOf, fieldOf };

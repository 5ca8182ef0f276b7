// @ts-check
'use strict';

const { IotEdgeAuthenticationProvider } = require('../authentication/providers/iot_edge');
const { readEdgeEnvironment } = require('../identity/edge_environment');
const { requireArguments } = require('../plumbing/argument');
const { readTrust } = require('../tls/trust');

/** @typedef {import('./module_client').ModuleClient} ModuleClient */

/**
 * The client of a module as its environment says (device-sdk.md §8).
 *
 * @param {any} Transport
 * @param {object} make Of that transport.
 * @param {(connectionString: string) => ModuleClient} make.ofString
 * @param {(provider: IotEdgeAuthenticationProvider) => ModuleClient} make.ofProvider
 * @returns {Promise<ModuleClient>}
 */
async function clientOfEnvironment(Transport, { ofString, ofProvider }) {
  requireArguments({ Transport });
  const environment = readEdgeEnvironment(process.env);
  if ('connectionString' in environment) {
    const { connectionString, caFile } = environment;
    // Whatever the transport: a file that cannot be read is told, and is not taken for PEM.
    if (caFile) readTrust(caFile);
    const client = ofString(connectionString);
    if (caFile) await client.setOptions({ ca: caFile });
    return client;
  }
  const provider = new IotEdgeAuthenticationProvider(environment.edge);
  const bundle = await trustBundleOf(provider);
  const client = ofProvider(provider);
  await client._followTrustBundle(provider, bundle);
  return client;
}

/**
 * @param {IotEdgeAuthenticationProvider} provider
 * @returns {Promise<string>}
 */
function trustBundleOf(provider) {
  return new Promise((resolve, reject) => {
    provider.getTrustBundle((error, pem) => (error ? reject(error) : resolve(String(pem))));
  });
}

module.exports = { clientOfEnvironment };

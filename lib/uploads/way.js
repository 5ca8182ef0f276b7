// @ts-check
'use strict';

const { AuthenticationType } = require('../authentication/type');
const { readAgent } = require('../proxy/agent');
const { readProxyOption } = require('../proxy/choice');
const { readTrust, systemTrust } = require('../tls/trust');

/** @typedef {import('../https/connection').Way} Way */
/** @typedef {import('../..').TransportConfig} TransportConfig */

/**
 * How to get to the hub, with what the device proves itself by. The hub and the blob store have public roots, so those of the
 * system count besides those that are given for the gateway.
 *
 * @param {Record<string, any>} options Those of the client; `ca`, `proxy`, `http.agent`, `timeouts` and X.509 count.
 * @param {TransportConfig} credentials
 * @param {any} provider
 * @param {import('../vocabulary/idiom').Idiom} [idiom]
 * @returns {Way}
 * @throws {ArgumentError} An option cannot be used.
 */
function wayToHub(options, credentials, provider, idiom) {
  const { ca, proxy, http, timeouts } = options;
  const isGiven = ca !== undefined && ca !== null && ca !== '';
  const x509 = provider.type === AuthenticationType.X509 ? x509Of(credentials, options) : undefined;
  return {
    trusts: isGiven ? [systemTrust(), readTrust(ca)] : [readTrust(undefined)],
    proxy: readProxyOption(proxy),
    ...(http?.agent && { detour: readAgent(http.agent, 'http.agent') }),
    ...(x509 && { x509 }),
    timeouts,
    words: { clientId: credentials.deviceId, cloud: 'hub', field: 'HostName', ca, idiom },
  };
}

/**
 * The same to the blob store, which is shown no certificate of the device.
 *
 * @param {Way} way
 * @returns {Way}
 */
function wayToStore({ x509: _, detour, words, ...way }) {
  // The port of an agent is for the hub.
  const proxied = detour && { detour: { proxy: detour.proxy } };
  return { ...way, ...proxied, words: { ...words, cloud: 'storage' } };
}

/**
 * @param {TransportConfig} credentials
 * @param {import('../..').X509} options
 */
function x509Of({ x509 }, options) {
  // Those of a provider that keeps none.
  return x509?.cert || x509?.certFile ? x509 : options;
}

module.exports = { wayToHub, wayToStore };

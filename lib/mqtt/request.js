// @ts-check
'use strict';

const { requireToken } = require('../authentication/provider');
const { proxyTo } = require('../proxy/choice');
const { warn } = require('../plumbing/warning');
const { bundledTrust } = require('../tls/trust');
const { quote } = require('../vocabulary/failure');
const { requireConnectFits } = require('./connect_strings');

/**
 * What one connection is made with.
 *
 * @typedef {object} Request
 * @property {Omit<import('../native/binding').NativeRequest, 'number' | 'replaces'>} native
 * @property {import('../failures/connection_failure').Target} target The same, in the terms of messages.
 */

/**
 * Files are read, and the environment looked at, here: anew for each connection.
 *
 * @param {import('./identity').MqttIdentity} identity
 * @param {import('../..').TransportConfig} credentials
 * @param {import('./options').MqttOptions} options
 * @param {object} circumstances
 * @param {import('./protocol').Protocol} circumstances.protocol
 * @param {any} circumstances.provider
 * @param {boolean} circumstances.bundledRoots The system has no roots: Node's own serve.
 * @returns {Request} `native.identity.key` is a secret, to be wiped when it was handed over.
 * @throws {ArgumentError} Something that was given cannot be used (any more).
 */
function requestOf(identity, credentials, options, { protocol, provider, bundledRoots }) {
  const { host, port, field } = identity.endpoint(protocol.port);
  const { detour } = options;
  const place = { host, port: detour?.port ?? port };
  const proxy = proxyTo(place, options);
  const trust = bundledRoots ? bundledTrust() : options.trust;
  requireToken(credentials, provider);
  const password = credentials.sharedAccessSignature?.toString();
  const username = identity.username(options);
  requireConnectFits({ clientId: identity.clientId, username, password });
  const certificate = clientCertificate(credentials, options.x509Of(credentials, provider));
  const { clientId } = identity;
  const { ca, idiom } = options;
  return {
    target: {
      ...place,
      ...trust,
      field,
      clientId,
      password,
      ca,
      idiom,
      protocol: protocol.name,
      ...(proxy && { proxy }),
      ...(certificate && { clientChain: certificate.chain, clientFiles: certificate.files }),
    },
    native: {
      ...place,
      ...trust,
      ...options.timeouts,
      clientId,
      password,
      ...(proxy && { proxy }),
      ...(certificate && { identity: { chain: certificate.chain, key: certificate.key } }),
      webSocket: protocol.webSocket,
      keepAlive: options.keepAlive,
      username,
    },
  };
}

/**
 * @param {import('../..').TransportConfig} credentials
 * @param {import('../..').X509 | undefined} x509
 */
function clientCertificate(credentials, x509) {
  if (x509 === undefined) return undefined;
  // Loaded when needed: node:crypto takes longer than all of this package, and few devices need it.
  const { readClientCertificate } = require('../tls/client_certificate');
  const certificate = readClientCertificate(x509);
  warnOfName(certificate, credentials.deviceId);
  return certificate;
}

/** Of these was warned. @type {Set<string>} */
const warned = new Set();

/**
 * A gateway that knows the device by its thumbprint does not look at the name, so this is no error yet.
 *
 * @param {import('../tls/client_certificate').ClientCertificate} certificate
 * @param {string} deviceId
 */
function warnOfName({ issuedTo }, deviceId) {
  if (issuedTo === undefined || issuedTo === deviceId || warned.has(deviceId)) return;
  warned.add(deviceId);
  warn(
    'WARN_IOT_CLIENT_CERT_NAME',
    `The certificate of device ${quote(deviceId)} is for ${quote(`CN=${issuedTo}`)}`,
    'A gateway refuses that, unless the device is registered by its thumbprint: the common name must be the device id.',
  );
}

module.exports = { requestOf };

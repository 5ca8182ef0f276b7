// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');
const { explain } = require('../../failures/connection_failure');
const { finding } = require('../causes');
const { fieldOf } = require('../endpoint');
const { hubCommands } = require('../hub_side');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {{ code: string, message: string, remedy: string }} Explanation */

/**
 * What the client's own errors say, by their code: title and remedy of the finding are theirs.
 *
 * @type {Record<string, [code: string, explanation: string]>}
 */
const FINDINGS = {
  ERR_IOT_PROXY_INVALID: ['proxy-invalid', 'The client refuses it, and does not go around it.'],
  ERR_IOT_PROXY_NOT_FOUND: [
    'proxy-not-found',
    'The gateway was not asked for: all connections go through the proxy.',
  ],
  ERR_IOT_PROXY_UNREACHABLE: [
    'proxy-unreachable',
    'The gateway was not asked for: all connections go through the proxy.',
  ],
  ERR_IOT_PROXY_AUTH: ['proxy-auth', 'It opens no tunnel to anybody whom it does not know.'],
  ERR_IOT_PROXY_FORBIDDEN: ['proxy-forbidden', 'Its rules name the hosts and ports it connects to.'],
  ERR_IOT_PROXY_GATEWAY: [
    'proxy-gateway',
    'The proxy looks the name of the gateway up and connects to it itself.',
  ],
  ERR_IOT_PROXY_PAGE: ['proxy-page', 'A tunnel has no content; this answer has.'],
  ERR_IOT_NOT_PROXY: ['proxy-not-http', 'CONNECT of HTTP/1.1 is what it was asked by.'],
  ERR_IOT_TIMEOUT_PROXY: ['proxy-silent', 'The connection to the proxy stands, and nothing came back by it.'],
  ERR_IOT_PROXY_CLOSED: ['proxy-cut', 'The connection to the proxy stood, and ended without an answer.'],

  ERR_IOT_WEB_SOCKET_REFUSED: [
    'web-socket-refused',
    'The certificate is right, but what answers HTTP there does not take the upgrade to WebSocket at /$iothub/websocket.',
  ],
  ERR_IOT_NOT_WEB_SOCKET: [
    'web-socket-missing',
    'The certificate is right, but the port belongs to another service of that machine.',
  ],
  ERR_IOT_WEB_SOCKET_PROTOCOL: [
    'web-socket-broken',
    'edgeHub does not do this; something on the way that speaks HTTP may.',
  ],
  ERR_IOT_TIMEOUT_UPGRADE: ['web-socket-silent', 'A web server answers at once, if only by an error.'],
  ERR_IOT_CLOSED_DURING_UPGRADE: ['web-socket-cut', 'A web server answers, if only by an error.'],

  ERR_IOT_CLIENT_CERT_MISSING: [
    'client-certificate-missing',
    'x509=true says that the device proves itself by a certificate and its private key.',
  ],
  ERR_IOT_CLIENT_CERT_NOT_FOUND: ['client-certificate-not-found', 'The certificate is read from that file.'],
  ERR_IOT_CLIENT_CERT_INVALID: [
    'client-certificate-broken',
    'A certificate begins with -----BEGIN CERTIFICATE-----, or is DER.',
  ],
  ERR_IOT_CLIENT_CERT_EXPIRED: ['client-certificate-expired', 'Every gateway refuses it.'],
  ERR_IOT_CLIENT_CERT_NOT_YET_VALID: ['client-certificate-not-yet-valid', 'Every gateway refuses it.'],
  ERR_IOT_CLIENT_KEY_NOT_FOUND: ['client-key-not-found', 'The private key is read from that file.'],
  ERR_IOT_CLIENT_KEY_INVALID: [
    'client-key-broken',
    'A private key begins with -----BEGIN PRIVATE KEY-----, or with RSA, EC or ENCRYPTED before PRIVATE; or it is DER.',
  ],
  ERR_IOT_CLIENT_KEY_PASSPHRASE: ['client-key-locked', 'Without the passphrase nobody can use the key.'],
  ERR_IOT_CLIENT_KEY_TYPE: ['client-key-type', 'TLS cannot sign with it.'],
  ERR_IOT_CLIENT_KEY_MISMATCH: [
    'client-key-mismatch',
    'TLS fails with such a pair, and the gateway does not say why.',
  ],
  ERR_IOT_CLIENT_CERT_NAME: [
    'client-certificate-name',
    'A gateway compares the common name with the device id where a CA signed.',
  ],
  ERR_IOT_CLIENT_CERT_CHAIN: [
    'client-certificate-chain',
    'A gateway builds the path from what it is sent, up to a certificate in its own trust bundle.',
  ],
  ERR_IOT_CLIENT_CERT_THUMBPRINT: [
    'client-certificate-thumbprint',
    'A gateway compares the thumbprint of a self-signed certificate with those registered for the device.',
  ],
  ERR_IOT_CLIENT_CERT_UNTRUSTED: [
    'client-certificate-untrusted',
    'The chain is whole, and it must end at a certificate in the trust bundle of the gateway.',
  ],
  ERR_IOT_CLIENT_CERT_REFUSED: [
    'client-certificate-refused',
    'edgeHub accepts every certificate within TLS and judges it at CONNECT.',
  ],
};

/**
 * @param {DiagnosisFacts} facts
 * @param {import('../../..').LayerFailure} failure
 * @returns {Explanation} As the client explains it to an app.
 */
function explanationOf(facts, failure) {
  const { host = '', port = 0, deviceId = '', protocol } = facts.connectionString ?? {};
  const { proxy, clientCertificate } = facts;
  return explain(
    { ...failure, chain: [], roots: [] },
    {
      host,
      port,
      clientId: deviceId,
      roots: [],
      systemRoots: true,
      protocol,
      field: fieldOf(facts),
      ...(proxy?.host !== undefined && {
        proxy: {
          host: proxy.host,
          port: Number(proxy.port),
          origin: String(proxy.origin),
          // Its presence alone is told.
          ...(proxy.user && { authorization: '' }),
        },
      }),
      ...(clientCertificate?.presented.length && {
        clientChain: clientCertificate.presented.map(({ pem = '' }) => new X509Certificate(pem).raw),
      }),
    },
  );
}

/**
 * @param {DiagnosisFacts} facts
 * @param {Explanation} explanation
 * @param {Parameters<typeof finding>[1]['evidence']} [evidence]
 * @returns {ReturnType<typeof finding> | undefined} None where the doctor has words of its own.
 */
function explained(facts, { code, message, remedy }, evidence) {
  if (!Object.hasOwn(FINDINGS, code)) return undefined;
  const [cause, explanation] = FINDINGS[code];
  const registered = cause.startsWith('client-certificate-') && facts.connect?.outcome === 'refused';
  return finding(cause, {
    title: message,
    explanation,
    remedy,
    ...(registered && { command: hubCommands(facts).showAuthentication }),
    evidence,
  });
}

module.exports = { explained, explanationOf };

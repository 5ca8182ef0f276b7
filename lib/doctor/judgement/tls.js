// @ts-check
'use strict';

const { finding } = require('../causes');
const { endpointOf } = require('../endpoint');
const { explained, explanationOf } = require('./explained');

/** @typedef {import('../../..').DiagnosisFacts} DiagnosisFacts */
/** @typedef {import('../../..').LayerFailure} LayerFailure */
/** @typedef {Parameters<typeof finding>[1]} Told */

/** What answers instead of TLS, by `speaks`. @type {Record<string, (at: string) => [code: string, told: Told]>} */
const STRANGERS = {
  mqtt: (at) => [
    'tls-plain-mqtt',
    {
      title: `${at} speaks MQTT without TLS`,
      explanation: 'An IoT Edge gateway has no such port. This is another broker, or the wrong port of one.',
      remedy: 'Use the TLS port, 8883. Keys and messages never go over a connection without TLS.',
    },
  ],
  http: (at) => [
    'tls-web-server',
    {
      title: `A web server answers at ${at}, without TLS`,
      explanation: 'The port belongs to something else, or a proxy answers in place of the gateway.',
      remedy: 'Check host and port; see on the gateway what listens there.',
    },
  ],
  ssh: (at) => [
    'tls-other-service',
    {
      title: `An SSH server answers at ${at}`,
      explanation: 'The port belongs to something else.',
      remedy: 'Correct the port; MQTT of a gateway is on 8883.',
    },
  ],
  other: (at) => [
    'tls-other-service',
    {
      title: `What listens at ${at} does not speak TLS`,
      explanation: 'The port belongs to something else.',
      remedy: 'Check host and port; see on the gateway what listens there.',
    },
  ],
};

/**
 * Verdicts on the certificate belong to the next step.
 *
 * @param {DiagnosisFacts} facts
 */
function judgeTls(facts) {
  const { failure, speaks } = facts.tls ?? {};
  if (!failure || failure.kind.startsWith('certificate-')) return [];
  if (failure.kind === 'bad-root') return [badRoot(failure)];
  const at = endpointOf(facts);
  const evidence = { stage: failure.stage, kind: failure.kind, detail: failure.detail, speaks };
  const refused =
    facts.clientCertificate?.presented.length && explained(facts, explanationOf(facts, failure), evidence);
  if (refused) return [refused];
  const stranger = STRANGERS[speaks ?? ''];
  const [code, told] = stranger ? stranger(at) : broken(facts, failure, at);
  const command = told.command ?? `openssl s_client -connect ${at} </dev/null`;
  return [finding(code, { ...told, command, evidence })];
}

/** @param {LayerFailure} failure */
function badRoot({ detail }) {
  return finding('ca-broken', {
    title: `A certificate given as root cannot serve as one: ${detail}`,
    explanation: 'Its outer form is that of a certificate, its content is not.',
    remedy: 'Give the root certificate of the gateway, unchanged.',
    evidence: { detail },
  });
}

/**
 * @param {DiagnosisFacts} facts
 * @param {LayerFailure} failure
 * @param {string} at
 * @returns {[code: string, told: Told]}
 */
function broken(facts, { stage, kind, detail, elapsedMs }, at) {
  const { port = 8883 } = facts.connectionString ?? {};
  if (kind === 'timed-out' && stage === 'tls') {
    return [
      'tls-silent',
      {
        title: `Port ${port} is open, but nobody answers TLS there`,
        explanation: `Nothing came for ${elapsedMs} ms. The gateway hangs or is overloaded, or something on the way accepts connections in its place.`,
        remedy: 'Restart edgeHub on the gateway, and look what listens on the port.',
        command: 'sudo iotedge restart edgeHub',
      },
    ];
  }
  if (kind === 'closed' || kind === 'reset') {
    return [
      'tls-cut',
      {
        title: `The connection to ${at} was ${kind === 'reset' ? 'reset' : 'closed'} when TLS began`,
        explanation:
          'A firewall or a proxy that inspects connections cuts what it does not know; or a service without TLS listens there; or the gateway has no certificate it can use.',
        remedy:
          'See whether it is the same from a machine beside the gateway: if not, something on the way cuts it.',
      },
    ];
  }
  if (stage === 'tcp' || stage === 'resolve') {
    return [
      'port-failed',
      {
        title: `${at} answered, and a moment later it did not: ${detail}`,
        explanation: 'The gateway may be restarting, or the network is unsteady.',
        remedy: 'Try again. If it stays so, look at the gateway.',
      },
    ];
  }
  if (/certificate_?required/i.test(detail) || (kind === 'tls' && facts.tls?.clientCertificateRequested)) {
    return clientCertificate(at);
  }
  const { offers } = facts.tls ?? {};
  if (kind === 'tls-version' && offers)
    return offers.version === 'TLSv1.2' ? cipher(at, offers) : version(at, offers);
  if (kind === 'tls-version') {
    return [
      'tls-version',
      {
        title: `${at} offers no secure version or cipher of TLS`,
        explanation: `The device speaks TLS 1.2 and 1.3 with the ciphers in use today. The handshake ended with: ${detail}.`,
        remedy: 'Allow TLS 1.2 or 1.3 on the gateway: the environment variable SslProtocols of edgeHub.',
      },
    ];
  }
  return [
    'tls-failed',
    {
      title: `The TLS handshake with ${at} failed: ${detail}`,
      explanation: 'A gateway that works does not do this; something on the way may.',
      remedy: 'Compare with what openssl says.',
    },
  ];
}

/**
 * @param {string} at
 * @param {{ version: string }} offers
 * @returns {[code: string, told: Told]}
 */
function version(at, { version: spoken }) {
  return [
    'tls-version',
    {
      title: `${at} speaks only versions of TLS that are no longer secure: ${spoken.replace('v', ' ')} at most`,
      explanation: 'The device speaks TLS 1.2 and 1.3, as edgeHub does unless it is told otherwise.',
      remedy: 'Allow TLS 1.2 or 1.3 on the gateway: the environment variable SslProtocols of edgeHub.',
    },
  ];
}

/** Ciphers that the client takes. */
const SECURE = /GCM|CHACHA20/;

/**
 * @param {string} at
 * @param {{ cipher?: string }} offers
 * @returns {[code: string, told: Told]}
 */
function cipher(at, { cipher: spoken }) {
  const seen = spoken === undefined ? '' : `: ${spoken}, for instance`;
  if (spoken !== undefined && SECURE.test(spoken) && /DHE/.test(spoken)) {
    return [
      'tls-cipher',
      {
        title: `${at} speaks TLS 1.2, but has no key exchange in common with the device${seen}`,
        explanation: 'The device exchanges keys by the curves X25519, P-256 and P-384.',
        remedy:
          'Allow one of these curves where the ciphers of the gateway, or of what stands before it, are set.',
      },
    ];
  }
  return [
    'tls-cipher',
    {
      title: `${at} speaks TLS 1.2, but only with ciphers that are no longer secure${seen}`,
      explanation:
        'The device takes ECDHE with AES-GCM or ChaCha20-Poly1305; not CBC, and no exchange of keys by RSA.',
      remedy:
        'Add ciphers with ECDHE and GCM where they are set, the OpenSSL policy of the gateway or a proxy before it; or allow TLS 1.3.',
    },
  ];
}

/**
 * @param {string} at
 * @returns {[code: string, told: Told]}
 */
function clientCertificate(at) {
  return [
    'client-certificate-required',
    {
      title: `${at} demands a client certificate`,
      explanation:
        'edgeHub asks for one and goes on without. What demands it is something else: a proxy in front of the gateway, or another broker.',
      remedy: 'Have it accept connections without a client certificate, or connect to edgeHub directly.',
    },
  ];
}

module.exports = { judgeTls, clientCertificate };

// @ts-check
'use strict';

const { ArgumentError, NotConnectedError } = require('../vocabulary/errors');

/**
 * TLS, but for the verdict on certificates.
 *
 * @type {import('./connection_failure').Row[]}
 */
const ROWS = [
  {
    kind: 'not-tls',
    code: 'ERR_IOT_NOT_TLS',
    type: NotConnectedError,
    message: ({ at }) => `What listens at ${at} does not speak TLS`,
    remedy: ({ port, target }) =>
      target.protocol === 'ws'
        ? `Port ${port} belongs to something else; MQTT over WebSocket is on 443.`
        : `Port ${port} belongs to something else; MQTT over TLS is on 8883.`,
  },
  {
    kind: 'tls-version',
    code: 'ERR_IOT_TLS_VERSION',
    type: NotConnectedError,
    message: ({ at, detail }) =>
      `The gateway at ${at} offers no TLS version or cipher suite that is secure: ${detail}`,
    remedy:
      'Enable TLS 1.2 or 1.3 on the gateway (SslProtocols of edgeHub), with ECDHE and AES-GCM or ChaCha20. The alert HandshakeFailure may also mean that ' +
      'it wants a certificate of the device.',
  },
  {
    kind: 'tls',
    stage: 'tls',
    code: 'ERR_IOT_TLS',
    type: NotConnectedError,
    message: ({ at, detail }) => `The TLS handshake with ${at} failed: ${detail}`,
    remedy: 'Something on the way may intercept TLS, or the gateway wants a certificate of the device.',
  },
  {
    kind: 'tls',
    code: 'ERR_IOT_TLS_BROKEN',
    type: NotConnectedError,
    message: ({ at, detail }) => `The gateway at ${at}, or something on the way, broke TLS off: ${detail}`,
    remedy:
      'An alert about a certificate means that the gateway wants one of the device: x509=true, and the options cert and key.',
  },
  {
    kind: 'timed-out',
    stage: 'tls',
    code: 'ERR_IOT_TIMEOUT_TLS',
    type: NotConnectedError,
    message: ({ at, after }) =>
      `Connecting to ${at} timed out after ${after}: the port is open, but nobody answered TLS`,
    remedy: 'Check what listens on the port; the gateway may hang.',
  },
  {
    kind: 'closed',
    stage: 'tls',
    code: 'ERR_IOT_CLOSED_DURING_TLS',
    type: NotConnectedError,
    message: ({ at, after }) => `The connection to ${at} was closed during the TLS handshake, after ${after}`,
    remedy: 'What listens on that port may not speak TLS, or may be starting.',
  },
  {
    kind: 'reset',
    stage: 'tls',
    code: 'ERR_IOT_RESET_DURING_TLS',
    type: NotConnectedError,
    message: ({ at, after }) => `The connection to ${at} was reset during the TLS handshake, after ${after}`,
    remedy: 'A firewall on the way may cut TLS, or what listens on that port may not speak it.',
  },
  {
    kind: 'no-roots',
    code: 'ERR_IOT_NO_TRUST',
    type: NotConnectedError,
    message: () => 'There is no root certificate to trust: none is given, and the system has none',
    remedy: ({ idiom }) => `Give the root of the gateway: ${idiom.giveRoot}.`,
  },
  {
    kind: 'bad-root',
    code: 'ERR_IOT_CA_UNUSABLE',
    type: ArgumentError,
    message: ({ detail }) => `A certificate given as ca cannot serve as root: ${detail}`,
    remedy: 'Give the root certificate of the gateway, unchanged.',
  },
];

module.exports = { ROWS };

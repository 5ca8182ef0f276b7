// @ts-check
'use strict';

const {
  ArgumentError,
  NotConnectedError,
  NotImplementedError,
  ServiceUnavailableError,
  UnauthorizedError,
} = require('./errors');
const { describeCertificateFailure } = require('./certificate_failure');
const { failure, quote } = require('./failure');

/** @typedef {import('./binding').NativeFailure} NativeFailure */

/**
 * What a connection was meant to be, for the words of an error.
 *
 * @typedef {object} Target
 * @property {string} host
 * @property {number} port
 * @property {string} clientId
 * @property {Buffer[]} roots DER.
 * @property {boolean} systemRoots
 */

/**
 * A failed or lost connection as an error of the old SDK's classes, told truthfully: NotConnectedError for name,
 * network and TLS, UnauthorizedError only for CONNACK 2, 4 and 5 (design §4).
 *
 * @param {NativeFailure} native
 * @param {Target} target
 * @returns {Error & { code: string, hint?: string }}
 */
function connectionFailure(native, target) {
  const [ErrorClass, code, message, hint] = describe(native, target);
  return failure(ErrorClass, code, message, {
    hint,
    cause: lowerLayer(native),
    stage: native.stage,
    ...(native.code !== undefined && { returnCode: native.code }),
  });
}

/**
 * @param {NativeFailure} native
 * @param {Target} target
 * @returns {[new (message?: string) => Error, string, string, string]} Class, code, message, hint.
 */
function describe(native, target) {
  const { host, port } = target;
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const after = `${Math.round(native.elapsedMs)} ms`;
  if (native.kind.startsWith('certificate-')) {
    const [code, message, hint] = describeCertificateFailure(native, target);
    return [NotConnectedError, code, message, hint];
  }
  switch (native.kind) {
    case 'name-not-found':
      return [
        NotConnectedError,
        'ERR_IOT_HOST_NOT_FOUND',
        `The host name ${quote(host)} does not resolve`,
        'Check GatewayHostName for typing errors, and that this device can resolve it (DNS or /etc/hosts).',
      ];
    case 'name-temporary':
      return [
        NotConnectedError,
        'ERR_IOT_NAME_RESOLUTION',
        `The host name ${quote(host)} cannot be resolved at the moment`,
        'The name server does not answer. Check the network of this device.',
      ];
    case 'invalid-name':
      return [
        NotConnectedError,
        'ERR_IOT_HOST_INVALID',
        `${quote(host)} is no host name or address`,
        'Correct GatewayHostName in the connection string.',
      ];
    case 'refused':
      return [
        NotConnectedError,
        'ERR_IOT_CONNECTION_REFUSED',
        `Nothing listens at ${at}: the connection was refused`,
        `Check that edgeHub runs, that its createOptions bind port ${port}, and that no firewall rejects it.`,
      ];
    case 'unreachable':
      return [
        NotConnectedError,
        'ERR_IOT_UNREACHABLE',
        `There is no route to ${at}`,
        'Check the network of this device and the address of the gateway.',
      ];
    case 'timed-out':
      return timedOut(native, at, after);
    case 'not-tls':
      return [
        NotConnectedError,
        'ERR_IOT_NOT_TLS',
        `What listens at ${at} does not speak TLS`,
        `Port ${port} belongs to something else; MQTT over TLS is on 8883.`,
      ];
    case 'tls-version':
      return [
        NotConnectedError,
        'ERR_IOT_TLS_VERSION',
        `The gateway at ${at} offers no TLS version or cipher suite that is secure: ${native.detail}`,
        'Enable TLS 1.2 or 1.3 on the gateway (SslProtocols of edgeHub).',
      ];
    case 'tls':
      return [
        NotConnectedError,
        'ERR_IOT_TLS',
        `The TLS handshake with ${at} failed: ${native.detail}`,
        'Something on the way may intercept TLS; compare with: openssl s_client -connect ' + at,
      ];
    case 'no-roots':
      return [
        NotConnectedError,
        'ERR_IOT_NO_TRUST',
        'There is no root certificate to trust: none is given, and the system has none',
        'Give the root of the gateway: client.setOptions({ ca: fs.readFileSync(path) }).',
      ];
    case 'bad-root':
      return [
        ArgumentError,
        'ERR_IOT_CA_UNUSABLE',
        `A certificate given as ca cannot serve as root: ${native.detail}`,
        'Give the root certificate of the gateway, unchanged.',
      ];
    case 'refusal':
      return refused(native, target, at, after);
    case 'silent':
      return [
        NotConnectedError,
        'ERR_IOT_KEEP_ALIVE',
        `The gateway at ${at} fell silent: nothing came for ${after} after a PINGREQ`,
        'The network is interrupted or the gateway hangs.',
      ];
    case 'malformed':
      return [
        NotConnectedError,
        'ERR_IOT_PROTOCOL',
        `What answers at ${at} breaks the MQTT protocol: ${native.detail}`,
        'Check that an MQTT gateway listens there.',
      ];
    case 'reset':
    case 'closed':
      return ended(native, at, after);
    default:
      return [
        NotConnectedError,
        'ERR_IOT_NETWORK',
        `The connection to ${at} failed: ${native.detail}`,
        'The operating system gave this reason; check the network of this device.',
      ];
  }
}

/**
 * @param {NativeFailure} native
 * @param {string} at
 * @param {string} after
 * @returns {[new (message?: string) => Error, string, string, string]}
 */
function timedOut({ stage }, at, after) {
  const facts = /** @type {Record<string, [string, string]>} */ ({
    resolve: ['the name server did not answer', 'Check the network and name servers of this device.'],
    tcp: ['nothing answered', 'Check the address, and that no firewall drops the port.'],
    tls: [
      'the port is open, but nobody answered TLS',
      'Check what listens on the port; the gateway may hang.',
    ],
    connack: [
      'the gateway did not answer CONNECT',
      'A gateway that does not know the device can take minutes to refuse it: check that the device exists and that ' +
        'this gateway is its parent.',
    ],
  });
  if (stage === 'connected') {
    const lost = `The connection to ${at} timed out: the network gave it up`;
    return [NotConnectedError, 'ERR_IOT_TIMEOUT_CONNECTED', lost, 'The network is interrupted.'];
  }
  const [what, hint] = facts[stage];
  const code = `ERR_IOT_TIMEOUT_${stage.toUpperCase()}`;
  return [NotConnectedError, code, `Connecting to ${at} timed out after ${after}: ${what}`, hint];
}

/**
 * @param {NativeFailure} native
 * @param {string} at
 * @param {string} after
 * @returns {[new (message?: string) => Error, string, string, string]}
 */
function ended({ stage, kind }, at, after) {
  const how = kind === 'reset' ? 'reset' : 'closed';
  if (stage === 'connected') {
    return [
      NotConnectedError,
      kind === 'reset' ? 'ERR_IOT_CONNECTION_RESET' : 'ERR_IOT_CONNECTION_CLOSED',
      `The gateway at ${at} ${how} the connection`,
      'It may have been restarted, or another client with this device id has connected.',
    ];
  }
  if (stage === 'connack') {
    return [
      NotConnectedError,
      'ERR_IOT_CLOSED_BEFORE_CONNACK',
      `The gateway at ${at} ${how} the connection ${after} after CONNECT, without an answer`,
      'It may be starting, or speak something else than MQTT 3.1.1 on this port.',
    ];
  }
  return [
    NotConnectedError,
    stage === 'tls' ? 'ERR_IOT_CLOSED_DURING_TLS' : 'ERR_IOT_CONNECTION_RESET',
    `The connection to ${at} was ${how} ${stage === 'tls' ? 'during the TLS handshake' : 'at once'}`,
    'What listens there may not speak TLS, or something on the way cuts TLS connections.',
  ];
}

/**
 * @param {NativeFailure} native
 * @param {Target} target
 * @param {string} at
 * @param {string} after
 * @returns {[new (message?: string) => Error, string, string, string]}
 */
function refused({ code }, { clientId }, at, after) {
  const device = quote(clientId);
  switch (code) {
    case 1:
      return [
        NotImplementedError,
        'ERR_IOT_PROTOCOL_VERSION',
        `The gateway at ${at} does not speak MQTT 3.1.1 (CONNACK 1)`,
        'Check that an IoT Edge gateway listens there.',
      ];
    case 3:
      return [
        ServiceUnavailableError,
        'ERR_IOT_SERVER_UNAVAILABLE',
        `The gateway at ${at} is not available to device ${device} (CONNACK 3)`,
        'It may be starting, or could not read the user name: check HostName and DeviceId.',
      ];
    case 2:
    case 4:
    case 5:
      return [
        UnauthorizedError,
        'ERR_IOT_NOT_AUTHORIZED',
        `The gateway at ${at} refused device ${device} (CONNACK ${code}) after ${after}`,
        'Check SharedAccessKey, HostName (the hub) and DeviceId; that this gateway is the parent of the device and the ' +
          'device is enabled; and that the clock of this device is right.',
      ];
    default:
      return [
        NotConnectedError,
        'ERR_IOT_REFUSED',
        `The gateway at ${at} refused device ${device} with the unknown CONNACK code ${code}`,
        'Check that an IoT Edge gateway listens there.',
      ];
  }
}

/** @param {NativeFailure} native */
function lowerLayer({ detail, osError }) {
  const cause = new Error(detail);
  cause.stack = undefined;
  return osError === undefined ? cause : Object.assign(cause, { errno: osError });
}

module.exports = { connectionFailure };

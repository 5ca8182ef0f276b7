// @ts-check
'use strict';

const {
  NotConnectedError,
  NotImplementedError,
  ServiceUnavailableError,
  UnauthorizedError,
} = require('../vocabulary/errors');
const { EARLY_CONNECT } = require('./early_connect');
const { isoDate } = require('./presented');
const { holderOf, isForAnother } = require('./token');

/** @typedef {import('./circumstances').Circumstances} Circumstances */

/** The CONNACK codes that mean the device, not the gateway (MQTT 3.1.1 §3.2.2.3). */
const UNAUTHORIZED = [2, 4, 5];
const UNACCEPTABLE_VERSION = 1;
const UNAVAILABLE = 3;

/**
 * What the gateway refuses for the credentials alone it refuses at once; what it has to look up takes it seconds, and
 * up to two minutes if it cannot reach the hub (contract edge-gateway.md §7). Milliseconds.
 */
const LOOKED_UP_MS = 1_000;
const OFFLINE_MS = 20_000;

/**
 * From CONNECT to CONNACK.
 *
 * @type {import('./connection_failure').Row[]}
 */
const ROWS = [
  {
    kind: 'refusal',
    when: isCode(UNACCEPTABLE_VERSION),
    code: 'ERR_IOT_PROTOCOL_VERSION',
    type: NotImplementedError,
    message: ({ at, after }) => `The gateway at ${at} does not speak MQTT 3.1.1 (CONNACK 1 after ${after})`,
    remedy: 'Check that an IoT Edge gateway listens there.',
  },
  {
    kind: 'refusal',
    when: isCode(UNAVAILABLE),
    code: 'ERR_IOT_SERVER_UNAVAILABLE',
    type: ServiceUnavailableError,
    message: ({ at, device, after }) =>
      `The gateway at ${at} is not available to device ${device} (CONNACK 3 after ${after})`,
    remedy: ({ native }) =>
      native.elapsedMs < LOOKED_UP_MS
        ? 'It may be starting, or could not read the user name: check HostName and DeviceId.'
        : 'It may be starting, or failed inside: iotedge logs edgeHub.',
  },
  {
    kind: 'refusal',
    when: (circumstances) => isCode(...UNAUTHORIZED)(circumstances) && circumstances.clockIsUnset,
    code: 'ERR_IOT_CLOCK',
    type: UnauthorizedError,
    message: ({ at, device, native, now }) =>
      `The gateway at ${at} refused device ${device} (CONNACK ${native.code}), whose clock says ${isoDate(now)}`,
    remedy: 'Tokens are made and judged by the clock: set it (NTP).',
  },
  {
    kind: 'refusal',
    when: (circumstances) => isCode(...UNAUTHORIZED)(circumstances) && circumstances.tokenIsExpired,
    code: 'ERR_IOT_TOKEN_EXPIRED',
    type: UnauthorizedError,
    message: ({ at, device, native, token }) =>
      `The token of device ${device} expired on ${isoDate(expiryOf(token))}, and the gateway at ${at} refused it (CONNACK ${native.code})`,
    remedy: ({ now, idiom }) =>
      `Make a new token and ${idiom.giveToken}, or connect with the key. ` +
      `The clock of this device says ${isoDate(now)}.`,
  },
  {
    kind: 'refusal',
    when: (circumstances) =>
      isCode(...UNAUTHORIZED)(circumstances) &&
      circumstances.token !== undefined &&
      circumstances.token.expiry === undefined,
    code: 'ERR_IOT_TOKEN_EXPIRY',
    type: UnauthorizedError,
    message: ({ at, device, native, token }) =>
      `The gateway at ${at} refused the token of device ${device} (CONNACK ${native.code}): its se, ${token?.se}, is no time in seconds`,
    remedy: 'Make the token with se in seconds since 1970: Math.floor(Date.now() / 1000) + 3600.',
  },
  {
    kind: 'refusal',
    when: (circumstances) =>
      isCode(...UNAUTHORIZED)(circumstances) &&
      isForAnother(circumstances.token, circumstances.target.clientId),
    code: 'ERR_IOT_TOKEN_RESOURCE',
    type: UnauthorizedError,
    message: ({ at, device, native, token }) =>
      `The gateway at ${at} refused device ${device} (CONNACK ${native.code}): its token is for ${holderOf(token)}`,
    remedy: 'Make the token for sr=<hub>%2Fdevices%2F<device>, signed with the key of that device.',
  },
  {
    kind: 'refusal',
    when: isCode(...UNAUTHORIZED),
    code: 'ERR_IOT_NOT_AUTHORIZED',
    type: UnauthorizedError,
    message: ({ at, device, native, after }) =>
      `The gateway at ${at} refused device ${device} (CONNACK ${native.code}) after ${after}`,
    remedy: ({ native: { elapsedMs, code }, field }) =>
      code === 5
        ? whatTimeSuggests(elapsedMs)
        : `edgeHub never answers CONNACK ${code}: another broker does. Check that ${field} and its port lead to the gateway.`,
  },
  {
    kind: 'refusal',
    code: 'ERR_IOT_REFUSED',
    type: NotConnectedError,
    message: ({ at, device, native }) =>
      `The gateway at ${at} refused device ${device} with the unknown CONNACK code ${native.code}`,
    remedy: 'Check that an IoT Edge gateway listens there.',
  },
  {
    kind: 'timed-out',
    stage: 'connack',
    code: 'ERR_IOT_TIMEOUT_CONNACK',
    type: NotConnectedError,
    message: ({ at, after }) =>
      `Connecting to ${at} timed out after ${after}: the gateway did not answer CONNECT`,
    remedy:
      'A gateway that does not know the device can take minutes to refuse it: check that the device exists and that ' +
      'this gateway is its parent.',
  },
  {
    kind: 'unanswered',
    stage: 'connack',
    code: 'ERR_IOT_CONNECT_UNANSWERED',
    type: NotConnectedError,
    message: ({ at, after }) =>
      `The gateway at ${at} did not answer CONNECT, sent on two connections, within ${after}`,
    remedy:
      `${EARLY_CONNECT.cause}: ${EARLY_CONNECT.wayOut}. ` +
      'Other gateways are so silent when they hang, or do not know the device: check that it exists and that this ' +
      'gateway is its parent.',
  },
  {
    kind: ['closed', 'reset'],
    stage: 'connack',
    code: 'ERR_IOT_CLOSED_BEFORE_CONNACK',
    type: NotConnectedError,
    message: ({ at, how, after }) =>
      `The gateway at ${at} ${how} the connection ${after} after CONNECT, without an answer`,
    remedy: ({ native }) =>
      native.elapsedMs < LOOKED_UP_MS
        ? 'So soon an end points to something else than an IoT Edge gateway on this port, or to one that is starting.'
        : 'So late an end points to a gateway that stopped or restarted meanwhile: iotedge list.',
  },
  {
    kind: 'malformed',
    code: 'ERR_IOT_PROTOCOL',
    type: NotConnectedError,
    message: ({ at, detail }) => `What answers at ${at} breaks the MQTT protocol: ${detail}`,
    remedy: 'Check that an MQTT gateway listens there.',
  },
];

/**
 * @param {...number} codes Of CONNACK.
 * @returns {(circumstances: Circumstances) => boolean}
 */
function isCode(...codes) {
  return ({ native }) => codes.includes(/** @type {number} */ (native.code));
}

/** @param {Circumstances['token']} token */
function expiryOf(token) {
  return /** @type {Date} */ (token?.expiry);
}

/** @param {number} elapsedMs From CONNECT to CONNACK. */
function whatTimeSuggests(elapsedMs) {
  if (elapsedMs < LOOKED_UP_MS) {
    return (
      'Check SharedAccessKey, HostName (the hub) and DeviceId, to which so quick a refusal points; then that this ' +
      'gateway is the parent of the device, the device is enabled, and the clock of this device is right.'
    );
  }
  const more = elapsedMs < OFFLINE_MS ? ', then SharedAccessKey' : ', and that the gateway reaches IoT Hub';
  return (
    'Check in IoT Hub that the device exists, is enabled and has this gateway as parent, to which so slow a refusal ' +
    `points${more}.`
  );
}

module.exports = { ROWS };

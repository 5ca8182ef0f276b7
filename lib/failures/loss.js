// @ts-check
'use strict';

const { NotConnectedError } = require('../vocabulary/errors');
const { isoDate } = require('./presented');

/**
 * After CONNACK.
 *
 * @type {import('./connection_failure').Row[]}
 */
const ROWS = [
  {
    kind: 'silent',
    code: 'ERR_IOT_KEEP_ALIVE',
    type: NotConnectedError,
    message: ({ at, after }) => `The gateway at ${at} fell silent: nothing came for ${after} after a PINGREQ`,
    remedy: 'The network is interrupted or the gateway hangs.',
  },
  {
    kind: 'unanswered',
    code: 'ERR_IOT_ANSWER_LOST',
    type: NotConnectedError,
    message: ({ at, device, after }) =>
      `The gateway at ${at} left something of device ${device} unanswered for ${after}, and answered what came later`,
    remedy:
      'The answer was lost. What was not acknowledged is sent again, marked as a repeat, over a new connection. If ' +
      'that goes on, look at what edgeHub logs.',
  },
  {
    kind: 'timed-out',
    stage: 'connected',
    code: 'ERR_IOT_TIMEOUT_CONNECTED',
    type: NotConnectedError,
    message: ({ at }) => `The connection to ${at} timed out: the network gave it up`,
    remedy: 'The network is interrupted.',
  },
  {
    kind: ['closed', 'reset'],
    stage: 'connected',
    when: ({ unstored }) => unstored > 0,
    code: 'ERR_IOT_NOT_STORED',
    type: NotConnectedError,
    message: ({ at, device, unstored }) =>
      `The gateway at ${at} ends the connection of device ${device} when it is sent a message, ${unstored} times in a row`,
    remedy:
      'A gateway does that when it cannot store the message: its disk is full, or its store is damaged. On the gateway: ' +
      'df -h, and sudo iotedge logs edgeHub.',
  },
  {
    kind: 'closed',
    stage: 'connected',
    when: ({ shortLives }) => shortLives > 0,
    code: 'ERR_IOT_TAKEN_OVER',
    type: NotConnectedError,
    message: ({ at, device, shortLives, how }) =>
      `The gateway at ${at} ${how} the connection of device ${device} shortly after it was made, ${shortLives} times in a row`,
    remedy:
      'Another client may be using the same device id, and the gateway keeps only the newest connection of a device: ' +
      'find the other, or give each an id of its own.',
  },
  {
    kind: 'closed',
    stage: 'connected',
    code: 'ERR_IOT_CONNECTION_CLOSED',
    type: NotConnectedError,
    message: ({ at, device }) => `The gateway at ${at} closed the connection of device ${device}`,
    remedy: (circumstances) => whyItEnds(circumstances),
  },
  {
    kind: 'reset',
    stage: 'connected',
    code: 'ERR_IOT_CONNECTION_RESET',
    type: NotConnectedError,
    message: ({ at, device }) => `The connection of device ${device} to ${at} was reset`,
    remedy: (circumstances) => whyItEnds(circumstances),
  },
  {
    kind: 'internal',
    code: 'ERR_IOT_INTERNAL',
    type: NotConnectedError,
    message: ({ at, device }) =>
      `A fault inside this client ended the connection of device ${device} to ${at}`,
    remedy:
      'It is no fault of the network or of the gateway: please report it, with what the process wrote to stderr.',
  },
];

/** @param {import('./circumstances').Circumstances} circumstances */
function whyItEnds({ token, tokenIsExpired, idiom, uponMessage }) {
  const expiry = token?.expiry;
  if (tokenIsExpired && expiry) {
    return `The token expired on ${isoDate(expiry)}. Before that, make a new one and ${idiom.giveToken}.`;
  }
  if (uponMessage) {
    return (
      'It ended upon a message: if that repeats, the gateway cannot store it, as when its disk is full (df -h there). ' +
      'Else it was restarted, or another client with this device id has connected.'
    );
  }
  return 'It may have been restarted, or another client with this device id has connected.';
}

module.exports = { ROWS };

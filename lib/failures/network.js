// @ts-check
'use strict';

const { ArgumentError, NotConnectedError } = require('../vocabulary/errors');
const { quote } = require('../vocabulary/failure');

/**
 * From a name to an open port.
 *
 * @type {import('./connection_failure').Row[]}
 */
const ROWS = [
  {
    kind: 'name-not-found',
    code: 'ERR_IOT_HOST_NOT_FOUND',
    type: NotConnectedError,
    message: ({ host }) => `The host name ${quote(host)} does not resolve`,
    remedy: ({ field }) =>
      `Check ${field} for typing errors, and that this device can resolve it (DNS or /etc/hosts).`,
  },
  {
    kind: 'name-temporary',
    code: 'ERR_IOT_NAME_RESOLUTION',
    type: NotConnectedError,
    message: ({ host }) => `The host name ${quote(host)} cannot be resolved at the moment`,
    remedy: 'The name server does not answer. Check the network of this device.',
  },
  {
    kind: 'invalid-name',
    code: 'ERR_IOT_HOST_INVALID',
    type: ArgumentError,
    message: ({ host }) => `${quote(host)} is no host name or address`,
    remedy: ({ field }) => `Correct ${field} in the connection string.`,
  },
  {
    kind: 'timed-out',
    stage: 'resolve',
    code: 'ERR_IOT_TIMEOUT_RESOLVE',
    type: NotConnectedError,
    message: ({ at, after }) =>
      `Connecting to ${at} timed out after ${after}: the name server did not answer`,
    remedy: 'Check the network and name servers of this device.',
  },
  {
    kind: 'refused',
    code: 'ERR_IOT_CONNECTION_REFUSED',
    type: NotConnectedError,
    message: ({ at }) => `Nothing listens at ${at}: the connection was refused`,
    remedy: ({ port }) =>
      `Check that edgeHub runs, that its createOptions bind port ${port}, and that no firewall rejects it.`,
  },
  {
    kind: 'unreachable',
    code: 'ERR_IOT_UNREACHABLE',
    type: NotConnectedError,
    message: ({ at }) => `There is no route to ${at}`,
    remedy: 'Check the network of this device and the address of the gateway.',
  },
  {
    kind: 'timed-out',
    stage: 'tcp',
    code: 'ERR_IOT_TIMEOUT_TCP',
    type: NotConnectedError,
    message: ({ at, after }) => `Connecting to ${at} timed out after ${after}: nothing answered`,
    remedy: 'Check the address, and that no firewall drops the port.',
  },
  {
    kind: ['reset', 'closed'],
    stage: ['resolve', 'tcp'],
    code: 'ERR_IOT_CONNECTION_RESET',
    type: NotConnectedError,
    message: ({ at, how }) => `The connection to ${at} was ${how} at once`,
    remedy: 'A firewall or another device on the way may cut it.',
  },
  {
    // Whatever else there is, or will be.
    kind: /^/,
    code: 'ERR_IOT_NETWORK',
    type: NotConnectedError,
    message: ({ at, detail }) => `The connection to ${at} failed: ${detail}`,
    remedy: 'The operating system gave this reason; check the network of this device.',
  },
];

module.exports = { ROWS };

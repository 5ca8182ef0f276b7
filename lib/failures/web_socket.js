// @ts-check
'use strict';

const { NotConnectedError } = require('../vocabulary/errors');

/** @typedef {import('./circumstances').Circumstances} Circumstances */

/**
 * From HTTP to WebSocket, and its frames.
 *
 * @type {import('./connection_failure').Row[]}
 */
const ROWS = [
  {
    kind: 'http-status',
    code: 'ERR_IOT_WEB_SOCKET_REFUSED',
    type: NotConnectedError,
    message: ({ at, detail }) => `What answers at ${at} does not offer MQTT over WebSocket (${detail})`,
    remedy: ({ native }) => whatStatusSuggests(/** @type {number} */ (native.code)),
  },
  {
    kind: 'not-http',
    code: 'ERR_IOT_NOT_WEB_SOCKET',
    type: NotConnectedError,
    message: ({ at, detail }) => `What answers at ${at} speaks TLS, but no HTTP: ${detail}`,
    remedy: 'MQTT over WebSocket is on port 443; on 8883 use Mqtt.',
  },
  {
    kind: 'web-socket',
    code: 'ERR_IOT_WEB_SOCKET_PROTOCOL',
    type: NotConnectedError,
    message: ({ at, detail }) => `What answers at ${at} breaks the WebSocket protocol: ${detail}`,
    remedy: 'Check that an IoT Edge gateway listens there; something on the way may change what it sends.',
  },
  {
    kind: 'timed-out',
    stage: 'upgrade',
    code: 'ERR_IOT_TIMEOUT_UPGRADE',
    type: NotConnectedError,
    message: ({ at, after }) =>
      `Connecting to ${at} timed out after ${after}: TLS is done, but nobody answered the upgrade to WebSocket`,
    remedy:
      'Check that edgeHub serves this port; it may hang. MQTT without WebSocket answers nobody who speaks HTTP.',
  },
  {
    kind: ['closed', 'reset'],
    stage: 'upgrade',
    code: 'ERR_IOT_CLOSED_DURING_UPGRADE',
    type: NotConnectedError,
    message: ({ at, how, after }) =>
      `The connection to ${at} was ${how} during the upgrade to WebSocket, after ${after}`,
    remedy: 'What listens there may not speak HTTP: MQTT over WebSocket is on port 443; on 8883 use Mqtt.',
  },
];

/** @param {number} status */
function whatStatusSuggests(status) {
  if (status === 400)
    return 'It does not know the sub-protocol mqtt: check that this is edgeHub, and its port 443.';
  if (status === 404)
    return 'It is a web server, or a proxy in front of edgeHub that does not forward /$iothub/websocket.';
  if (status >= 500) return 'A proxy in front of edgeHub does not reach it: iotedge list.';
  return 'Another web server or a portal answers in place of edgeHub: check GatewayHostName and port.';
}

module.exports = { ROWS };

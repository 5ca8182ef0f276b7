// @ts-check
'use strict';

const { createHash } = require('node:crypto');

/** The only sub-protocol served. */
const MQTT = 'mqtt';

/** Sub-protocols that a real gateway has registered, in lower case. */
const REGISTERED = [MQTT, 'amqpwsb10'];

/** Of RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * @typedef {object} Answer
 * @property {101 | 400 | 404} status
 * @property {Record<string, string>} headers
 * @property {string} reason why it is not 101
 */

/**
 * Answers a request to upgrade. The path does not matter; the first sub-protocol offered that is registered wins.
 * @param {import('node:http').IncomingMessage} request
 * @returns {Answer}
 */
function answerUpgrade({ method, headers }) {
  const key = headers['sec-websocket-key'];
  if (method !== 'GET' || !key || !isWebSocket(headers)) {
    return { status: 404, headers: {}, reason: 'upgrade, but not to WebSocket of version 13' };
  }
  const offered = headers['sec-websocket-protocol'] ?? '';
  const chosen = offered.split(',').find((name) => REGISTERED.includes(name.trim().toLowerCase()));
  if (chosen?.trim().toLowerCase() !== MQTT) {
    const what = chosen ? 'AMQP, which is not modelled' : 'none that is registered; mqtt is';
    return { status: 400, headers: {}, reason: `WebSocket sub-protocols '${offered}': ${what}` };
  }
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  return {
    status: 101,
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Accept': accept,
      'Sec-WebSocket-Protocol': MQTT,
    },
    reason: '',
  };
}

/**
 * @param {import('node:http').IncomingHttpHeaders} headers
 */
function isWebSocket(headers) {
  return (
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    Buffer.from(headers['sec-websocket-key'] ?? '', 'base64').length === 16
  );
}

module.exports = { answerUpgrade };

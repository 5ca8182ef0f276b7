// @ts-check
'use strict';

const { firstAnswer } = require('./tcp');

/** CONNECT of MQTT 3.1.1 with client id `doctor`, without user and password. */
const CONNECT = Buffer.concat([
  Buffer.from([0x10, 18, 0, 4]),
  Buffer.from('MQTT'),
  Buffer.from([4, 2, 0, 60, 0, 6]),
  Buffer.from('doctor'),
]);

/**
 * What listens on a port that does not answer TLS. Asked without TLS, with no credentials.
 *
 * @param {{ host: string, port: number }} endpoint
 * @param {number} limitMs For each of two tries.
 * @returns {Promise<NonNullable<import('../..').TlsFacts['speaks']>>}
 */
async function recogniseStranger(endpoint, limitMs) {
  const [toHttp, toMqtt] = await Promise.all([
    firstAnswer(endpoint, headOf(endpoint.host), limitMs),
    firstAnswer(endpoint, CONNECT, limitMs),
  ]);
  if (toMqtt[0] === 0x20 && toMqtt.length >= 4) return 'mqtt';
  const text = toHttp.toString('latin1', 0, 16);
  if (text.startsWith('HTTP/')) return 'http';
  if (text.startsWith('SSH-')) return 'ssh';
  return toHttp.length + toMqtt.length > 0 ? 'other' : 'nothing';
}

/** @param {string} host */
function headOf(host) {
  return `HEAD / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
}

module.exports = { CONNECT, headOf, recogniseStranger };

// @ts-check
'use strict';

const { X509Certificate } = require('node:crypto');

/**
 * How a gateway is.
 * @param {import('../index').Gateway} gateway
 * @param {string[]} faults in force, as they were written
 * @returns {string[]} lines
 */
function statusLines(gateway, faults) {
  const { host, port, webSocketPort, counts, upstream, offline } = gateway;
  const cloud = offline ? `out of reach, ${upstream.stored} messages stored` : 'in reach';
  const devices = gateway.devices();
  return [
    row('Ports', `MQTT ${port}, WebSocket and HTTPS ${webSocketPort}, on ${host}`),
    row('Certificate', certificateText(gateway.chain.serverPem)),
    row('Cloud', `${cloud}; ${upstream.forwarded} forwarded, ${upstream.lost} lost`),
    row('Faults', faults.length === 0 ? 'none' : faults.join('  ')),
    row('Devices', `${devices.length} known, ${gateway.connections().length} connections`),
    row('Messages', `${counts.received} received, ${counts.dropped} dropped`),
  ];
}

/**
 * @param {string} name
 * @param {string} value
 */
const row = (name, value) => `${name.padEnd(12)} ${value}`;

/**
 * @param {string} pem
 */
function certificateText(pem) {
  const { subject, issuer, subjectAltName, validFrom, validTo } = new X509Certificate(pem);
  const line = (/** @type {string} */ name) => name.replaceAll('\n', ', ');
  const date = (/** @type {string} */ text) => new Date(text).toISOString().slice(0, 10);
  const names = subjectAltName ? ` for ${subjectAltName}` : '';
  return `${line(subject)}${names}, ${date(validFrom)} to ${date(validTo)}, issued by ${line(issuer)}`;
}

module.exports = { statusLines };

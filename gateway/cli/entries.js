// @ts-check
'use strict';

const { faultText } = require('../faults/notation');

/** Bytes of a body shown on its line. */
const BODY_SHOWN = 120;

/**
 * @typedef {{ who?: string, what: string, text?: string, color?: import('./colors').Color }} Entry
 */

/** How the doctor of edge-downstream introduces itself. */
const DOCTOR = /^(edge-downstream\/\S+) .* doctor$/s;

/** Why a message from the cloud became a dead letter. @type {Record<import('../index').DeadLetterReason, string>} */
const DEAD_LETTERS = {
  noSubscription: 'no subscription to it is old enough',
  expired: 'it waited in the hub for too long',
  deliveryCountExceeded: 'it came back from the last of its deliveries',
};

/** Why a method call has no answer. @type {Record<number, string>} */
const UNANSWERED = {
  400: 'it had no payload',
  404: 'not connected and subscribed to methods, or the cloud is out of reach',
  504: 'no answer in time',
};

/** What a client did that sent nothing. */
const LOOKS = {
  port: 'looked whether the port is open, as the doctor does',
  certificate:
    'left after the handshake without a word: it does not accept the certificate (clients in Node.js say no more ' +
    'than that), or only looked at it, as the doctor does',
};

/**
 * What is shown of each event; nothing where undefined.
 * @type {{ [event: string]: (detail: any) => Entry | undefined }}
 */
const ENTRIES = {
  connected: ({ clientId, tlsVersion, sessionPresent, address, userAgent = '' }) => {
    const [, doctor] = DOCTOR.exec(userAgent) ?? [];
    if (doctor) return { who: clientId, what: 'doctor', text: `${doctor} connected as this device` };
    const resumed = sessionPresent ? ', session resumed' : '';
    return {
      who: clientId,
      what: 'connected',
      text: `${tlsVersion} from ${address}${resumed}`,
      color: 'green',
    };
  },
  disconnected: ({ clientId, reason, userAgent = '' }) => {
    if (DOCTOR.test(userAgent)) return { who: clientId, what: 'doctor', text: `left: ${reason}` };
    return { who: clientId, what: 'disconnected', text: reason, color: 'yellow' };
  },
  refused: ({ clientId, address, reason, returnCode, look, userAgent = '' }) => {
    if (look) return looked(address, look);
    const code = returnCode === undefined ? '' : `CONNACK ${returnCode}: `;
    const doctor = DOCTOR.test(userAgent) ? ' (the doctor)' : '';
    return { who: clientId, what: 'refused', text: `${code}${reason}${doctor}`, color: 'red' };
  },
  handshakeFailed: ({ address, reason, look }) =>
    look ? looked(address, look) : { what: 'no TLS', text: `${address}: ${reason}`, color: 'red' },
  request: ({ address, method, path, status }) => ({
    what: 'https',
    text: `${address}: ${method} ${path}: ${status}`,
  }),
  telemetry: ({ clientId, body, properties }) => {
    const bag = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
    return { who: clientId, what: 'telemetry', text: [bodyText(body), ...bag].join('  '), color: 'cyan' };
  },
  dropped: ({ clientId, topic, reason }) => ({
    who: clientId,
    what: 'dropped',
    text: `${reason} (acknowledged all the same; topic ${topic})`,
    color: 'red',
  }),
  lost: ({ message, reason }) => ({ who: message.clientId, what: 'lost', text: reason, color: 'red' }),
  subscribed: ({ clientId, filter, qos }) => ({
    who: clientId,
    what: 'subscribed',
    text: `${filter} QoS ${qos}`,
  }),
  unsubscribed: ({ clientId, filter }) => ({ who: clientId, what: 'unsubscribed', text: filter }),
  twinGet: ({ id, source }) => ({
    who: id,
    what: 'twin',
    text: { hub: '', cache: 'from the cache', nothing: 'empty: nothing is cached' }[
      /** @type {'hub'} */ (source)
    ],
  }),
  reported: ({ id, status, patch, reason = 'a fault' }) => ({
    who: id,
    what: 'reported',
    text: patch ? JSON.stringify(patch) : `${status}: ${reason}`,
    color: patch ? 'cyan' : 'red',
  }),
  desired: ({ id, patch }) => ({ who: id, what: 'desired', text: JSON.stringify(patch) }),
  method: ({ id, name, from, status, payload }) => {
    const by = from === 'module' ? ', called by a module' : '';
    if (payload !== undefined)
      return { who: id, what: 'method', text: `${name} → ${status} ${JSON.stringify(payload)}${by}` };
    const why = UNANSWERED[status];
    return { who: id, what: 'method', text: `${name} → ${status}: ${why}${by}`, color: 'red' };
  },
  uploadBegun: ({ deviceId, blobName }) => ({ who: deviceId, what: 'upload', text: `${blobName} begun` }),
  blob: ({ name, bytes, blocks }) => ({ what: 'blob', text: `${name}, ${bytes} bytes in ${blocks} blocks` }),
  uploadEnded: ({ deviceId, blobName, notification: { isSuccess, statusCode, statusDescription } }) => {
    const said = [statusCode, statusDescription].filter((each) => each !== undefined).join(' ');
    return {
      who: deviceId,
      what: 'upload',
      text: `${blobName} ${isSuccess ? 'done' : 'failed'}${said && `: ${said}`}`,
      ...(!isSuccess && { color: /** @type {const} */ ('red') }),
    };
  },
  c2d: (/** @type {import('../index').C2DMessage} */ { deviceId, messageId, status, deadLetter }) => ({
    who: deviceId,
    what: 'c2d',
    text: `${status} ${messageId}${deadLetter === undefined ? '' : `: ${DEAD_LETTERS[deadLetter]}`}`,
    color: status === 'completed' ? 'green' : 'red',
  }),
  c2dReturned: ({ message, reason }) => ({
    who: message.deviceId,
    what: 'c2d',
    text: `returned ${message.messageId}: ${reason}`,
    color: 'yellow',
  }),
  input: ({ id, input, messageId, status }) => ({
    who: id,
    what: 'input',
    text: `${input} ${status} ${messageId}`,
    color: status === 'completed' ? 'green' : 'red',
  }),
  reportRefused: ({ id, reason }) => ({
    who: id,
    what: 'hub refused',
    text: `what was reported: ${reason}`,
    color: 'red',
  }),
  undelivered: ({ clientId, topic, reason }) => ({
    who: clientId,
    what: 'undelivered',
    text: `${topic}: ${reason}`,
    color: 'yellow',
  }),
  fault: ({ clientId, connectionNumber, point, fault }) => ({
    who: clientId,
    what: 'fault',
    text: `${point}=${faultText(fault)} on connection ${connectionNumber}`,
    color: 'magenta',
  }),
};

/**
 * @param {string} address
 * @param {keyof typeof LOOKS} look
 * @returns {Entry}
 */
const looked = (address, look) => ({ what: 'looked', text: `${address}: ${LOOKS[look]}` });

/**
 * A body as text where it is that, else in hexadecimal.
 * @param {Buffer} body
 */
function bodyText(body) {
  const start = body.subarray(0, BODY_SHOWN);
  const text = start.toString();
  const printable = !/[\p{Cc}\ufffd]/u.test(text.replace(/[\t\r\n]/g, ' '));
  const shown = printable ? text.replace(/\s+/g, ' ') : start.toString('hex');
  return body.length > BODY_SHOWN ? `${shown}… (${body.length} bytes)` : shown;
}

module.exports = { ENTRIES };

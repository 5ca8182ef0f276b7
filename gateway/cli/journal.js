// @ts-check
'use strict';

/** Bytes of a body shown on its line. */
const BODY_SHOWN = 120;
/** Telemetry lines in one second; the rest is counted, so that a terminal never holds up the gateway. */
const LINES_PER_SECOND = 100;

/**
 * @typedef {import('../index').Gateway} Gateway
 * @typedef {import('./colors').Paint} Paint
 * @typedef {import('./colors').Color} Color
 */

/** Shows what devices do, a line each. */
class Journal {
  #print;
  #paint;
  /** Telemetry in the present second, by device. @type {Map<string, number>} */
  #unshown = new Map();
  #shown = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #second;

  /**
   * @param {(line: string) => void} print
   * @param {Paint} paint
   */
  constructor(print, paint) {
    this.#print = print;
    this.#paint = paint;
  }

  /**
   * @param {Gateway} gateway
   */
  watch(gateway) {
    for (const [event, entry] of Object.entries(ENTRIES)) {
      gateway.on(/** @type {any} */ (event), (/** @type {any} */ detail, /** @type {any[]} */ ...rest) => {
        const line = entry(detail, ...rest);
        if (line) this.#add(line);
      });
    }
    gateway.on('telemetry', (message) => this.#telemetry(message));
  }

  /** Counts what was not shown, at the end. */
  stop() {
    clearInterval(this.#second);
    this.#summarise();
  }

  /**
   * @param {import('../index').Message} message
   */
  #telemetry(message) {
    this.#second ??= setInterval(() => this.#summarise(), 1000).unref();
    if (this.#shown < LINES_PER_SECOND) {
      this.#shown++;
      return this.#add(telemetry(message));
    }
    this.#unshown.set(message.clientId, (this.#unshown.get(message.clientId) ?? 0) + 1);
  }

  #summarise() {
    this.#shown = 0;
    for (const [who, count] of this.#unshown)
      this.#add({ who, what: 'telemetry', text: `${count} more messages` });
    this.#unshown.clear();
  }

  /**
   * @param {Entry} entry
   */
  #add({ who = '-', what, text = '', color }) {
    const time = this.#paint('dim', new Date().toTimeString().slice(0, 8));
    const label = what.padEnd(12);
    this.#print(`${time}  ${who.padEnd(10)} ${color ? this.#paint(color, label) : label} ${text}`.trimEnd());
  }
}

/**
 * @typedef {{ who?: string, what: string, text?: string, color?: Color }} Entry
 */

/**
 * What is shown of each event; nothing where undefined.
 * @type {{ [event: string]: (detail: any, ...rest: any[]) => Entry | undefined }}
 */
const ENTRIES = {
  connected: ({ clientId, tlsVersion, sessionPresent, address }) => ({
    who: clientId,
    what: 'connected',
    text: `${tlsVersion} from ${address}${sessionPresent ? ', session resumed' : ''}`,
    color: 'green',
  }),
  disconnected: ({ clientId, reason }) => ({
    who: clientId,
    what: 'disconnected',
    text: reason,
    color: 'yellow',
  }),
  refused: ({ clientId, reason, returnCode }) => ({
    who: clientId,
    what: 'refused',
    text: returnCode === undefined ? reason : `CONNACK ${returnCode}: ${reason}`,
    color: 'red',
  }),
  handshakeFailed: ({ address, reason }) => ({ what: 'no TLS', text: `${address}: ${reason}`, color: 'red' }),
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
  reported: ({ id, status, patch, reason }) => ({
    who: id,
    what: 'reported',
    text: patch ? JSON.stringify(patch) : `${status}: ${reason}`,
    color: patch ? 'cyan' : 'red',
  }),
  desired: ({ id, patch }) => ({ who: id, what: 'desired', text: JSON.stringify(patch) }),
  request: ({ address, method, path, status }) => ({
    what: 'https',
    text: `${address}: ${method} ${path}: ${status}`,
  }),
  c2d: ({ deviceId, messageId, status }) => ({
    who: deviceId,
    what: 'c2d',
    text: `${status} ${messageId}`,
    color: status === 'completed' ? 'green' : 'red',
  }),
};

/**
 * @param {import('../index').Message} message
 * @returns {Entry}
 */
function telemetry({ clientId, body, properties }) {
  const bag = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  return { who: clientId, what: 'telemetry', text: [bodyText(body), ...bag].join('  '), color: 'cyan' };
}

/**
 * A body on one line: as text where it is printable, else in hexadecimal.
 * @param {Buffer} body
 */
function bodyText(body) {
  const start = body.subarray(0, BODY_SHOWN);
  const text = start.toString();
  const printable = !/[\p{Cc}\ufffd]/u.test(text.replace(/[\t\r\n]/g, ' '));
  const shown = printable ? text.replace(/\s+/g, ' ') : start.toString('hex');
  return body.length > BODY_SHOWN ? `${shown}… (${body.length} bytes)` : shown;
}

module.exports = { Journal };

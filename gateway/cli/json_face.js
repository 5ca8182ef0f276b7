// @ts-check
'use strict';

const { isUtf8 } = require('node:buffer');
const { legible } = require('../encoding/legible');
const { ENTRIES } = require('./entries');

/** Events that are told beside those that people are shown. */
const MORE_EVENTS = ['forwarded', 'c2dDelivered', 'workload'];

/**
 * @typedef {import('./text_face').Face} Face
 */

/**
 * For programs: an object a line, each with `time` and `event`.
 * @implements {Face}
 */
class JsonFace {
  #write;

  /**
   * @param {(text: string) => void} write
   */
  constructor(write) {
    this.#write = write;
  }

  /** @param {import('./banner').Facts} facts */
  started({ gateway, settings, rootFile, loopback }) {
    const { host, port, webSocketPort, webSocketUrl, endpoint } = gateway;
    const devices = settings.shown.map((clientId) => ({
      clientId,
      connectionString: gateway.connectionString(clientId),
    }));
    const listens = { host, port, webSocketPort, loopback };
    this.#tell('started', { endpoint, webSocketUrl, listens, rootFile, devices });
  }

  /** @param {import('../index').Gateway} gateway */
  watch(gateway) {
    for (const event of [...Object.keys(ENTRIES), ...MORE_EVENTS]) {
      gateway.on(/** @type {any} */ (event), (/** @type {object} */ detail) => this.#tell(event, detail));
    }
  }

  /**
   * @param {string} command
   * @param {string | string[]} answer
   */
  obeyed(command, answer) {
    this.#tell('command', { command, answer });
  }

  /**
   * @param {string} command
   * @param {string} error
   */
  refused(command, error) {
    this.#tell('command', { command, error });
  }

  /** @param {unknown} error */
  failed(error) {
    this.#tell('internalError', { error: error instanceof Error ? error.stack : String(error) });
  }

  /** @param {string} by */
  ended(by) {
    this.#tell('stopped', { by });
  }

  /**
   * @param {string} event
   * @param {object} detail
   */
  #tell(event, detail) {
    const text = JSON.stringify({ time: new Date(), event, ...detail }, plain);
    // The escapes are those of JSON.
    this.#write(`${legible(text)}\n`);
  }
}

/**
 * What JSON can say of a value: bytes are text where they are that.
 * @this {any}
 * @param {string} name
 * @param {unknown} value
 */
function plain(name, value) {
  const raw = this[name];
  if (ArrayBuffer.isView(raw)) {
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };
  }
  return raw instanceof Promise ? undefined : value;
}

module.exports = { JsonFace };

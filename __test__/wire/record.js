'use strict';

const { EventEmitter, once } = require('node:events');
// Not those a test may put in their place.
const { clearTimeout, setTimeout } = globalThis;

/** How long anything may take before a test says what it waited for. Milliseconds. */
const PATIENCE_MS = 20_000;

/**
 * What a broker saw, in order, whichever broker it is.
 *
 * @typedef {object} Publish As it was read from a device.
 * @property {string} clientId
 * @property {string} topic
 * @property {number} qos
 * @property {boolean} dup
 * @property {number} packetId
 */
class Record extends EventEmitter {
  /** Read from devices. @type {Publish[]} */
  publishes = [];
  /** Stored, as the cloud gets them. @type {{ topic: string, payload: Buffer, qos: number }[]} */
  messages = [];
  /** @type {{ clientId: string, username: string, keepAlive: number, clean: boolean }[]} */
  connects = [];
  /** Clients whose connection ended. @type {{ clientId: string, graceful: boolean }[]} */
  disconnects = [];
  /** @type {{ clientId: string, filter: string, qos: number }[]} */
  subscribes = [];
  /** Those that switch nothing on and keep the age of one above. @type {{ clientId: string, filter: string, qos: number }[]} */
  companions = [];
  /** @type {{ clientId: string, filter: string }[]} */
  unsubscribes = [];
  /** CONNACKs other than 0; Mosquitto does not say to whom. @type {{ code: number }[]} */
  refusals = [];
  /** PINGREQs. @type {{ clientId: string }[]} */
  pings = [];
  /** C2D: packet ids sent to a device, and acknowledged by it. @type {{ clientId: string, packetId: number }[]} */
  sent = [];
  acknowledged = [];
  /** Told soon, once for many entries. */
  #changed = false;

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  /**
   * @param {'publishes' | 'messages' | 'connects' | 'disconnects' | 'subscribes' | 'unsubscribes' | 'sent' |
   *   'acknowledged'} list
   * @param {any} entry
   */
  add(list, entry) {
    const companion = list === 'subscribes' && entry.filter.endsWith('/devicebound/+');
    this[companion ? 'companions' : list].push(entry);
    if (this.#changed) return;
    this.#changed = true;
    setImmediate(() => {
      this.#changed = false;
      this.emit('change');
    });
  }

  /**
   * Resolves when `holds` does; looked at when entries were added.
   *
   * @param {string} what For the error.
   * @param {() => boolean} holds
   */
  until(what, holds) {
    return eventually(this, 'change', what, holds);
  }
}

/**
 * Resolves when `holds` does; looked at after each `event` of `emitter`.
 *
 * @param {EventEmitter} emitter
 * @param {string} event
 * @param {string} what For the error.
 * @param {() => boolean} holds
 */
async function eventually(emitter, event, what, holds) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  // Keeps the process alive while nothing else does: the reason for waiting must be told.
  const hold = setTimeout(() => {}, PATIENCE_MS);
  try {
    while (!holds()) await once(emitter, event, { signal });
  } catch (error) {
    throw signal.aborted ? new Error(`Waited in vain until ${what}`) : error;
  } finally {
    clearTimeout(hold);
  }
}

module.exports = { Record, eventually, PATIENCE_MS };

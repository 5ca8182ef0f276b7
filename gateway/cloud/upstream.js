// @ts-check
'use strict';

const { ProtocolError } = require('../mqtt/framing');
const { costOf } = require('./cost');

/**
 * @typedef {import('../index').Message} Message
 */

/** What forwarding to IoT Hub can read as a creation time: .NET's round-trip format. */
const ROUND_TRIP_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}(Z|[+-]\d\d:\d\d)?$/;

/**
 * Store and forward: telemetry goes on to the cloud in order, at once while the link is up, else when it is back. The
 * device never hears of what happens here.
 */
class Upstream {
  /** Sent to the cloud, and lost on the way there. */
  counts = { forwarded: 0, lost: 0 };
  /** @type {Array<{ message: Message, storedAt: number, cost: number }>} the oldest first */
  #stored = [];
  #bytes = 0;
  #terms;
  #events;

  /**
   * @param {object} terms
   * @param {import('./link').Link} terms.link
   * @param {import('./clock').Clock} terms.clock
   * @param {import('../identity/scope').Scope} terms.scope
   * @param {number} terms.timeToLiveMs older messages vanish
   * @param {number} terms.storeBytes memory that the store may take
   * @param {object} events
   * @param {(message: Message) => void} events.onForwarded
   * @param {(message: Message, reason: string) => void} events.onLost
   */
  constructor(terms, events) {
    this.#terms = terms;
    this.#events = events;
    terms.link.on('change', (online) => online && this.#forwardStored());
  }

  /** Messages that wait for the link. */
  get stored() {
    return this.#stored.length;
  }

  /** @throws {ProtocolError} the store is full: close the connection, without acknowledgement */
  requireRoom() {
    if (this.#terms.link.online) return;
    this.#expire();
    if (this.#bytes >= this.#terms.storeBytes) {
      throw new ProtocolError(`the store is full: ${this.#stored.length} messages, ${this.#bytes} bytes`);
    }
  }

  /**
   * @param {Message} message
   */
  take(message) {
    if (this.#terms.link.online) return this.#forward(message);
    const cost = costOf(message);
    this.#stored.push({ message, storedAt: this.#terms.clock.now(), cost });
    this.#bytes += cost;
  }

  /** The store is gone: a gateway without persistent storage was restarted. */
  clear() {
    this.#stored = [];
    this.#bytes = 0;
  }

  #forwardStored() {
    this.#expire();
    const stored = this.#stored;
    this.clear();
    for (const { message } of stored) this.#forward(message);
  }

  /**
   * @param {Message} message
   */
  #forward(message) {
    const reason = this.#refusal(message);
    if (reason !== undefined) return this.#lose(message, reason);
    this.counts.forwarded++;
    this.#events.onForwarded(message);
  }

  /**
   * @param {Message} message
   * @returns {string | undefined} why the cloud never gets it
   */
  #refusal({ systemProperties: { creationTime }, clientId }) {
    if (creationTime !== undefined && !ROUND_TRIP_TIME.test(creationTime)) {
      return `creation time '${creationTime}' does not have seven fractional digits`;
    }
    return this.#terms.scope.refusalToForward(clientId);
  }

  #expire() {
    const oldest = this.#terms.clock.now() - this.#terms.timeToLiveMs;
    let expired = 0;
    while (expired < this.#stored.length && this.#stored[expired].storedAt < oldest) expired++;
    for (const { message, cost } of this.#stored.splice(0, expired)) {
      this.#bytes -= cost;
      this.#lose(message, `older than the time to live of ${this.#terms.timeToLiveMs} ms`);
    }
  }

  /**
   * @param {Message} message
   * @param {string} reason
   */
  #lose(message, reason) {
    this.counts.lost++;
    this.#events.onLost(message, reason);
  }
}

module.exports = { Upstream };

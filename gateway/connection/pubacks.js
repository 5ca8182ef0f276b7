// @ts-check
'use strict';

/**
 * @typedef {import('../index').PublishFault} PublishFault
 */

/** Gives the PUBACKs of one connection: each at once and once, but for faults. */
class Pubacks {
  #send;
  #after;
  /** @type {Array<{ packetId: number, behind: number, delayMs: number }>} to follow after later ones */
  #held = [];

  /**
   * @param {object} line
   * @param {(packetId: number) => void} line.send
   * @param {(milliseconds: number, action: () => void) => void} line.after
   */
  constructor({ send, after }) {
    this.#send = send;
    this.#after = after;
  }

  /**
   * @param {number} packetId
   * @param {PublishFault | undefined} fault
   */
  give(packetId, fault) {
    if (typeof fault === 'object') return this.#givePerhapsLate(packetId, fault);
    if (fault === 'drop-puback') return;
    this.#pass(packetId);
    if (fault === 'duplicate-puback') this.#send(packetId);
  }

  /**
   * @param {number} packetId
   * @param {Extract<PublishFault, object>} fault
   */
  #givePerhapsLate(packetId, { pubackId = packetId, pubackBehind = 0, pubackDelayMs = 0 }) {
    if (pubackBehind > 0) {
      this.#held.push({ packetId: pubackId, behind: pubackBehind, delayMs: pubackDelayMs });
    } else this.#late(pubackId, pubackDelayMs);
  }

  /**
   * @param {number} packetId
   * @param {number} delayMs
   */
  #late(packetId, delayMs) {
    if (delayMs > 0) this.#after(delayMs, () => this.#pass(packetId));
    else this.#pass(packetId);
  }

  /**
   * @param {number} packetId
   */
  #pass(packetId) {
    this.#send(packetId);
    if (this.#held.length === 0) return;
    this.#held.forEach((puback) => puback.behind--);
    const due = this.#held.filter(({ behind }) => behind === 0);
    this.#held = this.#held.filter(({ behind }) => behind > 0);
    due.forEach((puback) => this.#late(puback.packetId, puback.delayMs));
  }
}

module.exports = { Pubacks };

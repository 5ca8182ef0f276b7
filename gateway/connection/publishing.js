// @ts-check
'use strict';

const { ProtocolError } = require('../mqtt/framing');

/**
 * @typedef {import('../index').PublishPacket} PublishPacket
 * @typedef {import('../index').PublishFault} PublishFault
 *
 * @typedef {object} PublishSteps
 * @property {(n: number, packet: PublishPacket) => PublishFault | undefined} decide
 * @property {(packet: PublishPacket) => void} store
 * @property {(packetId: number) => void} acknowledge
 * @property {(how: 'cut' | 'reset') => void} cut
 * @property {(delayMs: number, action: () => void) => NodeJS.Timeout} later
 * @property {() => void} onDrained the queue is empty again after a delay
 */

/**
 * The publishes of one connection: strictly one after the other, acknowledged in order (contract
 * edge-gateway.md §2.7). Without a delay each is done when it arrives and the queue stays empty.
 */
class PublishQueue {
  /**
   * @param {PublishSteps} steps
   */
  constructor(steps) {
    this.steps = steps;
    /** @type {PublishPacket[]} the first is being delayed */
    this.waiting = [];
    /** Publishes begun on this connection. */
    this.count = 0;
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
  }

  get length() {
    return this.waiting.length;
  }

  /**
   * @param {PublishPacket} packet
   */
  push(packet) {
    if (this.waiting.length > 0) this.waiting.push(packet);
    else this.begin(packet);
  }

  /**
   * @param {PublishPacket} packet
   * @returns {boolean} done; otherwise it heads the queue until its delay is over
   */
  begin(packet) {
    const fault = this.steps.decide(++this.count, packet);
    if (typeof fault !== 'object') {
      this.perform(packet, fault);
      return true;
    }
    if (this.waiting[0] !== packet) this.waiting.unshift(packet);
    this.timer = this.steps.later(fault.delayMs, () => this.resume());
    return false;
  }

  resume() {
    const delayed = /** @type {PublishPacket} */ (this.waiting[0]);
    this.perform(delayed, undefined);
    this.waiting.shift();
    while (this.waiting.length > 0) {
      if (!this.begin(this.waiting[0])) return;
      this.waiting.shift();
    }
    this.steps.onDrained();
  }

  /**
   * @param {PublishPacket} packet
   * @param {Exclude<PublishFault, object> | undefined} fault
   */
  perform(packet, fault) {
    const { store, acknowledge, cut } = this.steps;
    const how = fault?.startsWith('reset') ? 'reset' : 'cut';
    if (fault?.endsWith('before-store')) return cut(how);
    store(packet);
    if (fault?.endsWith('before-puback')) return cut(how);
    if (packet.qos === 1 && fault !== 'drop-puback') acknowledge(packet.packetId);
    if (fault?.endsWith('after-puback')) cut(how);
  }

  /**
   * The connection ends.
   * @param {{ store: boolean }} options whether what is queued is still stored (§2.1, DISCONNECT)
   */
  end({ store }) {
    clearTimeout(this.timer);
    const left = this.waiting;
    this.waiting = [];
    if (!store) return;
    try {
      left.forEach(this.steps.store);
    } catch (error) {
      // A message for which the connection would be closed ends the queue, too.
      if (!(error instanceof ProtocolError)) throw error;
    }
  }
}

module.exports = { PublishQueue };

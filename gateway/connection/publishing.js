// @ts-check
'use strict';

const { bytesOf } = require('../faults/commit');
const { ProtocolError, QosTwoError } = require('../mqtt/framing');

/**
 * @typedef {import('../index').PublishPacket} PublishPacket
 * @typedef {import('../index').PublishFault} PublishFault
 * @typedef {import('../index').Ending} Ending
 *
 * @typedef {object} PublishSteps
 * @property {(n: number, packet: PublishPacket) => PublishFault | undefined} decide
 * @property {(packet: PublishPacket) => void | Promise<void>} take does what the publish asks for; a promise holds back
 *   the acknowledgement and all publishes behind it
 * @property {(error: ProtocolError) => void} failed the publish could not be taken: the connection ends
 * @property {(packetId: number, fault: PublishFault | undefined) => void} acknowledge
 * @property {(bytes: Buffer) => void} send
 * @property {(how: Ending) => void} end ends the connection as a fault
 * @property {(action: () => void) => void} guarded runs what happens later than its packet arrived
 * @property {() => void} onDrained the queue is empty again after a wait
 */

/**
 * The publishes of one connection: strictly one after the other, acknowledged in order (MqttAdapter.cs). One that need not wait is done when it arrives, and the queue stays empty.
 */
class PublishQueue {
  /**
   * @param {PublishSteps} steps
   */
  constructor(steps) {
    this.steps = steps;
    /** @type {PublishPacket[]} the first is under way */
    this.waiting = [];
    /** Publishes begun on this connection. */
    this.count = 0;
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
    /** Whether the first is being taken, or has been and is not done. */
    this.taking = false;
    this.ended = false;
  }

  get length() {
    return this.waiting.length;
  }

  /**
   * @param {PublishPacket} packet
   */
  push(packet) {
    this.waiting.push(packet);
    if (this.waiting.length === 1 && this.begin(packet)) this.waiting.shift();
  }

  /**
   * @param {PublishPacket} packet
   * @returns {boolean} done; otherwise it holds up the queue until it is
   */
  begin(packet) {
    const fault = this.steps.decide(++this.count, packet);
    if (typeof fault !== 'object' || !fault.delayMs) return this.perform(packet, fault);
    this.timer = setTimeout(
      () => this.later(() => this.perform(packet, fault) && this.next()),
      fault.delayMs,
    );
    return false;
  }

  /** The first is done at last; those behind it follow, in turns with other connections. */
  next() {
    this.waiting.shift();
    if (this.waiting.length === 0) return this.steps.onDrained();
    setImmediate(() => this.later(() => this.begin(this.waiting[0]) && this.next()));
  }

  /**
   * @param {PublishPacket} packet
   * @param {PublishFault | undefined} fault
   * @returns {boolean} done
   */
  perform(packet, fault) {
    if (this.endsAt('before-store', fault)) return true;
    this.taking = true;
    const slow = this.#take(packet);
    if (slow && slow !== 'failed') {
      const done = () => {
        this.taking = false;
        this.finish(packet, fault);
        this.next();
      };
      slow.then(
        () => this.later(done),
        (error) => this.steps.guarded(() => rethrow(error)),
      );
      return false;
    }
    this.taking = false;
    if (slow !== 'failed') this.finish(packet, fault);
    return true;
  }

  /**
   * @param {PublishPacket} packet
   */
  #take(packet) {
    try {
      return this.steps.take(packet);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.steps.failed(error);
      return 'failed';
    }
  }

  /**
   * @param {PublishPacket} packet
   * @param {PublishFault | undefined} fault
   */
  finish(packet, fault) {
    if (this.endsAt('before-puback', fault)) return;
    if (typeof fault === 'object' && fault.inject !== undefined) this.steps.send(bytesOf(fault.inject));
    if (packet.qos === 1) this.steps.acknowledge(packet.packetId, fault);
    this.endsAt('after-puback', fault);
  }

  /**
   * @param {'before-store' | 'before-puback' | 'after-puback'} moment
   * @param {PublishFault | undefined} fault
   * @returns {boolean} the connection ended
   */
  endsAt(moment, fault) {
    if (typeof fault !== 'string' || !fault.endsWith(moment)) return false;
    this.steps.end(/** @type {Ending} */ (fault.slice(0, fault.indexOf('-'))));
    return true;
  }

  /**
   * @param {() => void} action
   */
  later(action) {
    if (!this.ended) this.steps.guarded(action);
  }

  /**
   * The connection ends.
   * @param {'all' | 'first' | 'none'} stored which of those that wait are still taken
   * @returns {boolean} false: one of them failed, and those behind it were dropped
   */
  end(stored) {
    clearTimeout(this.timer);
    this.ended = true;
    const most = stored === 'all' ? Infinity : stored === 'first' ? 1 : 0;
    const left = this.waiting.slice(0, most).slice(this.taking ? 1 : 0);
    this.waiting = [];
    return left.every((packet) => this.#takeLate(packet));
  }

  /**
   * @param {PublishPacket} packet
   */
  #takeLate(packet) {
    try {
      this.steps.take(packet);
      return true;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return error instanceof QosTwoError;
    }
  }
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function rethrow(error) {
  throw error;
}

module.exports = { PublishQueue };

// @ts-check
'use strict';

const MOST = 65535;

/**
 * What follows the PUBACK of a message at QoS 1, by the packet id that the message was sent with.
 *
 * @typedef {object} PacketIds
 * @property {(onAcknowledged: () => void) => number} give the id of the next message
 * @property {(packetId: number) => void} acknowledged
 */

/**
 * edgeHub gives every message packet id 1: a PUBACK means the oldest, and one of another id was never sent.
 * @implements {PacketIds}
 */
class AlwaysOne {
  /** @type {Array<() => void>} the oldest first */
  #unacknowledged = [];

  /** @param {() => void} onAcknowledged */
  give(onAcknowledged) {
    this.#unacknowledged.push(onAcknowledged);
    return 1;
  }

  /** @param {number} packetId */
  acknowledged(packetId) {
    if (packetId === 1) this.#unacknowledged.shift()?.();
  }
}

/**
 * IoT Hub counts, and does not use an id again that waits for its PUBACK.
 * @implements {PacketIds}
 */
class Counted {
  #last = 0;
  /** @type {Map<number, () => void>} */
  #unacknowledged = new Map();

  /** @param {() => void} onAcknowledged */
  give(onAcknowledged) {
    do this.#last = (this.#last % MOST) + 1;
    while (this.#unacknowledged.has(this.#last) && this.#unacknowledged.size < MOST);
    this.#unacknowledged.set(this.#last, onAcknowledged);
    return this.#last;
  }

  /** @param {number} packetId */
  acknowledged(packetId) {
    const onAcknowledged = this.#unacknowledged.get(packetId);
    this.#unacknowledged.delete(packetId);
    onAcknowledged?.();
  }
}

module.exports = { AlwaysOne, Counted };

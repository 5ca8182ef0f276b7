// @ts-check
'use strict';

const { Slab } = require('./slab');

/** Slabs that nobody uses at the moment. @type {Slab[]} */
const idle = [];
/** So many are kept for the next to come. */
const KEPT = 4;

/**
 * What goes to the native side: publishes, and acknowledgements of messages. It is gathered, and crosses at the end of the
 * tick or when a slab is full. A slab is lent for that long, so that a thousand idle devices need none.
 */
class Crossing {
  #native;
  #onRefused;
  /** @type {Slab | undefined} */
  #slab;
  /** Of messages to be acknowledged. @type {number[]} */
  #tokens = [];
  /** Somebody will call `cross`. */
  #awaited = false;

  /**
   * @param {Pick<import('../native/binding').NativeSession, 'publish' | 'ack'>} native
   * @param {(error: Error) => void} onRefused The native side does not take what crosses: a fault of this side, by which all
   *   that crossed together is lost.
   */
  constructor(native, onRefused) {
    this.#native = native;
    this.#onRefused = onRefused;
  }

  /**
   * @param {number} id
   * @param {string} topic ASCII.
   * @param {string | Uint8Array} body
   * @param {number} qos
   * @returns {number} Bytes of the body.
   */
  publish(id, topic, body, qos) {
    if (this.#slab && !this.#slab.hasRoom(topic, body)) this.#crossNow();
    this.#slab ??= idle.pop() ?? new Slab();
    const length = this.#slab.write(id, topic, body, qos);
    if (this.#slab.isFull) this.#crossNow();
    else this.#crossSoon();
    return length;
  }

  /** @param {number} token */
  acknowledge(token) {
    this.#tokens.push(token);
    this.#crossSoon();
  }

  /** More will come, and then `cross` is called. */
  gather() {
    this.#awaited = true;
  }

  /** What is gathered crosses now. */
  cross() {
    this.#awaited = false;
    this.#crossNow();
  }

  #crossSoon() {
    if (this.#awaited) return;
    this.#awaited = true;
    process.nextTick(crossAtEndOfTick, this);
  }

  #crossNow() {
    const slab = this.#slab;
    if (slab) {
      this.#slab = undefined;
      try {
        this.#native.publish(slab.bytes, slab.used);
      } catch (error) {
        this.#onRefused(/** @type {Error} */ (error));
      }
      slab.used = 0;
      if (idle.length < KEPT) idle.push(slab);
    }
    if (this.#tokens.length === 0) return;
    this.#native.ack(Uint32Array.from(this.#tokens));
    this.#tokens = [];
  }
}

/** @param {Crossing} crossing */
function crossAtEndOfTick(crossing) {
  crossing.cross();
}

module.exports = { Crossing };

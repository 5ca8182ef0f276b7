// @ts-check
'use strict';

/** Room for the largest publish there is: 255 KiB of message in a 64 KiB topic. Bytes. */
const SIZE = 384 * 1024;
/** A batch this large is handed over without waiting for the end of the tick. Bytes. */
const ENOUGH = 32 * 1024;
/** The four numbers before each publish. Bytes. */
const HEAD = 16;
/** A text takes at most so many bytes per UTF-16 unit. */
const BYTES_PER_UNIT = 3;
/** A text up to here surely has room in a slab, and in a message, whatever its bytes. UTF-16 units. */
const SHORT_TEXT = 8 * 1024;

/**
 * Publishes on their way to the native side. A call across the border costs more than all the rest of a publish, so
 * they are written into these bytes, and cross in batches. `binding/src/slab.rs` reads them and shows their form.
 */
class Slab {
  bytes = Buffer.from(new ArrayBuffer(SIZE));
  #words = new Uint32Array(this.bytes.buffer);
  /** Bytes in use, a multiple of 4. */
  used = 0;
  /** Of the last publish in the slab: the next one need not repeat it. */
  #topic = '';

  /** Large enough to be handed over now. */
  get isFull() {
    return this.used >= ENOUGH;
  }

  /**
   * @param {string} topic
   * @param {string | Uint8Array} body
   * @returns {boolean} Such a publish has room behind those that are here.
   */
  hasRoom(topic, body) {
    const most = typeof body === 'string' ? body.length * BYTES_PER_UNIT : body.length;
    return this.used + HEAD + topic.length + most + 4 <= SIZE;
  }

  /**
   * @param {number} id
   * @param {string} topic ASCII.
   * @param {string | Uint8Array} body
   * @param {number} qos
   * @returns {number} Bytes of the body.
   */
  write(id, topic, body, qos) {
    const head = this.used >>> 2;
    let at = this.used + HEAD;
    let topicLength = 0;
    if (topic !== this.#topic || this.used === 0) {
      topicLength = this.bytes.write(topic, at, 'latin1');
      this.#topic = topic;
      at += topicLength;
    }
    let length;
    if (typeof body === 'string') {
      length = this.bytes.write(body, at);
    } else {
      length = body.length;
      this.bytes.set(body, at);
    }
    this.#words[head] = id;
    this.#words[head + 1] = topicLength;
    this.#words[head + 2] = length;
    this.#words[head + 3] = qos;
    this.used = (at + length + 3) & ~3;
    return length;
  }
}

module.exports = { Slab, SHORT_TEXT };

// @ts-check
'use strict';

/** The three numbers before each message. Bytes. */
const HEAD = 12;
/** A payload that fills so much of its slab keeps it; smaller ones are copied out. */
const MOST_OF_IT = 1 / 2;

/**
 * Messages as they come across the border, many in one slab of bytes: `src/session/messages.rs` writes them and shows their
 * form. An object for each, made over there, costs more than all that is done with it here.
 */
class Records {
  #bytes;
  #at = 0;
  /** Of the message taken last. */
  #topic = '';

  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /** All are taken. */
  get isEmpty() {
    return this.#at >= this.#bytes.length;
  }

  /**
   * Takes one.
   *
   * @param {(topic: string, payload: Buffer, token: number) => void} take Token 0: nothing to acknowledge.
   */
  next(take) {
    const bytes = this.#bytes;
    const token = bytes.readUInt32LE(this.#at);
    const topicLength = bytes.readUInt32LE(this.#at + 4);
    const topicAt = this.#at + HEAD;
    const payloadAt = topicAt + topicLength;
    const end = payloadAt + bytes.readUInt32LE(this.#at + 8);
    if (topicLength > 0) this.#topic = bytes.toString('utf8', topicAt, payloadAt);
    this.#at = end;
    take(this.#topic, this.#payload(payloadAt, end), token);
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  #payload(start, end) {
    const length = end - start;
    if (length > this.#bytes.length * MOST_OF_IT) return this.#bytes.subarray(start, end);
    const payload = Buffer.allocUnsafe(length);
    this.#bytes.copy(payload, 0, start, end);
    return payload;
  }
}

module.exports = { Records };

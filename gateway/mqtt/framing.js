// @ts-check
'use strict';

const { Pieces } = require('../encoding/pieces');

/** What MQTT or edgeHub forbids: the connection is closed without an answer. */
class ProtocolError extends Error {}

/** A publish at QoS 2: edgeHub does what it asks for, and closes the connection behind it. */
class QosTwoError extends ProtocolError {}

/** @type {Buffer} */
const NONE = Buffer.alloc(0);

/**
 * A control packet, undecoded. `bytes` is a view of what was read: copy what is to be kept.
 * @typedef {object} Packet
 * @property {number} type packet type, 1 to 14 (MQTT 3.1.1 §2.2.1)
 * @property {number} flags lower half of the first byte
 * @property {Buffer} bytes the whole packet, fixed header included
 * @property {number} bodyStart offset in `bytes` behind the fixed header
 */

/** Cuts the byte stream of a connection into control packets. */
class PacketReader {
  /** Joined so far, from `#offset` on. */
  #buffer = NONE;
  #offset = 0;
  /** Behind it. Joined when a packet is whole, however many pieces it comes in. */
  #pieces = new Pieces();
  /** Bytes without which nothing can be handed out. */
  #wanted = 0;

  /**
   * @param {number} maxPacketSize in bytes, fixed header included
   */
  constructor(maxPacketSize) {
    this.maxPacketSize = maxPacketSize;
  }

  /** Bytes read and not yet handed out. */
  get length() {
    return this.#buffer.length - this.#offset + this.#pieces.length;
  }

  /**
   * @param {Buffer} chunk
   */
  push(chunk) {
    this.#pieces.push(chunk);
  }

  /**
   * @returns {Packet | undefined} undefined while the next packet is incomplete
   * @throws {ProtocolError} packet over the size limit, or malformed length
   */
  next() {
    if (this.#pieces.length > 0 && this.length >= this.#wanted) this.#join();
    const buffer = this.#buffer;
    const offset = this.#offset;
    let remaining = 0;
    for (let i = 1; i <= 4; i++) {
      if (offset + i >= buffer.length) return undefined;
      const octet = buffer[offset + i];
      remaining += (octet & 0x7f) << (7 * (i - 1));
      if (octet & 0x80) continue;
      const size = 1 + i + remaining;
      if (size > this.maxPacketSize) {
        throw new ProtocolError(`packet of ${size} bytes is over the limit of ${this.maxPacketSize}`);
      }
      if (offset + size > buffer.length) {
        this.#wanted = size;
        return undefined;
      }
      this.#offset += size;
      this.#wanted = 0;
      return {
        type: buffer[offset] >> 4,
        flags: buffer[offset] & 0x0f,
        bytes: buffer.subarray(offset, offset + size),
        bodyStart: 1 + i,
      };
    }
    throw new ProtocolError('remaining length is longer than 4 bytes');
  }

  #join() {
    const left = this.#buffer.subarray(this.#offset);
    const behind = this.#pieces.take();
    this.#buffer = left.length === 0 ? behind : Buffer.concat([left, behind]);
    this.#offset = 0;
  }
}

module.exports = { PacketReader, ProtocolError, QosTwoError };

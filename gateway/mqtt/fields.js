// @ts-check
'use strict';

const { ProtocolError } = require('./framing');

/** Reads the fields of a packet, one behind the other (MQTT 3.1.1 §1.5). Whatever the bytes, it reads none beyond them. */
class Fields {
  #bytes;
  #at;
  #what;

  /**
   * @param {Buffer} bytes
   * @param {number} at where the first field begins
   * @param {string} what packet it is, for the words of errors
   */
  constructor(bytes, at, what) {
    this.#bytes = bytes;
    this.#at = at;
    this.#what = what;
  }

  /** Whether no bytes are left. */
  get atEnd() {
    return this.#at === this.#bytes.length;
  }

  octet() {
    return this.#take(1)[0];
  }

  word() {
    return this.#take(2).readUInt16BE();
  }

  /** Bytes behind their length; a view. */
  data() {
    return this.#take(this.word());
  }

  text() {
    return this.data().toString();
  }

  /** @throws {ProtocolError} bytes are left over */
  end() {
    if (!this.atEnd) throw new ProtocolError(`${this.#what} is longer than its fields`);
  }

  /**
   * @param {number} length
   */
  #take(length) {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new ProtocolError(`${this.#what} is truncated`);
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

module.exports = { Fields };

// @ts-check
'use strict';

const { Duplex } = require('node:stream');
const { ENDS } = require('../connection/endings');

/** Bytes that node:http gets in one turn: what it makes of them, such as requests of 30 bytes, takes a while. */
const SLICE = 4096;
/** Bytes that may wait before the connection is no longer read. */
const HIGH_WATER_MARK = 65536;

/**
 * @typedef {import('../connection/connection').Connection} Connection
 */

/** The byte stream of a connection as node:http takes it: in slices, with other connections served in between. */
class HttpStream extends Duplex {
  /** @type {Buffer[]} */
  #waiting = [];
  #length = 0;
  #wanted = false;
  /** @type {NodeJS.Immediate | undefined} */
  #turn;
  /** Nothing more of what comes is of interest: it is not even read. */
  isDeaf = false;
  /** @type {(() => void) | undefined} called when the peer has read what was written */
  #written;

  /**
   * @param {Connection} connection
   * @param {import('./patience').Patience} patience with its peer
   */
  constructor(connection, patience) {
    super();
    this.connection = connection;
    this.patience = patience;
  }

  /**
   * @param {Buffer} chunk read from the connection
   */
  feed(chunk) {
    this.patience.heard();
    this.#waiting.push(chunk);
    this.#length += chunk.length;
    if (this.#length > HIGH_WATER_MARK) this.connection.wire.pause();
    this.#schedule();
  }

  /** Output that had piled up is gone. */
  drained() {
    const written = this.#written;
    this.#written = undefined;
    written?.();
  }

  /** What was fed and not yet read, for somebody else. */
  release() {
    const waiting = this.#stop();
    const rest = this.read();
    return Buffer.concat([...(rest ? [rest] : []), ...waiting]);
  }

  #stop() {
    clearImmediate(this.#turn);
    this.patience.stop();
    return this.#waiting.splice(0);
  }

  #schedule() {
    if (this.#turn || !this.#wanted || this.#waiting.length === 0) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#pass();
    });
  }

  #pass() {
    const slice = this.#nextSlice();
    this.#length -= slice.length;
    if (this.#length <= HIGH_WATER_MARK) this.connection.wire.resume();
    this.#wanted = this.push(slice);
    this.#schedule();
  }

  /** A chunk, or a part of it; of short ones as many as there is room for. */
  #nextSlice() {
    let length = 0;
    const end = this.#waiting.findIndex((chunk) => (length += chunk.length) > SLICE);
    const whole = this.#waiting.splice(0, end === -1 ? Infinity : end);
    if (whole.length > 0) return whole.length === 1 ? whole[0] : Buffer.concat(whole);
    const [chunk] = this.#waiting;
    this.#waiting[0] = chunk.subarray(SLICE);
    return chunk.subarray(0, SLICE);
  }

  /** @override */
  _read() {
    this.#wanted = true;
    this.#schedule();
  }

  /**
   * @override
   * @param {Buffer} chunk
   * @param {BufferEncoding} _encoding
   * @param {() => void} done
   */
  _write(chunk, _encoding, done) {
    const { wire } = this.connection;
    wire.write(chunk);
    if (wire.congested) this.#written = done;
    else done();
  }

  /**
   * The answer was the last.
   * @override
   * @param {() => void} done
   */
  _final(done) {
    done();
    this.connection.end('HTTP: the last answer was given', ENDS.CLOSED, { deaf: this.isDeaf });
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error: Error | null) => void} done
   */
  _destroy(error, done) {
    this.#stop();
    done(error);
    this.connection.end(error ? `HTTP: ${error.message}` : 'HTTP: closed', ENDS.CLOSED);
  }
}

module.exports = { HttpStream };

// @ts-check
'use strict';

/** Pieces that are kept as they came; with one more they become one. */
const MOST = 1000;

/**
 * Bytes that come in pieces and are wanted as a whole. Node takes some hundred bytes for each piece, however short: a
 * peer that sends byte by byte must not fill memory.
 */
class Pieces {
  /** Of as many pieces each. @type {Buffer[]} */
  #joined = [];
  /** @type {Buffer[]} */
  #latest = [];
  /** Bytes. */
  length = 0;

  /**
   * @param {Buffer} piece kept as it is, or copied
   */
  push(piece) {
    if (piece.length === 0) return;
    this.#latest.push(piece);
    this.length += piece.length;
    if (this.#latest.length > MOST) this.#joined.push(Buffer.concat(this.#latest.splice(0)));
  }

  /**
   * All of them, in one; what is pushed later is another whole.
   * @returns {Buffer} the piece itself, if there is but one
   */
  take() {
    const pieces = this.#joined.length === 0 ? this.#latest : [...this.#joined, ...this.#latest];
    this.clear();
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  clear() {
    this.#joined = [];
    this.#latest = [];
    this.length = 0;
  }
}

module.exports = { Pieces };

// @ts-check
'use strict';

/**
 * @typedef {import('../index').OutputFault} OutputFault
 */

/** A throttled output is written in slices of so many milliseconds. */
const SLICE_MS = 50;

/** Bytes waiting above which the gateway takes nothing more from the client, as with a peer that does not read. */
const HIGH_WATER_MARK = 16384;

const NONE = Buffer.alloc(0);

/** Writes throttled, in fragments or gathered. While anything waits, all that follows waits behind it. */
class ShapedOutput {
  #write;
  #onEmpty;
  /** @type {OutputFault} the latest, for all that waits */
  #shape = {};
  #waiting = NONE;
  /** From the first byte pushed until the last is written. */
  #busy = false;
  /** @type {NodeJS.Timeout | undefined} */
  #timer = undefined;
  #stopped = false;

  /**
   * @param {object} wire
   * @param {(bytes: Buffer, done: () => void) => void} wire.write
   * @param {() => void} wire.onEmpty
   */
  constructor({ write, onEmpty }) {
    this.#write = write;
    this.#onEmpty = onEmpty;
  }

  get busy() {
    return this.#busy;
  }

  get congested() {
    return this.#waiting.length > HIGH_WATER_MARK;
  }

  /**
   * @param {Buffer} bytes
   * @param {OutputFault} [shape]
   */
  push(bytes, shape = {}) {
    if (this.#stopped) return;
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    this.#shape = shape;
    if (this.#busy) return;
    this.#busy = true;
    if (shape.gatherMs) this.#timer = setTimeout(() => this.#next(), shape.gatherMs);
    else this.#next();
  }

  #next() {
    if (this.#waiting.length === 0) {
      this.#busy = false;
      return this.#onEmpty();
    }
    const { bytesPerSecond = Infinity, fragmentBytes = Infinity } = this.#shape;
    const slice = Math.max(1, Math.floor((bytesPerSecond * SLICE_MS) / 1000));
    const piece = this.#waiting.subarray(0, Math.min(slice, fragmentBytes));
    this.#waiting = this.#waiting.subarray(piece.length);
    const pauseMs = (piece.length * 1000) / bytesPerSecond;
    this.#write(piece, () => {
      if (this.#stopped) return;
      // A turn of its own for each piece: writes of one turn would leave as one.
      if (pauseMs > 0) this.#timer = setTimeout(() => this.#next(), pauseMs);
      else setImmediate(() => this.#next());
    });
  }

  /** Forgets what waits, and whatever else is pushed. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#waiting = NONE;
  }
}

module.exports = { ShapedOutput };

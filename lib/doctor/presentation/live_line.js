// @ts-check
'use strict';

const FRAME_MS = 100;
const CLEAR = '\r\x1b[2K';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
/** What ends the process unless somebody listens. */
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * The last line of a terminal, drawn over and over until it is cleared. However the process ends, the line goes and the
 * cursor comes back.
 */
class LiveLine {
  #stream;
  #process;
  #farewell;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * @param {{ write(text: string): unknown }} stream
   * @param {() => string} farewell A line to leave behind when a signal ends the process.
   * @param {NodeJS.Process} [host]
   */
  constructor(stream, farewell, host = process) {
    this.#stream = stream;
    this.#farewell = farewell;
    this.#process = host;
  }

  /** @param {(frame: number) => string} draw A line that fits the terminal. */
  show(draw) {
    if (this.#timer) this.clear();
    let frame = 0;
    const next = () => this.#stream.write(`${CLEAR}${draw(frame++)}`);
    // Whoever hides the cursor is ready to show it again.
    this.#process.once('exit', this.clear);
    for (const signal of SIGNALS) this.#process.once(signal, this.#onSignal);
    this.#timer = setInterval(next, FRAME_MS).unref();
    this.#stream.write(HIDE_CURSOR);
    next();
  }

  clear = () => {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stream.write(CLEAR + SHOW_CURSOR);
    this.#process.off('exit', this.clear);
    for (const signal of SIGNALS) this.#process.off(signal, this.#onSignal);
  };

  /** @param {NodeJS.Signals} signal */
  #onSignal = (signal) => {
    this.clear();
    this.#stream.write(`${this.#farewell()}\n`);
    // As if nobody had listened: whoever started this sees what ended it.
    this.#process.kill(this.#process.pid, signal);
  };
}

module.exports = { LiveLine };

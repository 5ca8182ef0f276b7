// @ts-check
'use strict';

/** Tells when a client has been silent for 1.5 keep-alive periods. */
class KeepAlive {
  /** When a packet last came or a message last went; milliseconds. */
  #lastActivity = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #onSilent;

  /**
   * @param {(allowedMs: number) => void} onSilent
   */
  constructor(onSilent) {
    this.#onSilent = onSilent;
  }

  /** A packet came, or a message went. */
  touch() {
    this.#lastActivity = performance.now();
  }

  /**
   * @param {number} keepAlive of CONNECT, in seconds; 0 means the longest period
   * @param {number} longestMs
   */
  watch(keepAlive, longestMs) {
    this.#check(Math.min((keepAlive || Infinity) * 1500, longestMs));
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * @param {number} allowedMs
   */
  #check(allowedMs) {
    const silence = performance.now() - this.#lastActivity;
    if (silence >= allowedMs) return this.#onSilent(allowedMs);
    this.#timer = setTimeout(() => this.#check(allowedMs), Math.ceil(allowedMs - silence));
  }
}

module.exports = { KeepAlive };

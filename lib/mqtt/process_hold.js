// @ts-check
'use strict';

/** Keeps the process alive and does nothing else; Node's longest interval. */
const LONGEST_INTERVAL_MS = 2 ** 31 - 1;

/**
 * Sessions that may hold a connection. The native clean-up hooks do not run on `process.exit()`; this does.
 *
 * @type {Set<Stoppable>}
 */
const live = new Set();
process.on('exit', () => live.forEach((session) => session.stop()));

/** @typedef {{ stop(): void }} Stoppable */

/** Keeps the process alive while a session has a connection, and ends the connection with the process. */
class ProcessHold {
  #session;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /** @param {Stoppable} session */
  constructor(session) {
    this.#session = session;
  }

  begin() {
    this.#timer ??= setInterval(() => {}, LONGEST_INTERVAL_MS);
    live.add(this.#session);
  }

  end() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    live.delete(this.#session);
  }
}

module.exports = { ProcessHold };

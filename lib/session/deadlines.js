// @ts-check
'use strict';

const { LongTimer } = require('../plumbing/long_timer');
const { AbortSignals } = require('./abort_signals');
const { abortedBy, timedOut } = require('./operation_failure');

/** @typedef {import('./operations').Settle} Settle */
/** @typedef {{ timeoutMs?: number, signal?: AbortSignal }} Limits */

/** How often deadlines are looked at. Milliseconds. */
const TICK_MS = 1000;
/** The limit of an operation without one of its own (device-sdk.md §2.4). Milliseconds. */
const OPERATION_TIMEOUT_MS = 240_000;
const OPERATION_TICKS = OPERATION_TIMEOUT_MS / TICK_MS;

/** What ends operations early: the limit all of them have, by one clock, and limits of their own. */
class Deadlines {
  #operations;
  #cancel;
  #tick = 0;
  /** Runs while there are operations. @type {NodeJS.Timeout | undefined} */
  #clock;
  /** What the next turn cancels. @type {Map<number, Error>} */
  #gathered = new Map();
  #signals = new AbortSignals((ids, signal) => {
    for (const id of ids) this.#cancelSoon(id, abortedBy(signal));
  });

  /**
   * @param {import('./operations').Operations} operations
   * @param {(endings: Map<number, Error>) => void} cancel Ends operations, each with its error.
   */
  constructor(operations, cancel) {
    this.#operations = operations;
    this.#cancel = cancel;
  }

  /** The tick at which an operation that begins now has taken too long. */
  expiry() {
    if (this.#clock === undefined) this.#start();
    return this.#tick + OPERATION_TICKS;
  }

  /**
   * Limits of its own take the place of the common one.
   *
   * @param {number} id
   * @param {Limits} limits
   */
  limit(id, { timeoutMs, signal }) {
    const timer =
      timeoutMs === undefined
        ? undefined
        : new LongTimer(() => this.#cancelSoon(id, timedOut(timeoutMs)), timeoutMs).unref();
    if (signal !== undefined) this.#signals.watch(signal, id);
    const withoutLimits =
      (/** @type {Settle} */ settle) => (/** @type {any} */ error, /** @type {any} */ result) => {
        timer?.clear();
        if (signal !== undefined) this.#signals.forget(signal, id);
        this.#gathered.delete(id);
        settle(error, result);
      };
    this.#operations.wrap(id, withoutLimits, timeoutMs !== undefined);
  }

  /** Keeps the process alive, by the clock, or no longer. @param {boolean} alive */
  keepAlive(alive) {
    if (alive) this.#clock?.ref();
    else this.#clock?.unref();
  }

  /** One timer for all of them. */
  #start() {
    this.#clock = setInterval(() => {
      this.#tick += 1;
      if (this.#operations.count === 0) {
        clearInterval(this.#clock);
        this.#clock = undefined;
        return;
      }
      const expired = this.#operations.expired(this.#tick);
      if (expired.length === 0) return;
      const error = timedOut(OPERATION_TIMEOUT_MS);
      this.#cancel(new Map(expired.map((id) => [id, error])));
    }, TICK_MS).unref();
  }

  /**
   * Gathers what timers and signals end, because each cancelling looks through all there is.
   *
   * @param {number} id
   * @param {Error} error
   */
  #cancelSoon(id, error) {
    if (this.#gathered.size === 0) {
      setImmediate(() => {
        const endings = this.#gathered;
        this.#gathered = new Map();
        this.#cancel(endings);
      });
    }
    this.#gathered.set(id, error);
  }
}

module.exports = { Deadlines };

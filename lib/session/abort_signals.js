// @ts-check
'use strict';

/**
 * The operations that AbortSignals may end: one listener for a signal, however many operations share it.
 *
 * @template T What an operation is known by.
 */
class AbortSignals {
  /** @type {Map<AbortSignal, { ids: Set<T>, listener: () => void }>} */
  #watched = new Map();
  #aborted;

  /** @param {(ids: Iterable<T>, signal: AbortSignal) => void} aborted */
  constructor(aborted) {
    this.#aborted = aborted;
  }

  /**
   * @param {AbortSignal} signal
   * @param {T} id
   */
  watch(signal, id) {
    let watched = this.#watched.get(signal);
    if (watched === undefined) {
      const ids = new Set();
      const listener = () => this.#aborted(ids, signal);
      watched = { ids, listener };
      this.#watched.set(signal, watched);
      signal.addEventListener('abort', listener);
    }
    watched.ids.add(id);
  }

  /**
   * @param {AbortSignal} signal
   * @param {T} id
   */
  forget(signal, id) {
    const watched = this.#watched.get(signal);
    if (watched === undefined || !watched.ids.delete(id) || watched.ids.size > 0) return;
    signal.removeEventListener('abort', watched.listener);
    this.#watched.delete(signal);
  }
}

module.exports = { AbortSignals };

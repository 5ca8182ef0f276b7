// @ts-check
'use strict';

/** Of so many latest values the percentiles are told. */
const WINDOW = 1024;

/** Acknowledgement times: the mean and maximum of all, the percentiles of the latest. */
class Latency {
  #latest = new Float64Array(WINDOW);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** @param {number} ms */
  record(ms) {
    this.#latest[this.#count % WINDOW] = ms;
    this.#count += 1;
    this.#sum += ms;
    if (ms > this.#max) this.#max = ms;
  }

  /**
   * @returns {{ count: number, mean: number, p50: number, p99: number, max: number }} Milliseconds; zeros while there is
   *   nothing to tell.
   */
  summary() {
    const latest = this.#latest.slice(0, Math.min(this.#count, WINDOW)).sort();
    const percentile = (/** @type {number} */ share) => latest[Math.ceil(latest.length * share) - 1] ?? 0;
    return {
      count: this.#count,
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      p50: percentile(0.5),
      p99: percentile(0.99),
      max: this.#max,
    };
  }
}

module.exports = { Latency };

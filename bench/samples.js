// @ts-check
'use strict';

/** Every measured value, by figure, contender and metric. */
class Samples {
  /** @type {Record<string, Record<string, Record<string, number[]>>>} */
  values = {};

  /**
   * @param {string} figure
   * @param {string} contender
   * @param {Record<string, number>} measured by metric
   */
  add(figure, contender, measured) {
    const byMetric = ((this.values[figure] ??= {})[contender] ??= {});
    for (const [metric, value] of Object.entries(measured)) (byMetric[metric] ??= []).push(value);
  }

  /**
   * @param {string} figure
   * @param {string} contender
   * @param {string} metric
   * @returns {number | undefined} the median; nothing where nothing was measured
   */
  median(figure, contender, metric) {
    const values = this.values[figure]?.[contender]?.[metric];
    return values && median(values);
  }

  /**
   * @param {string} figure
   * @returns {string[]} the metrics measured, in the order they came
   */
  metricsOf(figure) {
    const names = Object.values(this.values[figure] ?? {}).flatMap((byMetric) => Object.keys(byMetric));
    return [...new Set(names)];
  }

  /** @returns {Record<string, Record<string, Record<string, { median: number, values: number[] }>>>} */
  toJSON() {
    return mapValues(this.values, (byContender) =>
      mapValues(byContender, (byMetric) =>
        mapValues(byMetric, (values) => ({ median: median(values), values })),
      ),
    );
  }
}

/** @param {number[]} values at least one */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * @template T, U
 * @param {Record<string, T>} object
 * @param {(value: T) => U} change
 * @returns {Record<string, U>}
 */
function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

module.exports = { Samples, median };

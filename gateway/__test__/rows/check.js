// @ts-check
'use strict';

/**
 * What a check costs a real gateway and its hub: nothing, a message or two, a change of the twin, or more than ten
 * seconds.
 * @typedef {'harmless' | 'telemetry' | 'twin' | 'slow'} Cost
 *
 * One behaviour of a row that a device can see for itself.
 * @typedef {object} Check
 * @property {string} row
 * @property {string} name
 * @property {Cost} cost
 * @property {boolean} cloud whether the cloud must be in reach
 * @property {(world: import('./world').World) => Promise<void>} run rejects with an AssertionError where it differs
 */

/** What gathers the checks of one room. */
class Checks {
  /** @type {Check[]} */
  all = [];

  /**
   * @param {string} row
   * @param {string} name
   * @param {Check['run']} run
   * @param {{ cost?: Cost, cloud?: boolean }} [options]
   */
  add(row, name, run, { cost = 'harmless', cloud = false } = {}) {
    this.all.push({ row, name, cost, cloud, run });
  }
}

module.exports = { Checks };

// @ts-check
'use strict';

const { POINTS, assertFault, isPoint, isRecord, shown } = require('./points');

/**
 * @typedef {import('../index').Faults} FaultScript
 * @typedef {import('./points').Point} Point
 */

/** The fault script in force: what is committed at each point, for every case or as a function decides. */
class Faults {
  /** @type {FaultScript} */
  #script = {};

  /**
   * @param {FaultScript} [script]
   * @throws {TypeError} names the point and its value
   */
  constructor(script = {}) {
    this.script = script;
  }

  get script() {
    return this.#script;
  }

  set script(script) {
    if (!isRecord(script)) throw new TypeError(`faults: ${shown(script)} is not an object of points`);
    for (const [name, fault] of Object.entries(script)) {
      if (!isPoint(name)) {
        throw new TypeError(`faults: '${name}' is unknown; there are ${Object.keys(POINTS).join(', ')}`);
      }
      if (typeof fault !== 'function' && fault !== undefined) assertFault(name, fault);
    }
    this.#script = script;
  }

  /**
   * What is committed at a point. Without a function nothing is allocated: it is asked for each message.
   * @template {Point} P
   * @param {P} point
   * @param {unknown} first circumstance, as of the entry's function
   * @param {unknown} [second]
   * @param {unknown} [third]
   * @returns {import('../index').FaultAt<P> | undefined}
   * @throws {TypeError} a function decided on what is no fault of this point
   */
  at(point, first, second, third) {
    const fault = /** @type {any} */ (this.#script[point]);
    if (typeof fault !== 'function') return fault;
    const decision = fault(first, second, third);
    if (decision !== undefined) assertFault(point, decision);
    return decision;
  }
}

module.exports = { Faults };

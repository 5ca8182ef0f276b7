// @ts-check
'use strict';

const { isRecord } = require('../control/values');
const { POINTS, assertFault, isPoint, shown } = require('./points');

/**
 * @typedef {import('../index').Faults} FaultScript
 * @typedef {import('./points').Point} Point
 */

/** The fault script in force: what is committed at each point, for every case or as a function decides. */
class Faults {
  /** @type {FaultScript} */
  #script = {};
  #onFault;
  /** Connections whose output is shaped: told once, and asked for whenever something is sent. @type {WeakSet<object>} */
  #shaped = new WeakSet();

  /**
   * @param {FaultScript} [script]
   * @param {(fault: import('../index').FaultEvent) => void} [onFault] hears of each that is committed
   * @throws {TypeError} names the point and its value
   */
  constructor(script = {}, onFault = () => {}) {
    this.#onFault = onFault;
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
    const entry = /** @type {any} */ (this.#script[point]);
    if (entry === undefined) return undefined;
    const decided = typeof entry === 'function';
    const fault = decided ? entry(first, second, third) : entry;
    if (fault === undefined) return undefined;
    if (decided) assertFault(point, fault);
    this.#tell(point, fault, [first, second, third][POINTS[point].connectionAt]);
    return fault;
  }

  /**
   * @param {Point} point
   * @param {any} fault
   * @param {any} connection or, before there is one, its number
   */
  #tell(point, fault, connection) {
    if (point === 'output') {
      if (this.#shaped.has(connection)) return;
      this.#shaped.add(connection);
    }
    const about = typeof connection === 'number' ? { connectionNumber: connection } : connection;
    this.#onFault({ ...about, point, fault });
  }
}

module.exports = { Faults };

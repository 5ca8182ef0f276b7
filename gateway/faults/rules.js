// @ts-check
'use strict';

const { POINTS } = require('./points');

/**
 * @typedef {import('../index').Faults} FaultScript
 * @typedef {import('./points').Point} Point
 *
 * A fault, or a function that decides, for some cases at a point.
 * @typedef {object} Rule
 * @property {import('./entry').Selector} selector
 * @property {any} fault
 */

/**
 * One script of many rules. Where several are for one case, the first that does not decide to behave counts.
 * @param {Rule[]} rules
 * @returns {FaultScript}
 */
function combine(rules) {
  /** @type {Map<Point, Rule[]>} */
  const byPoint = new Map();
  for (const rule of rules) {
    const { point } = rule.selector;
    byPoint.set(point, [...(byPoint.get(point) ?? []), rule]);
  }
  return Object.fromEntries(Array.from(byPoint, ([point, ofPoint]) => [point, entryOf(point, ofPoint)]));
}

/**
 * @param {Point} point
 * @param {Rule[]} rules of the point
 * @returns {unknown}
 */
function entryOf(point, rules) {
  const [{ selector, fault }] = rules;
  const always = selector.nth === undefined && selector.connection === undefined;
  if (always && (rules.length === 1 || typeof fault !== 'function')) return fault;
  const { connectionAt } = POINTS[point];
  /** @type {WeakMap<object, number>} cases by connection, since the script is in force */
  const counts = new WeakMap();
  return (/** @type {any[]} */ ...circumstances) => {
    const about = circumstances[connectionAt];
    const connection = typeof about === 'number' ? about : about.connectionNumber;
    const nth = typeof about === 'number' ? 1 : (counts.get(about) ?? 0) + 1;
    if (typeof about !== 'number') counts.set(about, nth);
    for (const { selector, fault } of rules) {
      if ((selector.nth ?? nth) !== nth || (selector.connection ?? connection) !== connection) continue;
      const decision = typeof fault === 'function' ? fault(...circumstances) : fault;
      if (decision !== undefined) return decision;
    }
  };
}

module.exports = { combine };

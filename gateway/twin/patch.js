// @ts-check
'use strict';

/**
 * @typedef {import('../index').TwinProperties} TwinProperties
 */

/**
 * Applies a JSON merge patch (RFC 7396): null deletes. Neither argument is changed, and the result shares what did not
 * change.
 * @param {unknown} target
 * @param {unknown} patch
 * @returns {any}
 */
function merge(target, patch) {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, merge(merged.get(name), value));
  }
  // Unlike assignment it also makes a property of `__proto__`.
  return Object.fromEntries(merged);
}

/**
 * One patch that does what two do, one after the other; its nulls still delete.
 * @param {TwinProperties} first
 * @param {TwinProperties} second
 * @returns {TwinProperties}
 */
function mergePatches(first, second) {
  const merged = new Map(Object.entries(first));
  for (const [name, value] of Object.entries(second)) {
    const before = merged.get(name);
    merged.set(name, isObject(before) && isObject(value) ? mergePatches(before, value) : value);
  }
  return Object.fromEntries(merged);
}

/**
 * The patch that leads from one state to another, with nulls for what is gone.
 * @param {TwinProperties} from
 * @param {TwinProperties} to
 * @returns {TwinProperties}
 */
function difference(from, to) {
  const before = new Map(Object.entries(from));
  const after = new Map(Object.entries(to));
  const gone = [...before.keys()].filter((name) => !after.has(name));
  const patch = new Map(gone.map((name) => [name, /** @type {unknown} */ (null)]));
  for (const [name, value] of after) {
    const previous = before.get(name);
    if (isObject(previous) && isObject(value)) {
      const inner = difference(previous, value);
      if (Object.keys(inner).length > 0) patch.set(name, inner);
    } else if (JSON.stringify(previous) !== JSON.stringify(value)) patch.set(name, value);
  }
  return Object.fromEntries(patch);
}

/**
 * @param {unknown} value
 * @returns {value is TwinProperties}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

module.exports = { difference, isObject, merge, mergePatches };

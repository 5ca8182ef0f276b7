// @ts-check
'use strict';

const { isDeepStrictEqual } = require('node:util');

/**
 * JSON values, as objects of own properties: a property may have any name, `__proto__` too.
 *
 * @typedef {Record<string, any>} Properties
 */

/**
 * Applies a JSON merge patch (RFC 7396) to `target`, which is changed: null deletes, objects are merged, anything else,
 * arrays too, replaces. What goes in is a copy.
 *
 * @param {Properties} target
 * @param {Properties} patch
 * @returns {Properties} The target.
 */
function applyPatch(target, patch) {
  for (const [name, value] of Object.entries(patch)) {
    const before = member(target, name);
    if (value === null) delete target[name];
    else if (!isObject(value)) put(target, name, copyOf(value));
    else if (isObject(before)) applyPatch(before, value);
    else put(target, name, applyPatch({}, value));
  }
  return target;
}

/**
 * The same, with nothing changed: the result is frozen, and shares with the target what stayed as it was.
 *
 * @param {Properties} target Frozen.
 * @param {Properties} patch
 * @returns {Properties}
 */
function merged(target, patch) {
  const result = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    const before = member(target, name);
    if (value === null) delete result[name];
    else if (isObject(value)) put(result, name, merged(isObject(before) ? before : {}, value));
    else put(result, name, copyOf(value, Object.freeze));
  }
  return Object.freeze(result);
}

/**
 * @param {Properties} from
 * @param {Properties} to
 * @returns {Properties} The patch that leads from one to the other, with null for what is gone; empty if they are equal.
 */
function differenceOf(from, to) {
  /** @type {Properties} */
  const patch = {};
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) put(patch, name, null);
  for (const [name, value] of Object.entries(to)) {
    const before = member(from, name);
    if (isObject(before) && isObject(value)) {
      const inner = differenceOf(before, value);
      if (!isEmpty(inner)) put(patch, name, inner);
    } else if (value === null ? before !== undefined : !isDeepStrictEqual(before, value)) {
      put(patch, name, copyOf(value));
    }
  }
  return patch;
}

/**
 * Every node below the root, parents before children, with its dotted path; elements of arrays too.
 *
 * @param {any} value
 * @param {string} path Of the value.
 * @returns {Generator<[path: string, value: any], void, void>}
 */
function* nodesOf(value, path) {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const place = `${path}.${name}`;
    yield [place, inner];
    yield* nodesOf(inner, place);
  }
}

/**
 * What stands at a dotted path. A name may have dots itself, so that a path may be read in several ways: the first one
 * that leads somewhere counts, longer names first.
 *
 * @param {any} value
 * @param {string[]} path Its parts.
 * @returns {any} `undefined`: nothing.
 */
function valueAt(value, path) {
  if (path.length === 0) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (let length = path.length; length > 0; length--) {
    const inner = member(value, path.slice(0, length).join('.'));
    const found = inner === undefined ? undefined : valueAt(inner, path.slice(length));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * @template T
 * @param {T} value JSON.
 * @param {(copy: any) => any} [finish] Is given each object and array.
 * @returns {T}
 */
function copyOf(value, finish = (copy) => copy) {
  if (Array.isArray(value)) return finish(value.map((inner) => copyOf(inner, finish)));
  if (!isObject(value)) return value;
  const copy = {};
  for (const [name, inner] of Object.entries(value)) put(copy, name, copyOf(inner, finish));
  return finish(copy);
}

/**
 * Unlike assignment it makes a property of `__proto__`, too.
 *
 * @param {Properties} object
 * @param {string} name
 * @param {unknown} value
 */
function put(object, name, value) {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * @param {Properties} object
 * @param {string} name
 */
function member(object, name) {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** @param {Properties} patch */
function isEmpty(patch) {
  return Object.keys(patch).length === 0;
}

/**
 * @param {unknown} value
 * @returns {value is Properties}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

module.exports = { applyPatch, copyOf, differenceOf, isEmpty, isObject, merged, nodesOf, put, valueAt };

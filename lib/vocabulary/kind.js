// @ts-check
'use strict';

/**
 * @param {unknown} value
 * @returns {string} What it is, in words: `a Map`, `an object`, `the number 5`, `the class NoRetry`. Nothing of what is in
 *   it, which may be a secret.
 */
function kindOf(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? `the number ${value}` : String(value);
  if (typeof value === 'function') return kindOfFunction(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const [, tag = 'Object'] = /^\[object (\w{1,32})\]$/.exec(Object.prototype.toString.call(value)) ?? [];
  const name = tag === 'Object' ? 'object' : tag;
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}

/** @param {Function} value Often a class, in the place of an instance. */
function kindOfFunction(value) {
  const isNamed = /^[A-Za-z_$][\w$]{0,63}$/.test(value.name);
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  return isNamed && isClass ? `the class ${value.name}` : 'a function';
}

module.exports = { kindOf };

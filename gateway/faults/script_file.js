// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { isRecord } = require('../control/values');
const { parseSelector } = require('./entry');
const { problemOf, shown } = require('./points');

/**
 * @typedef {import('./rules').Rule} Rule
 */

/** Whether a text is the name of a script. */
const SCRIPT = /\.(json|js|cjs|mjs)$/i;

/**
 * The rules of a script: a module that exports a Faults object, or JSON of one, which has no functions. Its keys may
 * select cases, as in `publish#3@2`.
 * @param {string} file
 * @returns {Rule[]}
 * @throws {Error} it cannot be read or run; names the file
 * @throws {TypeError} an entry is no fault; names the file and the key
 */
function readScript(file) {
  return rulesOf(`fault script '${file}'`, load(file));
}

/**
 * @param {string} what it is, for the words of errors
 * @param {unknown} script faults by point, with selectors
 * @returns {Rule[]}
 * @throws {TypeError} an entry is no fault; names the key
 */
function rulesOf(what, script) {
  if (!isRecord(script)) throw new TypeError(`${what}: ${shown(script)} is not an object of points`);
  return Object.entries(script)
    .filter(([, fault]) => fault !== undefined)
    .map(([key, fault]) => {
      const selector = selectorOf(what, key);
      const problem = typeof fault === 'function' ? undefined : problemOf(selector.point, fault);
      if (problem !== undefined) throw new TypeError(`${what}: '${key}': ${problem}`);
      return { selector, fault };
    });
}

/**
 * @param {string} what
 * @param {string} key
 */
function selectorOf(what, key) {
  try {
    return parseSelector(key);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw new TypeError(`${what}: '${key}': ${message}`, { cause: error });
  }
}

/**
 * @param {string} file
 * @returns {unknown}
 */
function load(file) {
  const source = attempt(file, 'cannot be read', () => fs.readFileSync(file, 'utf8'));
  if (/\.json$/i.test(file)) return attempt(file, 'is not JSON', () => JSON.parse(source));
  const location = path.resolve(file);
  return attempt(file, 'cannot be run', () => {
    // As it is in the file, also when it was read before.
    delete require.cache[require.resolve(location)];
    const exported = require(location);
    return exported?.default ?? exported;
  });
}

/**
 * @template T
 * @param {string} file
 * @param {string} problem
 * @param {() => T} action
 * @returns {T}
 */
function attempt(file, problem, action) {
  try {
    return action();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : shown(error);
    throw new Error(`fault script '${file}' ${problem}: ${reason}`, { cause: error });
  }
}

module.exports = { SCRIPT, readScript, rulesOf };

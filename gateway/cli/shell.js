// @ts-check
'use strict';

/** Lines for cmd.exe or for a POSIX shell, whichever is usual here. */

const IS_WINDOWS = process.platform === 'win32';

/** What no shell takes for anything but a word. */
const PLAIN = /^[\w./:@=-]+$/;

/**
 * @param {string} text
 */
function quoted(text) {
  if (PLAIN.test(text)) return text;
  return IS_WINDOWS ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * @param {...string} words
 */
const lineFor = (...words) => words.map(quoted).join(' ');

/**
 * @param {Record<string, string>} variables
 * @param {string} [command] that they are set for; default all that follow
 */
function setting(variables, command) {
  const pairs = Object.entries(variables);
  if (IS_WINDOWS) {
    const all = pairs.map(([name, value]) => `set "${name}=${value}"`);
    return [...all, ...(command === undefined ? [] : [command])].join(' & ');
  }
  const all = pairs.map(([name, value]) => `${name}=${quoted(value)}`).join(' ');
  return command === undefined ? `export ${all}` : `${all} ${command}`;
}

module.exports = { lineFor, setting };

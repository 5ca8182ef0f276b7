// @ts-check
'use strict';

const fs = require('node:fs');
const { quote } = require('../vocabulary/failure');

/**
 * Something an app gave, and how to call it in a message.
 *
 * @typedef {object} Given
 * @property {string | Uint8Array} content
 * @property {string} origin `ca`, `the file "root.pem" given as ca`
 */

/**
 * A path has no line break, no PEM marker and no zero (UTF-16 read as UTF-8 has). Text without these that names no file
 * is reported as a missing file.
 *
 * @param {string} text
 */
function isInline(text) {
  return text.includes('-----') || /[\n\0]/.test(text);
}

/**
 * @param {string} path
 * @param {string} name `ca`, `ca[1]`, or the name of an environment variable.
 * @param {(message: string, details: { hint: string, cause: unknown }) => Error} unreadable Makes the error, where there is
 *   no such file.
 * @returns {Given}
 */
function readFile(path, name, unreadable) {
  const origin = `the file ${quote(path)} given as ${name}`;
  try {
    return { content: fs.readFileSync(path), origin };
  } catch (cause) {
    // Loaded when needed: a device that connects has no use for the words of failures.
    const { faultOfPath } = require('../failures/path');
    const { fault, hint } = faultOfPath(path, String(/** @type {NodeJS.ErrnoException} */ (cause).code));
    throw unreadable(`T${origin.slice(1)} ${fault}`, { hint, cause });
  }
}

module.exports = { isInline, readFile };

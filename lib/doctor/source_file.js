// @ts-check
'use strict';

const fs = require('node:fs');
const { faultOfPath } = require('../failures/path');

/** The files in which people keep connection strings: a line by itself, or one of a .env file or a script. */

/**
 * @param {string} path
 * @returns {string} The connection string in it, or all of it where none is to be seen.
 * @throws {Error & { hint: string }} It cannot be read, or holds several.
 */
function readSourceFile(path) {
  return connectionStringIn(decoded(bytesOf(path)).trim());
}

/** @param {string} path */
function bytesOf(path) {
  try {
    return fs.readFileSync(path);
  } catch (cause) {
    const { fault, hint } = faultOfPath(path, String(/** @type {NodeJS.ErrnoException} */ (cause).code));
    const message = `The argument is no connection string, so it is taken for a file, and that ${fault}`;
    throw Object.assign(new Error(message, { cause }), { hint });
  }
}

/**
 * By its byte order mark: what PowerShell of Windows writes by > is UTF-16.
 *
 * @param {Buffer} bytes
 * @returns {string}
 */
function decoded(bytes) {
  const [first, second] = bytes;
  const even = bytes.subarray(2, bytes.length - (bytes.length % 2));
  if (first === 0xff && second === 0xfe) return even.toString('utf16le');
  if (first === 0xfe && second === 0xff) return Buffer.from(even).swap16().toString('utf16le');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/**
 * @param {string} text Of a file.
 * @returns {string}
 * @throws {Error & { hint: string }} It holds several.
 */
function connectionStringIn(text) {
  const lines = text.split(/\r?\n/);
  const numbers = lines.flatMap((line, index) => (isConnectionString(line) ? [index + 1] : []));
  if (numbers.length > 1) {
    const message = `The file has ${numbers.length} connection strings, in lines ${numbers.join(', ')}`;
    throw Object.assign(new Error(message), { hint: 'Leave one in it, or give the one that is meant.' });
  }
  if (numbers.length === 0 || lines.length === 1) return text;
  const line = lines[numbers[0] - 1];
  const [, value] =
    /^\s*(?:export\s+)?\w+\s*=\s*(["']?)(?=(?:HostName|DeviceId)=)(.*)\1\s*$/i.exec(line)?.slice(1) ?? [];
  return value ?? line;
}

/**
 * A line with the name of the hub alone is a part of one that was written in several.
 *
 * @param {string} line
 */
function isConnectionString(line) {
  return /(?:^|[^A-Za-z])HostName=/i.test(line) && /;\s*\w+=/.test(line) && !/^\s*#/.test(line);
}

module.exports = { readSourceFile };

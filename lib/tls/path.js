// @ts-check
'use strict';

const { quote } = require('../vocabulary/failure');

/** What a path is that only a shell or a browser would understand. @type {[RegExp, string][]} */
const FOREIGN = [
  [/^~/, 'Only a shell turns ~ into the home directory: write the whole path.'],
  [/^file:/i, 'It is a URL: fileURLToPath(url) of node:url makes a path of it.'],
  [/^https?:/i, 'A root certificate is not fetched: copy it to this device, and give the path of the copy.'],
  [/^["'].*["']$/, 'Leave the quotes away: they are not part of the path.'],
  [/\$\{?\w+\}?|%\w+%/, 'Only a shell puts the value of a variable there: use process.env.'],
  [/^\s|\s$/, 'There is white space around it: path.trim() removes it.'],
];

/** By the code of the operating system. @type {Record<string, (path: string) => { fault: string, hint: string }>} */
const FAULTS = {
  ENOENT: (path) => ({
    fault: 'does not exist',
    hint:
      FOREIGN.find(([pattern]) => pattern.test(path))?.[1] ??
      `Check the path; it is relative to the working directory. A relative path: ${quote(process.cwd())}`,
  }),
  EISDIR: () => ({ fault: 'is a directory', hint: 'Name the file in it that holds the root certificate.' }),
  EACCES: () => ({ fault: 'cannot be read (EACCES)', hint: 'The process must be allowed to read it.' }),
  EPERM: () => ({ fault: 'cannot be read (EPERM)', hint: 'The process must be allowed to read it.' }),
  ENAMETOOLONG: () => ({ fault: 'is too long for a path', hint: 'Give a path, or the certificate as PEM.' }),
};

/**
 * @param {string} path
 * @param {string} code Of the operating system.
 * @returns {{ fault: string, hint: string }}
 */
function faultOfPath(path, code) {
  const known = FAULTS[code]?.(path);
  return known ?? { fault: `cannot be read (${code})`, hint: 'The operating system gave that reason.' };
}

/**
 * A connection string, or base64 that may be that of a key. A missing file is reported with its path, and Node reports it
 * in full: what may be a key must not get there.
 *
 * @param {string} text
 */
function mayBeSecret(text) {
  // DER begins with 0x30, so its base64 begins with M; a PEM with -----, so its base64 begins with LS0t.
  return /SharedAccess(Key|Signature)/.test(text) || /^\s*(M|LS0t)[A-Za-z0-9+/_-]{60,}=*\s*$/.test(text);
}

/**
 * @param {string} text With a line break.
 * @returns {string | undefined} The path that it is but for the line break around it; `undefined` if it is none.
 */
function pathIn(text) {
  const path = text.trim();
  return path !== '' && /^[^\r\n\0]{1,4096}$/.test(path) && /[./\\]/.test(path) ? path : undefined;
}

module.exports = { faultOfPath, mayBeSecret, pathIn };

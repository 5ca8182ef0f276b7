// @ts-check
'use strict';

const { quote } = require('../vocabulary/failure');

/** What a path is that only a shell or a browser would understand. @type {[RegExp, string][]} */
const FOREIGN = [
  [/^~/, 'Only a shell turns ~ into the home directory: write the whole path.'],
  [/^file:/i, 'It is a URL: fileURLToPath(url) of node:url makes a path of it.'],
  [/^https?:/i, 'A file is not fetched: copy it to this device, and give the path of the copy.'],
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
  EISDIR: () => ({ fault: 'is a directory', hint: 'Name the file in it that is meant.' }),
  EACCES: () => ({ fault: 'cannot be read (EACCES)', hint: 'The process must be allowed to read it.' }),
  EPERM: () => ({ fault: 'cannot be read (EPERM)', hint: 'The process must be allowed to read it.' }),
  ENAMETOOLONG: () => ({
    fault: 'is too long for a path',
    hint: 'Give a path; certificates and keys may also be given as PEM.',
  }),
};

/**
 * Of whatever is given by a path: a root certificate, that of the device, its key, a connection string.
 *
 * @param {string} path
 * @param {string} code Of the operating system.
 * @returns {{ fault: string, hint: string }}
 */
function faultOfPath(path, code) {
  const known = FAULTS[code]?.(path);
  return known ?? { fault: `cannot be read (${code})`, hint: 'The operating system gave that reason.' };
}

module.exports = { faultOfPath };

// @ts-check
'use strict';

const { withoutKeys } = require('../vocabulary/failure');

/** What becomes of line breaks in a paste or an environment variable: blanks, or their escapes in shells and JSON. */
const BREAKS = /\s|[\\`]+[rn]/g;

/**
 * A connection string, or base64 that may be that of a key. A missing file is reported with its path, and Node reports it
 * in full: what may be a key must not get there.
 *
 * @param {string} text
 */
function mayBeSecret(text) {
  // DER begins with 0x30, so its base64 begins with M; a PEM with -----, so its base64 begins with LS0t; OpenSSH's own
  // format begins with its name.
  const isKey = /^["'`]?(M|LS0t|b3BlbnNzaC)[A-Za-z0-9+/_-]{60,}=*["'`,;]*$/;
  return (
    /SharedAccess(Key|Signature)/.test(text) ||
    isKey.test(text.replace(BREAKS, '')) ||
    withoutKeys(text) !== text
  );
}

/**
 * @param {string} text With a line break.
 * @returns {string | undefined} The path that it is but for the line break around it; `undefined` if it is none.
 */
function pathIn(text) {
  const path = text.trim();
  return path !== '' && /^[^\r\n\0]{1,4096}$/.test(path) && /[./\\]/.test(path) ? path : undefined;
}

module.exports = { mayBeSecret, pathIn };

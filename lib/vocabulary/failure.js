// @ts-check
'use strict';

const { kindOf } = require('./kind');

/**
 * @typedef {object} Facts
 * @property {string} [hint] What the reader can do about it: one sentence.
 * @property {unknown} [cause] The error underneath.
 * @property {unknown} [transportError] The same, under the name by which apps of the original read it (device-sdk.md §5).
 * @property {'not sent' | 'unknown'} [delivery] For a message: never written to the socket, or perhaps received.
 */

/**
 * Builds an error as this package reports it: a class of `errors`, plus a stable `code` for programs and a `hint`
 * for people. Never pass a key, token or password in any of the arguments: errors end up in logs.
 *
 * @template {Error} E
 * @param {new (message?: string) => E} ErrorClass
 * @param {string} code Stable, `ERR_IOT_…`.
 * @param {string} message Names the thing and the value at fault (`quote` makes a value printable). Line breaks
 *   become spaces: a device that retries for a day must not fill the log.
 * @param {Facts & Record<string, unknown>} [facts] Absent and `undefined` facts leave no property.
 * @returns {E & Facts & { code: string }}
 */
function failure(ErrorClass, code, message, facts = {}) {
  const { cause, transportError, hint, ...shown } = facts;
  const error = /** @type {any} */ (new ErrorClass(withoutKeys(inOneLine(message))));
  error.code = code;
  if (hint !== undefined) error.hint = withoutKeys(hint);
  for (const [name, value] of Object.entries(shown)) if (value !== undefined) error[name] = value;
  // Not enumerable: an error that is printed shows its cause anyway, and once is enough.
  for (const [name, value] of Object.entries({ cause, transportError })) {
    if (value !== undefined)
      Object.defineProperty(error, name, { value, writable: true, configurable: true });
  }
  Error.captureStackTrace(error, failure);
  return error;
}

/** @param {string} text */
function inOneLine(text) {
  return text.replace(/\s+/g, (blanks) => (/[\r\n]/.test(blanks) ? ' ' : blanks));
}

/** What follows is a secret, also where it stands in a field that it does not belong to. */
const SECRET = /((?:SharedAccessKey|SharedAccessSignature|\bsig)(?:\s*=|\s)).*/is;

/**
 * What may be a key wherever it stands, in the place of a device id say: base64 of 16 bytes and more, as keys and signatures
 * have them, percent-encoded or not. It is told from long names, thumbprints and paths by the padding at its end.
 */
const KEY = new RegExp(
  // From the beginning of a run of such signs: at each of them, a long text is searched as often as it has signs.
  '(?:(?<![\\w+/%-])|(?<=%(?!2[BF])[0-9A-F]{2}))(?:' +
    // Two signs of padding nothing else has. One stands also in name=value, where a value follows.
    '(?:[\\w+/-]|%2[BF]){21,400}(?:=|%3D){2}|(?:[\\w+/-]|%2[BF]){42,400}(?:=|%3D)(?!\\w)|[\\w+/-]{43}=' +
    ')',
  'gi',
);

/** @param {string} text @returns {string} With a sign in place of each key that may be in it. */
function withoutKeys(text) {
  return text.replace(KEY, '…');
}

/** @param {string} text @returns {string} Without keys, and without a named key or token and what follows. */
function withoutSecrets(text) {
  return withoutKeys(text.replace(SECRET, '$1…'));
}

/**
 * A value as it may stand inside a message: one line, quoted if a text, at most `limit` characters of it; of an object or a
 * function what it is. A key or token that a missing separator has made part of it is left out.
 *
 * @param {unknown} value Not a secret by itself.
 * @param {number} [limit]
 */
function quote(value, limit = 80) {
  if ((typeof value === 'object' && value) || typeof value === 'function') return kindOf(value);
  if (typeof value !== 'string') return String(value);
  const shown = withoutSecrets(value);
  return JSON.stringify(shown.length > limit ? shown.slice(0, limit) + '…' : shown);
}

module.exports = { failure, quote, withoutKeys, withoutSecrets };

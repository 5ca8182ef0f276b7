// @ts-check
'use strict';

/**
 * What the place where the report is shown can do.
 *
 * @typedef {object} Manner
 * @property {boolean} live It is a terminal with a cursor that can be moved.
 * @property {boolean} color
 * @property {boolean} unicode
 * @property {() => number | undefined} columns How wide the terminal is; not known of a pipe.
 */

/**
 * @param {{ isTTY?: boolean, columns?: number }} stream
 * @param {object} wishes
 * @param {boolean} wishes.color False: `--no-color`.
 * @param {NodeJS.ProcessEnv} wishes.env
 * @param {NodeJS.Platform} [wishes.platform]
 * @returns {Manner}
 */
function mannerOf(stream, { color, env, platform = process.platform }) {
  const live = stream.isTTY === true && env.TERM !== 'dumb';
  return {
    live,
    color: color && wantsColor(env, live),
    unicode: env.TERM !== 'dumb' && showsUnicode(env, platform),
    columns: () => (stream.isTTY ? stream.columns : undefined),
  };
}

/**
 * As Node decides for its own output: FORCE_COLOR goes before NO_COLOR.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} live
 */
function wantsColor({ FORCE_COLOR, NO_COLOR }, live) {
  if (FORCE_COLOR !== undefined) return !['0', 'false'].includes(FORCE_COLOR);
  return live && !NO_COLOR;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 */
function showsUnicode({ LC_ALL, LC_CTYPE, LANG, WT_SESSION, TERM_PROGRAM }, platform) {
  // The old console has no locale and no glyphs; Windows Terminal and editors have both.
  if (platform === 'win32') return Boolean(WT_SESSION || TERM_PROGRAM);
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

module.exports = { mannerOf };

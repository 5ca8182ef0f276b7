// @ts-check
'use strict';

/** Codes of ECMA-48 §8.3.117 that read well on light and dark backgrounds. */
const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 };

/**
 * @typedef {keyof typeof CODES} Color
 * @typedef {(color: Color, text: string) => string} Paint
 */

/**
 * @param {boolean} colored
 * @returns {Paint}
 */
function painter(colored) {
  return colored ? (color, text) => `\x1b[${CODES[color]}m${text}\x1b[0m` : (_, text) => text;
}

/**
 * Whether a stream shows colours: a terminal, unless NO_COLOR or TERM=dumb say otherwise (no-color.org).
 * @param {NodeJS.WriteStream} stream
 * @param {NodeJS.ProcessEnv} env
 */
function showsColors(stream, env) {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

module.exports = { painter, showsColors };

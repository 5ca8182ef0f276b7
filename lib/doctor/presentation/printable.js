// @ts-check
'use strict';

const { mapTexts } = require('../texts');

/** Control characters, and those that turn the direction of writing: a line could be made to say something else. */
// eslint-disable-next-line no-control-regex
const STEERING = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * What a certificate, a file or a gateway holds must not steer the terminal: in every text of it, such characters are
 * replaced. Line breaks become spaces.
 *
 * @template T
 * @param {T} value A report or a part of one.
 * @param {string} replacement
 * @returns {T}
 */
function printable(value, replacement) {
  return mapTexts(value, (text) => text.replace(/\s*[\r\n]+\s*/g, ' ').replace(STEERING, replacement));
}

module.exports = { printable };

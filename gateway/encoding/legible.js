// @ts-check
'use strict';

/**
 * What a terminal obeys instead of showing it, and what makes text look other than it is: control characters, C1 among
 * them; format characters such as bidirectional marks and those of no width; separators of lines and paragraphs; halves
 * of characters.
 */
const ILLEGIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** @type {Record<string, string>} */
const SHORT = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text of anybody as it may be shown, on one line: escapes as in JSON stand for what is illegible.
 * @param {string} text
 */
function legible(text) {
  return text.replace(ILLEGIBLE, (character) => SHORT[character] ?? escaped(character));
}

/**
 * @param {string} character of one or two units of UTF-16
 */
function escaped(character) {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

module.exports = { legible };

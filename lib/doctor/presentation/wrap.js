// @ts-check
'use strict';

/**
 * Breaks a text between words. A word that is longer than a line, such as a fingerprint, stays whole on a line of its own:
 * whoever copies it gets all of it.
 *
 * @param {string} text
 * @param {number} width Columns; `Infinity` leaves it one line.
 * @returns {string[]} At least one line.
 */
function wrap(text, width) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line === '') line = word;
    else if (widthOf(line) + 1 + widthOf(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/**
 * Puts `first` before the first line, and as many spaces before the others.
 *
 * @param {string[]} lines
 * @param {string} first
 * @param {string} [rest]
 */
function hang(lines, first, rest = ' '.repeat(widthOf(first))) {
  return lines.map((line, index) => (index === 0 ? first : rest) + line);
}

/**
 * Wraps a text that hangs from what stands before it.
 *
 * @param {string} text
 * @param {number} width Of the whole.
 * @param {string} first Before the first line.
 * @param {string} [rest] Before the others; default: as many spaces.
 */
function hanging(text, width, first, rest) {
  return hang(wrap(text, width - widthOf(first)), first, rest);
}

/** @param {string} text Without colours. */
function widthOf(text) {
  return Array.from(text).length;
}

module.exports = { hang, hanging, widthOf, wrap };

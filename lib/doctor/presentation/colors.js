// @ts-check
'use strict';

/**
 * Accents of a text that says everything without them. None is dim, yellow, or a colour of the background: each can be
 * read on black and on white.
 */
const CODES = Object.freeze({
  ok: [32, 39],
  problem: [31, 39],
  warning: [35, 39],
  strong: [1, 22],
});

/** @typedef {keyof typeof CODES} Accent */
/** @typedef {(text: string, ...accents: (Accent | undefined)[]) => string} Paint */

/** @type {Paint} */
const withoutColor = (text) => text;

/** @type {Paint} */
function withColor(text, ...accents) {
  if (text === '') return text;
  return accents.reduceRight((painted, accent) => {
    if (accent === undefined) return painted;
    const [on, off] = CODES[accent];
    return `\x1b[${on}m${painted}\x1b[${off}m`;
  }, text);
}

/** @param {boolean} color @returns {Paint} */
function paintOf(color) {
  return color ? withColor : withoutColor;
}

module.exports = { paintOf };

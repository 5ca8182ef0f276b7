// @ts-check
'use strict';

/** Objects and arrays within each other. Whoever walks through a value, as JSON.stringify does, goes as deep. */
const MAX_NESTING = 64;

/**
 * JSON of a peer.
 * @param {string} text
 * @returns {any}
 * @throws {SyntaxError} it is none, or is nested too deep
 */
function parseJson(text) {
  if (nestingOf(text) > MAX_NESTING) throw new SyntaxError(`JSON of more than ${MAX_NESTING} levels`);
  return JSON.parse(text);
}

/**
 * @param {string} text
 * @returns {number} of the deepest level; no more than that is known of what is no JSON
 */
function nestingOf(text) {
  let deepest = 0;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === BRACKET || code === BRACE) deepest = Math.max(deepest, ++depth);
    else if (code === BRACKET_END || code === BRACE_END) depth--;
  }
  return deepest;
}

const [QUOTE, BACKSLASH, BRACKET, BRACKET_END, BRACE, BRACE_END] = Array.from('"\\[]{}', (character) =>
  character.charCodeAt(0),
);

module.exports = { nestingOf, parseJson };

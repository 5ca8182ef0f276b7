// @ts-check
'use strict';

/** A string, what stands between values, or a number or word. White space is in none of them. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * @param {string} text JSON
 * @returns {number} bytes of it without the white space between its tokens
 */
function compactSize(text) {
  let white = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted && character === '\\') i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && ' \t\r\n'.includes(character)) white++;
  }
  return Buffer.byteLength(text) - white;
}

/**
 * The members of an object as text, without white space between tokens. Of two with one name the last counts.
 * @param {string} text JSON of an object
 * @returns {Map<string, string>} by name
 */
function membersOf(text) {
  const members = new Map();
  const tokens = (text.match(TOKENS) ?? []).slice(1, -1);
  for (let at = 0; at < tokens.length;) {
    const name = JSON.parse(tokens[at]);
    const start = at + 2;
    const end = endOfValue(tokens, start);
    members.set(name, tokens.slice(start, end).join(''));
    at = end + 1;
  }
  return members;
}

/**
 * @param {string[]} tokens
 * @param {number} start of a value
 * @returns {number} behind it
 */
function endOfValue(tokens, start) {
  let depth = 0;
  let at = start;
  do {
    if ('{['.includes(tokens[at])) depth++;
    else if ('}]'.includes(tokens[at])) depth--;
    at++;
  } while (depth > 0);
  return at;
}

module.exports = { compactSize, membersOf };

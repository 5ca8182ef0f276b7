// @ts-check
'use strict';

/** A string as it is, or white space between tokens. */
const STRING_OR_WHITE = /("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\r\n]+/g;

/** Code units that follow each other, which may be halves of one character, or any other escape. */
const ESCAPES = /(?:\\u[0-9a-f]{4})+|\\./gi;

/**
 * The size of JSON that was read and is written again: without white space between its tokens, and with no more escapes in
 * its strings than there must be. Numbers keep their digits.
 * @param {string} text JSON
 * @returns {number} bytes
 */
function compactSize(text) {
  return Buffer.byteLength(text) - whiteIn(text) - escapesIn(text);
}

/**
 * @param {string} text JSON
 * @returns {number} bytes of escapes that need not be
 */
function escapesIn(text) {
  const escapes = `"${(text.match(ESCAPES) ?? []).join(' ')}"`;
  return escapes.length - Buffer.byteLength(JSON.stringify(JSON.parse(escapes)));
}

/**
 * JSON without the white space between its tokens, each of which stays as it is: numbers keep their digits, and strings
 * their escapes.
 * @param {string} text JSON
 */
function compactJson(text) {
  if (whiteIn(text) === 0) return text;
  return text.replace(STRING_OR_WHITE, (_, string = '') => string);
}

/**
 * @param {string} text JSON
 * @returns {number} characters of white space between its tokens
 */
function whiteIn(text) {
  let white = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted && character === '\\') i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && ' \t\r\n'.includes(character)) white++;
  }
  return white;
}

/**
 * The members of an object as text, without white space between tokens. Of two with one name the last counts.
 * @param {string} text JSON of an object
 * @param {number} most members
 * @returns {Map<string, string> | undefined} by name; undefined if there are more
 */
function membersOf(text, most) {
  const members = new Map();
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') i = endOfString(text, i);
    else if (character === '{' || character === '[') {
      depth++;
      if (depth === 1) start = i + 1;
    } else if (depth === 1 && (character === ',' || character === '}')) {
      const member = text.slice(start, i).trim();
      start = i + 1;
      if (member === '') continue;
      const endOfName = endOfString(member, 0) + 1;
      const value = member.slice(member.indexOf(':', endOfName) + 1);
      members.set(JSON.parse(member.slice(0, endOfName)), compactJson(value));
      if (members.size > most) return undefined;
    } else if (character === '}' || character === ']') depth--;
  }
  return members;
}

/**
 * @param {string} text
 * @param {number} start of a string, its quotation mark
 * @returns {number} its other quotation mark
 */
function endOfString(text, start) {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

module.exports = { compactSize, membersOf };

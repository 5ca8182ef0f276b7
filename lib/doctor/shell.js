// @ts-check
'use strict';

/**
 * @param {string} text
 * @returns {string} As one word of a POSIX shell.
 */
function word(text) {
  return /^[\w.@%+:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

module.exports = { word };

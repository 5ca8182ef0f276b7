// @ts-check
'use strict';

/**
 * Percent-decoding as .NET does it: what is no valid escape stays as it is, and nothing is ever refused.
 * @param {string} text
 * @returns {string}
 */
function percentDecode(text) {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
}

module.exports = { percentDecode };

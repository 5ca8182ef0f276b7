// @ts-check
'use strict';

/**
 * @param {number} ms
 * @returns {string} `12 ms`, `3.4 s`, `104 s`
 */
function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

module.exports = { duration };

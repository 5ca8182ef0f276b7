// @ts-check
'use strict';

/** @returns {string} A random UUID. */
function uniqueId() {
  // Loaded here, as it takes some milliseconds that an app which asks for none need not spend at its start.
  return require('node:crypto').randomUUID();
}

module.exports = { uniqueId };

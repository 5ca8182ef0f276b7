// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../command');

/**
 * What users copy first: the program of the README. It reads IOTHUB_DEVICE_CONNECTION_STRING and PATH_TO_EDGE_CA_CERT, sends
 * one message, and ends by itself.
 *
 * @returns {string}
 */
function tenLines() {
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const [, program] = /^## Ten lines that work\n\n```js\n(.*?)^```$/ms.exec(readme) ?? [];
  if (!program) throw new Error('README.md has no "Ten lines that work"');
  return program;
}

module.exports = { tenLines };

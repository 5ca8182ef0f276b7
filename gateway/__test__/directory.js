// @ts-check
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/**
 * A folder that goes with the test.
 * @param {import('node:test').TestContext} t
 */
function directoryFor(t) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-test-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  return directory;
}

module.exports = { directoryFor };

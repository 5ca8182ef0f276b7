// @ts-check
'use strict';

const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { directoryFor } = require('./directory');

/**
 * The exit code of a test file.
 * @param {import('node:test').TestContext} t
 * @param {string} code
 */
function exitCodeOf(t, code) {
  const file = path.join(directoryFor(t), 'some.test.js');
  const harness = JSON.stringify(path.join(__dirname, 'raw-device'));
  fs.writeFileSync(file, `require(${harness}); const { test } = require('node:test'); ${code}`);
  // Without the mark of the runner above it, which would make it report to that one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return spawnSync(process.execPath, ['--test', file], { env }).status;
}

test('a rejection that nobody handles fails a test file, behind its last test, too', (t) => {
  const late = `setTimeout(() => { Promise.reject(new Error('late')); }, 10);`;
  assert.strictEqual(exitCodeOf(t, `test('a', () => { ${late} });`), 1);
  assert.strictEqual(exitCodeOf(t, `test('a', () => {});`), 0);
});

// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

test('the tests hold on the package as it is installed', () => {
  const script = path.join(__dirname, '../../scripts/test_packed.js');
  const { NODE_TEST_CONTEXT: _inside, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const failures = stdout.slice(stdout.lastIndexOf('✖ failing tests:'));
  assert.equal(status, 0, `${failures}${stderr}`);
});

// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

test('every planted fault is seen', () => {
  const script = path.join(__dirname, '../../scripts/planted_faults.js');
  const { NODE_TEST_CONTEXT: _inside, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
});

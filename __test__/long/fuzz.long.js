'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');

/** All fuzz drivers together. Seconds. */
const SECONDS = 600;
/** Another seed each time: what was tried yesterday need not be tried today. */
const SEED = Date.now();

test(`the fuzz drivers find nothing in ${SECONDS} s, from seed ${SEED} on`, async (t) => {
  const order = ['--seconds', String(SECONDS), '--seed', String(SEED)];
  const args = ['run', '--quiet', '--profile', 'test', '-p', 'edge-downstream-fuzz', '--', ...order];
  const child = spawn('cargo', args, {
    cwd: path.join(__dirname, '../..'),
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  for (const line of output.trim().split('\n')) t.diagnostic(line);
  assert.equal(code, 0, output);
});

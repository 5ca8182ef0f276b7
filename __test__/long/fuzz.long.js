'use strict';

const assert = require('node:assert/strict');
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');
const { FUZZERS } = require('../../fuzz/live');

const ROOT = path.join(__dirname, '..', '..');

/** All fuzz drivers together, half of it for those of the core, half for those of live sessions. Seconds. */
const SECONDS = 600;
/** Another seed each time: what was tried yesterday need not be tried today. */
const SEED = Date.now();
/** So many times the rounds of `cargo test`. */
const TIMES = 100;

test(`the fuzz drivers find nothing in ${SECONDS / 2} s, from seed ${SEED} on`, async (t) => {
  const order = ['--seconds', String(SECONDS / 2), '--seed', String(SEED)];
  const args = ['run', '--quiet', '--profile', 'test', '-p', 'edge-downstream-fuzz', '--', ...order];
  const child = spawn('cargo', args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  for (const line of output.trim().split('\n')) t.diagnostic(line);
  assert.equal(code, 0, output);
});

for (const { name, fuzz } of FUZZERS) {
  test(`the fuzzer of live sessions, ${name}, finds nothing, from seed ${SEED} on`, async (t) => {
    const milliseconds = (SECONDS / 2 / FUZZERS.length) * 1000;
    const { executions, findings } = await fuzz({ seed: SEED, milliseconds });
    t.diagnostic(`${executions} executions`);
    assert.deepEqual(findings, []);
    assert.ok(executions > 1000, `${executions} executions`);
  });
}

test('frames of WebSocket, answers to the upgrade and answers of proxies: whatever bytes they are, none breaks the core', () => {
  const told = execFileSync('cargo', ['test', '--lib', 'transport::', '--', '--nocapture'], {
    cwd: ROOT,
    env: { ...process.env, EDGE_FUZZ: String(TIMES) },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const [, passed] = /test result: ok\. (\d+) passed/.exec(told) ?? [];
  assert.ok(Number(passed) >= 10, told.slice(-2000));
  for (const fuzzed of ['tunnel::tests', 'web_socket::tests']) assert.ok(told.includes(fuzzed), fuzzed);
});

'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

const ROOT = path.join(__dirname, '..', '..');
/** So many times the rounds of `cargo test`. */
const TIMES = 100;

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

'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { FUZZERS } = require('../../fuzz');

/** All fuzzers together. Milliseconds. */
const TIME_MS = 10 * 60_000;

for (const { name, fuzz } of FUZZERS) {
  test(`the fuzzer ${name} finds nothing for long`, async (t) => {
    const seed = Date.now() % 1e9;
    const { executions, findings } = await fuzz({ seed, milliseconds: TIME_MS / FUZZERS.length });
    t.diagnostic(`${executions} executions from seed ${seed}`);
    assert.deepEqual(findings, []);
    assert.ok(executions > 1000);
  });
}

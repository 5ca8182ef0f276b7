'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { FUZZERS } = require('../../fuzz/live');

/** The same in every run; `npm run test:long` goes on from others. */
const SEED = 1;

for (const { name, fuzz } of FUZZERS) {
  test(`a short run of the fuzzer ${name} finds nothing`, async () => {
    const { executions, findings } = await fuzz({ seed: SEED, executions: 320 });
    assert.deepEqual(findings, []);
    assert.equal(executions, 320);
  });
}

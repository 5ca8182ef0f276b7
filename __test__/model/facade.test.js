'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { runPrograms } = require('../../scripts/model_programs');
const { runSchedule } = require('./schedule');

test('whatever coincides, every call is told once and no connection is without an owner', async (t) => {
  t.diagnostic((await runPrograms('facade')).trim());
});

test('a program is the same every time it is run', async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    assert.deepEqual(await runSchedule(seed), await runSchedule(seed), `seed ${seed}`);
  }
});

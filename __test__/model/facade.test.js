'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { runSchedule } = require('./schedule');

/** How many programs are run, and from which seed on: one failure is repeated by its seed alone. */
const SCHEDULES = Number(process.env.EDGE_MODEL_SCHEDULES ?? 2000);
const SEED = process.env.EDGE_MODEL_SEED;

test(`whatever coincides, every call is told once and no connection is without an owner (${SEED === undefined ? `${SCHEDULES} programs` : `seed ${SEED}`})`, async () => {
  const first = Number(SEED ?? 1);
  const last = SEED === undefined ? SCHEDULES : first;
  for (let seed = first; seed <= last; seed += 1) {
    const { faults, steps } = await runSchedule(seed);
    assert.deepEqual(faults, [], `seed ${seed}\n${steps.join('\n')}`);
  }
});

test('a program is the same every time it is run', async () => {
  for (const seed of [1, 2, 3]) assert.deepEqual(await runSchedule(seed), await runSchedule(seed));
});

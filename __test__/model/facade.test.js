'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { runSchedule } = require('./schedule');

/** How many programs are run, and from which seed on. */
const SCHEDULES = Number(process.env.EDGE_MODEL_SCHEDULES ?? 2000);
const FIRST = Number(process.env.EDGE_MODEL_FIRST ?? 1);
/** The one program to run instead: what a failure prints. */
const SEED = process.env.EDGE_MODEL_SEED;

const [first, count] = SEED === undefined ? [FIRST, SCHEDULES] : [Number(SEED), 1];

test(`whatever coincides, every call is told once and no connection is without an owner (${count} programs from seed ${first} on)`, async (t) => {
  t.after(fewerTraces());
  for (let seed = first; seed < first + count; seed += 1) {
    const { faults, steps } = await runSchedule(seed);
    if (faults.length > 0) assert.fail(told(seed, faults, steps));
  }
});

test('a program is the same every time it is run', async () => {
  for (const seed of [1, 2, 3]) assert.deepEqual(await runSchedule(seed), await runSchedule(seed));
});

/** Traces of errors that are made by the thousand take a third of the time; the run of one seed has them. */
function fewerTraces() {
  const { stackTraceLimit } = Error;
  if (SEED === undefined) Error.stackTraceLimit = 0;
  return () => (Error.stackTraceLimit = stackTraceLimit);
}

function told(seed, faults, steps) {
  return [`seed ${seed}:`, ...faults, 'What was done:', ...steps, `EDGE_MODEL_SEED=${seed} repeats it.`].join(
    '\n',
  );
}

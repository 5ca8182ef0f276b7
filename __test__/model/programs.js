'use strict';

// Programs, one after the other, in a process of their own: inside of a test, the hooks that the runner hangs into each promise
// and timer take a third of the time. Exits with 1 at the first program that fails, and says how to run it again.

const { runSchedule } = require('./schedule');

/** How many programs are run, and from which seed on. */
const SCHEDULES = Number(process.env.EDGE_MODEL_SCHEDULES ?? 2000);
const FIRST = Number(process.env.EDGE_MODEL_FIRST ?? 1);
/** The one program to run instead: what a failure prints. */
const SEED = process.env.EDGE_MODEL_SEED;

const [first, count] = SEED === undefined ? [FIRST, SCHEDULES] : [Number(SEED), 1];

async function main() {
  // Traces of errors that are made by the thousand take a third of the time; the run of one seed has them.
  if (SEED === undefined) Error.stackTraceLimit = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const { faults, steps } = await runSchedule(seed);
    if (faults.length > 0) return fail(seed, faults, steps);
  }
  console.log(`${count} programs from seed ${first} on`);
}

function fail(seed, faults, steps) {
  process.exitCode = 1;
  const again = `EDGE_MODEL_SEED=${seed} repeats it.`;
  console.error([`seed ${seed}:`, ...faults, 'What was done:', ...steps, again].join('\n'));
}

main();

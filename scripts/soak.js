// @ts-check
'use strict';

const { randomInt } = require('node:crypto');
const os = require('node:os');
const { main, StepFailed } = require('./command');
const { runPrograms } = require('./model_programs');
const { ensureBuilt, ensureInstalled } = require('./setup');

/** So many programs at a time: about a minute. */
const ROUNDS = /** @type {const} */ ([
  ['facade', 10_000],
  ['core', 50_000],
]);
const DEFAULT_MINUTES = 60;

/**
 * Random programs that nobody has run before, on all cores, for an hour or for as many minutes as the argument says:
 * `npm run soak -- 600`.
 */
main(async () => {
  const minutes = Number(process.argv[2] ?? DEFAULT_MINUTES);
  if (!(minutes > 0)) throw new StepFailed(`${process.argv[2]} is no number of minutes`);
  ensureInstalled();
  ensureBuilt();
  const end = performance.now() + minutes * 60_000;
  const done = { facade: 0, core: 0 };
  await Promise.all(
    Array.from({ length: os.availableParallelism() }, async () => {
      for (let round = 0; performance.now() < end; round += 1) {
        const [model, count] = ROUNDS[round % ROUNDS.length];
        await runPrograms(model, { first: randomInt(1, 2 ** 31), count });
        done[model] += count;
      }
    }),
  );
  console.log(`All is well after ${done.facade} programs of the facade and ${done.core} of the core`);
});

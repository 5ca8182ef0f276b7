// @ts-check
'use strict';

const os = require('node:os');

/** What no test file may exceed, on a slow and busy machine: one that never ends fails, instead of holding up all others. */
const LONGEST_MS = 600_000;

/** Node's arguments for the suite. As many files at a time as there are processors: most tests wait most of the time. */
const SUITE = ['--test', `--test-timeout=${LONGEST_MS}`, `--test-concurrency=${os.availableParallelism()}`];

module.exports = { SUITE };

// @ts-check
'use strict';

const os = require('node:os');
const { main, run, StepFailed } = require('./command');
const { ensureBuilt, ensureInstalled } = require('./setup');
const { longTestFiles } = require('./test_files');

/** What no test file may exceed. Milliseconds. */
const LONGEST_MS = 40 * 60_000;
/** Files at a time: some compute and some wait. Not more, as some measure memory. */
const LANES = Math.min(2, os.availableParallelism());

/** Tests that take minutes. With words behind it, only the files whose names contain one of them: `npm run test:long -- foreign load`. */
main(() => {
  const words = process.argv.slice(2);
  const files = longTestFiles().filter(
    (file) => words.length === 0 || words.some((word) => file.includes(word)),
  );
  if (files.length === 0) throw new StepFailed(`No long test has a name with ${words.join(' or ')} in it`);
  ensureInstalled();
  ensureBuilt();

  console.log(`\nTests that take minutes (node --test, ${files.length} files)`);
  const options = ['--test-reporter=spec', `--test-concurrency=${LANES}`, `--test-timeout=${LONGEST_MS}`];
  run(process.execPath, ['--test', ...options, ...files]);
});

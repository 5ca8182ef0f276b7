// @ts-check
'use strict';

const { main, run, StepFailed } = require('./command');
const { ensureBuilt, ensureInstalled } = require('./setup');
const { longTestFiles } = require('./test_files');

/** What no test file may exceed. Milliseconds. */
const LONGEST_MS = 25 * 60_000;

/**
 * Tests that take minutes, one file after the other, as some measure memory and time. With words behind it, only the
 * files whose names contain one of them: `npm run test:long -- foreign load`.
 */
main(() => {
  const words = process.argv.slice(2);
  const files = longTestFiles().filter(
    (file) => words.length === 0 || words.some((word) => file.includes(word)),
  );
  if (files.length === 0) throw new StepFailed(`No long test has a name with ${words.join(' or ')} in it`);
  ensureInstalled();
  ensureBuilt();

  console.log(`\nTests that take minutes (node --test, ${files.length} files)`);
  const options = ['--test-reporter=spec', '--test-concurrency=1', `--test-timeout=${LONGEST_MS}`];
  run(process.execPath, ['--test', ...options, ...files]);
});

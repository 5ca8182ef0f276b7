// @ts-check
'use strict';

const { main, run, tool } = require('./command');
const { ensureBuilt, ensureInstalled } = require('./setup');
const { testFiles } = require('./test_files');

/** What no test file may exceed, on a slow and busy machine. Milliseconds. */
const LONGEST_MS = 600_000;

/** Everything, from a fresh clone on. The first step that fails ends it; Node's summary is the last on the screen. */
main(() => {
  const files = testFiles();
  ensureInstalled();
  ensureBuilt();

  console.log('\nThe core (cargo test)');
  run('cargo', ['test', '--workspace', '--quiet']);

  console.log('\nThe types (tsc)');
  for (const project of ['tsconfig.json', 'gateway/tsconfig.json']) {
    run(...tool('typescript/bin/tsc', ['--noEmit', '-p', project]));
  }

  console.log(`\nThe package (node --test, ${files.length} files)`);
  // A file that never ends fails, instead of holding up all others.
  run(process.execPath, ['--test', '--test-reporter=spec', `--test-timeout=${LONGEST_MS}`, ...files]);
});

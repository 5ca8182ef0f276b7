// @ts-check
'use strict';

const { main, run, tool } = require('./command');
const { ensureBuilt, ensureInstalled } = require('./setup');
const { testFiles } = require('./test_files');

/** Everything, from a fresh clone on. The first step that fails ends it; Node's summary is the last on the screen. */
main(() => {
  const files = testFiles();
  ensureInstalled();
  ensureBuilt();

  console.log('\nThe core (cargo test)');
  run('cargo', ['test', '--workspace', '--quiet']);

  console.log('\nThe types (tsc)');
  run(...tool('typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']));

  console.log(`\nThe package (node --test, ${files.length} files)`);
  run(process.execPath, ['--test', '--test-reporter=spec', ...files]);
});

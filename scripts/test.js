// @ts-check
'use strict';

const { main, run, StepFailed, tool } = require('./command');
const { SUITE } = require('./node_test');
const { ensureBuilt, ensureInstalled } = require('./setup');
const { testFiles } = require('./test_files');

/**
 * Everything, from a fresh clone on. The first step that fails ends it; Node's summary is the last on the screen. With words
 * behind it, of the test files in JavaScript only those whose names contain one of them: `npm test -- unit types`.
 */
main(() => {
  const words = process.argv.slice(2);
  const files = testFiles().filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  if (files.length === 0) throw new StepFailed(`No test has a name with ${words.join(' or ')} in it`);
  ensureInstalled();
  ensureBuilt();

  console.log('\nThe core (cargo test)');
  run('cargo', ['test', '--workspace', '--quiet']);

  console.log('\nThe types (tsc)');
  for (const project of ['tsconfig.json', 'gateway/tsconfig.json']) {
    run(...tool('typescript/bin/tsc', ['--noEmit', '-p', project]));
  }

  console.log(`\nThe package (node --test, ${files.length} files)`);
  run(process.execPath, [...SUITE, '--test-reporter=spec', ...files]);
});

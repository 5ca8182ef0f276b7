// @ts-check
'use strict';

const path = require('node:path');
const { environment, main, run, StepFailed } = require('./command');
const { SUITE } = require('./node_test');
const { installPacked } = require('./packed');
const { ensureBuilt, ensureInstalled } = require('./setup');
const { testFiles } = require('./test_files');

/** Tests of the checkout itself, or of a package that they install. */
const NOT_OF_THE_PACKAGE = /^(__test__\/(types|package)|gateway|bench)\//;

/**
 * Runs the tests on the package as users get it: whatever requires a module of `lib/` gets the one of the bundles. With
 * words behind it, only the files whose names contain one of them: `npm run test:packed -- client wire`.
 */
main(async () => {
  const words = process.argv.slice(2);
  const files = testFiles()
    .filter((file) => !NOT_OF_THE_PACKAGE.test(file))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  if (files.length === 0) throw new StepFailed(`No test has a name with ${words.join(' or ')} in it`);
  ensureInstalled();
  ensureBuilt();
  await installPacked();

  console.log(`\nThe package as it is installed (node --test, ${files.length} files)`);
  // By the environment, so that it holds in the processes and threads that tests start, too.
  const hook = `--require "${path.join(__dirname, 'packed_modules.js')}"`;
  run(process.execPath, [...SUITE, '--test-reporter=spec', ...files], {
    env: { ...environment, NODE_OPTIONS: `${environment.NODE_OPTIONS ?? ''} ${hook}`.trim() },
  });
});

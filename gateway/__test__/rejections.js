// @ts-check
'use strict';

/**
 * A rejection that nobody handles fails the test file, also between tests and behind the last one, where the runner only
 * mentions it. Required by whatever starts a gateway for tests.
 */
process.on('unhandledRejection', (reason) => {
  console.error('A rejection that nobody handles:', reason);
  process.exitCode = 1;
});

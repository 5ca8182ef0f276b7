// @ts-check
'use strict';

const os = require('node:os');
const { describe, test } = require('node:test');
const { runPrograms } = require('../../scripts/model_programs');

/** The models of the session and of the facade, with 100 000 programs each, where `npm test` runs 2 000. */

/** A program of the facade takes ten times as long as one of the core: its are run in parts, beside each other. */
const PART = 25_000;

describe('whatever coincides', { concurrency: os.availableParallelism() }, () => {
  for (const first of [1, 1 + PART, 1 + 2 * PART, 1 + 3 * PART]) {
    test(`${PART} programs of the facade from seed ${first} on`, () =>
      runPrograms('facade', { first, count: PART }));
  }
  test('100 000 programs of the core', () => runPrograms('core', { first: 1, count: 100_000 }));
});

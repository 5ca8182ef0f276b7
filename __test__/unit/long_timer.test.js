'use strict';

const assert = require('node:assert/strict');
const { afterEach, beforeEach, describe, it } = require('node:test');
const { RetryOperation } = require('../../lib/connection/retry_policy');
const { LongTimer } = require('../../lib/plumbing/long_timer');
const { TimeoutError } = require('../../lib/vocabulary/errors');
const { Clock } = require('../model/clock');

const DAY_MS = 24 * 3600 * 1000;
const LONGEST_DELAY_MS = 2 ** 31 - 1;

describe('a timer for any time', () => {
  /** @type {Clock} */
  let clock;
  beforeEach(() => (clock = new Clock()));
  afterEach(() => clock.release());

  /** @param {number} until Milliseconds. */
  const run = async (until) => {
    while (await clock.step(until));
  };

  for (const delay of [0, 5, LONGEST_DELAY_MS, LONGEST_DELAY_MS + 1, 30 * DAY_MS, 1000 * DAY_MS]) {
    it(`fires once after ${delay} ms, not before`, async () => {
      const fired = [];
      new LongTimer(() => fired.push(clock.now), delay);
      await run(2000 * DAY_MS);
      // As in Node, 0 means 1 ms.
      assert.deepEqual(fired, [Math.max(delay, 1)]);
      assert.equal(clock.pending, 0);
    });
  }

  it('never fires after Infinity, and can be cleared at any time', async () => {
    const fired = [];
    const timer = new LongTimer(() => fired.push(clock.now), Infinity);
    await run(1000 * DAY_MS);
    assert.deepEqual(fired, []);
    assert.equal(clock.alive, 1);
    timer.clear();
    assert.equal(clock.pending, 0);
  });

  it('does not keep the process alive when it was told so, however long it waits', async () => {
    new LongTimer(() => {}, Infinity).unref();
    assert.equal(clock.alive, 0);
    await run(100 * DAY_MS);
    assert.equal(clock.alive, 0);
    assert.equal(clock.pending, 1);
  });

  it('carries the delays of retry policies', async () => {
    const attempts = [];
    const delays = [30 * DAY_MS, Infinity];
    const policy = { shouldRetry: () => true, nextRetryTimeout: () => delays.shift() };
    const outcome = [];
    const operation = new RetryOperation('test', policy, Infinity);
    const attempt = (callback) => {
      attempts.push(clock.now);
      callback(new TimeoutError('late'));
    };
    operation.retry(attempt, (error) => outcome.push(error.message));
    await run(1000 * DAY_MS);
    assert.deepEqual(attempts, [0, 30 * DAY_MS]);
    assert.deepEqual(outcome, []);
    operation.cancel(new TimeoutError('enough'));
    assert.deepEqual(outcome, ['enough']);
    assert.equal(clock.pending, 0);
  });

  it('is not what a delay that is no number gets: the operation ends', () => {
    const policy = { shouldRetry: () => true, nextRetryTimeout: () => NaN };
    const outcome = [];
    new RetryOperation('test', policy, Infinity).retry(
      (callback) => callback(new TimeoutError('late')),
      (error) => outcome.push(error.message),
    );
    assert.deepEqual(outcome, ['late']);
  });
});

'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const original = require('azure-iot-common');
const errors = require('../../lib/vocabulary/errors');
const {
  ExponentialBackOffWithJitter,
  NoRetry,
  RetryOperation,
  retryDelay,
} = require('../../lib/connection/retry_policy');

/** Runs an operation that reports `reports` one after the other. */
function run(policy, maxTimeout, reports, Operation = RetryOperation) {
  return new Promise((resolve) => {
    let attempts = 0;
    new Operation('test', policy, maxTimeout).retry(
      (callback) => callback(...reports[Math.min(attempts++, reports.length - 1)]),
      (...report) => resolve({ attempts, report }),
    );
  });
}

describe('the delay that a policy gives', () => {
  const asked = (delay) =>
    retryDelay({ shouldRetry: () => true, nextRetryTimeout: () => delay }, new errors.TimeoutError(), 1);

  it('is a number of milliseconds, also as a text', () => {
    for (const [given, delay] of [
      [0, 0],
      [20, 20],
      ['20', 20],
      [1e300, 1e300],
    ]) {
      assert.equal(asked(given), delay);
    }
  });

  it('ends the attempts if it is none, rather than making them without a pause', () => {
    for (const given of [null, undefined, NaN, -1, '', 'soon', [], [5], {}, true, new Date(0), 5n]) {
      assert.equal(asked(given), undefined, String(given));
    }
  });
});

describe('NoRetry', () => {
  it('never retries', () => {
    const [ours, theirs] = [new NoRetry(), new original.NoRetry()];
    assert.equal(ours.shouldRetry(new errors.TimeoutError()), theirs.shouldRetry(new errors.TimeoutError()));
    assert.equal(ours.nextRetryTimeout(1, false), theirs.nextRetryTimeout(1, false));
    assert.equal(ours.constructor.name, 'NoRetry');
  });
});

describe('ExponentialBackOffWithJitter', () => {
  it('retries what the original retries', () => {
    const [ours, theirs] = [new ExponentialBackOffWithJitter(), new original.ExponentialBackOffWithJitter()];
    for (const ErrorClass of [...Object.values(errors), Error, TypeError]) {
      const error = new ErrorClass('x');
      assert.equal(ours.shouldRetry(error), Boolean(theirs.shouldRetry(error)), error.name);
    }
  });

  it('has the filter of its own where that of the app is none, as the original', () => {
    for (const none of [undefined, null, false, '']) {
      const policy = new ExponentialBackOffWithJitter(true, /** @type {any} */ (none));
      assert.equal(policy.shouldRetry(new errors.TimeoutError()), true);
      assert.equal(policy.shouldRetry(new errors.ArgumentError()), false);
    }
  });

  it('goes by the name of an error, and by a filter of the app', () => {
    const policy = new ExponentialBackOffWithJitter(true, { MyError: true, TimeoutError: false });
    assert.equal(policy.shouldRetry(Object.assign(new Error(), { name: 'MyError' })), true);
    assert.equal(policy.shouldRetry(new errors.TimeoutError()), false);
    assert.equal(policy.shouldRetry(new errors.NotConnectedError()), false);
  });

  it('has the parameters of the original', () => {
    const [ours, theirs] = [
      new ExponentialBackOffWithJitter(false),
      new original.ExponentialBackOffWithJitter(false),
    ];
    assert.equal(ours.immediateFirstRetry, theirs.immediateFirstRetry);
    assert.deepEqual(ours.normalParameters, { ...theirs.normalParameters });
    assert.deepEqual(ours.throttledParameters, { ...theirs.throttledParameters });
  });

  it('waits between the bounds its documentation gives', () => {
    const policy = new ExponentialBackOffWithJitter();
    const bounds = { 1: [100, 100], 2: [150, 175], 3: [250, 325], 5: [850, 1225], 20: [10_000, 10_000] };
    for (const [count, [least, most]] of Object.entries(bounds)) {
      for (let i = 0; i < 100; i++) {
        const delay = policy.nextRetryTimeout(Number(count), false);
        assert.ok(delay >= least && delay <= most, `retry ${count}: ${delay}`);
      }
    }
    assert.equal(policy.nextRetryTimeout(1, true), 10_000);
    assert.equal(policy.nextRetryTimeout(20, true), 60_000);
    const second = policy.nextRetryTimeout(2, true);
    assert.ok(second >= 12_500 && second <= 13_750);
  });

  it('spreads its delays', () => {
    const policy = new ExponentialBackOffWithJitter();
    const delays = new Set(Array.from({ length: 50 }, () => policy.nextRetryTimeout(4, false)));
    assert.ok(delays.size > 40);
  });

  it('begins and ends where the original does', () => {
    for (const immediate of [true, false]) {
      const ours = new ExponentialBackOffWithJitter(immediate);
      const theirs = new original.ExponentialBackOffWithJitter(immediate);
      for (const [count, throttled] of [
        [1, false],
        [1, true],
        [30, false],
        [30, true],
      ]) {
        assert.equal(ours.nextRetryTimeout(count, throttled), theirs.nextRetryTimeout(count, throttled));
      }
    }
    assert.equal(new ExponentialBackOffWithJitter(true).nextRetryTimeout(0, false), 0);
    assert.equal(new ExponentialBackOffWithJitter(false).nextRetryTimeout(0, false), 100);
  });

  it('takes other parameters', () => {
    const policy = new ExponentialBackOffWithJitter();
    policy.normalParameters = { c: 2, cMin: 1, cMax: 3, ju: 0, jd: 0 };
    assert.deepEqual(
      [1, 2, 3].map((count) => policy.nextRetryTimeout(count, false)),
      [1, 3, 3],
    );
  });
});

describe('RetryOperation', () => {
  const soon = { shouldRetry: (error) => error.name === 'TimeoutError', nextRetryTimeout: () => 1 };
  const timeout = new errors.TimeoutError('late');

  const cases = {
    'succeeds at once': [[[null, 'result', 'response']], 1000],
    'succeeds after failures': [[[timeout], [timeout], [null, 'result', 'response']], 1000],
    'stops at an error that is not retried': [[[timeout], [new errors.FormatError('x')]], 1000],
    'stops when no time is left': [[[timeout]], 0],
  };
  for (const [name, [reports, maxTimeout]] of Object.entries(cases)) {
    it(`${name}, like the original`, async () => {
      const ours = await run(soon, maxTimeout, reports);
      assert.deepEqual(ours, await run(soon, maxTimeout, reports, original.RetryOperation));
    });
  }

  it('stops when the policy answers with a negative delay', async () => {
    const policy = { shouldRetry: () => true, nextRetryTimeout: () => -1 };
    assert.deepEqual(await run(policy, 1000, [[timeout]]), { attempts: 1, report: [timeout] });
  });

  it('stops when the policy throws, with what it throws', async () => {
    const fault = new Error('of the policy');
    const fails = () => {
      throw fault;
    };
    for (const policy of [
      { shouldRetry: fails, nextRetryTimeout: () => 1 },
      { shouldRetry: () => true, nextRetryTimeout: fails },
    ])
      assert.deepEqual(await run(policy, 1000, [[timeout]]), { attempts: 1, report: [fault] });
  });

  it('stops when the policy throws nothing at all, which is no success', async () => {
    const fails = () => {
      throw undefined;
    };
    const policy = { shouldRetry: fails, nextRetryTimeout: () => 1 };
    assert.deepEqual(await run(policy, 1000, [[timeout]]), { attempts: 1, report: [timeout] });
  });

  it('tells the policy the count from 1 and whether it was throttled, like the original', async () => {
    const counts = async (/** @type {any} */ Operation) => {
      const asked = [];
      const policy = {
        shouldRetry: () => true,
        nextRetryTimeout: (...args) => {
          asked.push(args);
          return asked.length < 3 ? 0 : -1;
        },
      };
      const throttled = new (Operation === RetryOperation ? errors : original.errors).ThrottlingError('slow');
      await run(policy, 1000, [[timeout], [throttled], [timeout]], Operation);
      return asked;
    };
    const expected = [
      [1, false],
      [2, true],
      [3, false],
    ];
    assert.deepEqual(await counts(RetryOperation), expected);
    assert.deepEqual(await counts(original.RetryOperation), expected);
  });

  it('can be cancelled while it waits', async () => {
    const policy = { shouldRetry: () => true, nextRetryTimeout: () => 3_600_000 };
    const operation = new RetryOperation('test', policy, 7_200_000);
    const cancelled = new errors.OperationCancelledError('enough');
    const reports = [];
    operation.retry(
      (callback) => callback(timeout),
      (...report) => reports.push(report),
    );
    operation.cancel(cancelled);
    operation.cancel(cancelled);
    assert.deepEqual(reports, [[cancelled]]);
  });

  it('can be cancelled during an attempt, whose outcome then does not count', () => {
    const operation = new RetryOperation('test', soon, 1000);
    const cancelled = new errors.OperationCancelledError('enough');
    const reports = [];
    let report;
    operation.retry(
      (callback) => {
        report = callback;
      },
      (...args) => reports.push(args),
    );
    operation.cancel(cancelled);
    report(timeout);
    report(null, 'late');
    assert.deepEqual(reports, [[cancelled]]);
  });
});

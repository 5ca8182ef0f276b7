'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Forever } = require('../../lib/connection/forever');
const { Reconnection } = require('../../lib/connection/reconnection');
const { TakeOver } = require('../../lib/mqtt/take_over');
const errors = require('../../lib/vocabulary/errors');
const { QuickPolicy } = require('./fake_transport');

const gone = () => new errors.NotConnectedError('gone');

test('an attempt that fails after the limit is the last one', () => {
  let clock = 0;
  const reconnection = new Reconnection(() => clock);
  const policy = new QuickPolicy(Infinity, 7);
  reconnection.begin(1000);
  assert.equal(reconnection.delayAfter(policy, gone()), 7);
  clock = 999;
  assert.equal(reconnection.delayAfter(policy, gone()), 7);
  clock = 1000;
  assert.equal(reconnection.delayAfter(policy, gone()), undefined);
});

test('the policy hears the count, from 1, and whether it is being throttled', () => {
  const asked = [];
  const policy = { shouldRetry: () => true, nextRetryTimeout: (...args) => asked.push(args) };
  const reconnection = new Reconnection();
  reconnection.begin(Infinity);
  reconnection.delayAfter(policy, gone());
  reconnection.delayAfter(policy, new errors.ThrottlingError('slow down'));
  reconnection.reset();
  reconnection.delayAfter(policy, gone());
  assert.deepEqual(asked, [
    [1, false],
    [2, true],
    [1, false],
  ]);
});

test('a delay may be of any length, and what is no time ends it', () => {
  const reconnection = new Reconnection();
  reconnection.begin(Infinity);
  assert.equal(reconnection.delayAfter(new QuickPolicy(Infinity, 2 ** 40), gone()), 2 ** 40);
  assert.equal(reconnection.delayAfter(new QuickPolicy(Infinity, Infinity), gone()), Infinity);
  assert.equal(reconnection.delayAfter(new QuickPolicy(Infinity, NaN), gone()), undefined);
});

test('early losses in a row are counted, a long life starts over', () => {
  let clock = 0;
  const takeOver = new TakeOver(() => clock);
  const counts = [1000, 4999, 5000, 1000, 1000, 6000, 1000].map((life) => {
    takeOver.connected();
    clock += life;
    return takeOver.lost();
  });
  assert.deepEqual(counts, [1, 2, 0, 1, 2, 0, 1]);
});

test('forever means for ever, slower after a refusal, and not for mistakes', () => {
  const policy = new Forever();
  assert.equal(policy.shouldRetry(gone()), true);
  assert.equal(policy.nextRetryTimeout(50, false), 10_000);
  assert.equal(policy.shouldRetry(new errors.UnauthorizedError('no')), true);
  assert.equal(policy.nextRetryTimeout(50, false), 60_000);
  assert.equal(policy.shouldRetry(gone()), true);
  assert.equal(policy.nextRetryTimeout(50, false), 10_000);
  assert.equal(policy.nextRetryTimeout(50, true), 60_000);
  for (const ErrorClass of [errors.ArgumentError, errors.FormatError, errors.NotImplementedError]) {
    assert.equal(policy.shouldRetry(new ErrorClass('mistake')), false);
  }
});

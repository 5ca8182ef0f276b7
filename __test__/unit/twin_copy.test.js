'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { TwinCopy } = require('../../lib/twin/twin_copy');
const { ServiceUnavailableError } = require('../../lib/vocabulary/errors');

/** A copy whose gateway is in the hands of the test. */
function copyOf(t, follows = true) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told = [];
  /** Requests that were not answered yet. */
  const fetches = [];
  const copy = new TwinCopy({
    follows,
    fetch: (callback) => fetches.push(callback),
    changed: (patch) => told.push(patch),
  });
  const answer = (desired, reported = {}) => fetches.shift()(null, { desired, reported });
  return { copy, told, fetches, answer, fail: (error) => fetches.shift()(error) };
}

/** @param {ReturnType<typeof copyOf>} setting */
async function fetched({ copy, answer }, desired) {
  const done = new Promise((resolve) => copy.fetch(resolve));
  answer(desired);
  assert.equal(await done, null);
}

test('a patch whose change a fetch has brought is told once', async (t) => {
  const setting = copyOf(t);
  const { copy, told } = setting;
  await fetched(setting, { a: 2, $version: 5 });
  copy.arrive({ a: 2, $version: 5 });
  assert.deepEqual(told, []);
  copy.arrive({ a: 3, $version: 5 });
  copy.arrive({ a: 4, $version: 6 });
  assert.deepEqual(told, [
    { a: 3, $version: 5 },
    { a: 4, $version: 6 },
  ]);
});

test('an older patch is not merged: the gateway is asked', async (t) => {
  const setting = copyOf(t);
  const { copy, told, fetches, answer } = setting;
  await fetched(setting, { a: 2, $version: 5 });
  copy.arrive({ a: 1, $version: 4 });
  assert.deepEqual([copy.desired.a, told, fetches.length], [2, [], 1]);
  answer({ a: 2, $version: 5 });
  assert.deepEqual([told, fetches.length], [[], 0]);
  // A twin that was made anew: asked twice, as an answer may have been under way.
  copy.arrive({ b: 1, $version: 1 });
  answer({ b: 1, $version: 1 });
  answer({ b: 1, $version: 1 });
  assert.deepEqual(told, [{ a: null, b: 1, $version: 1 }]);
  assert.deepEqual(copy.desired, { b: 1, $version: 1 });
});

test('patches that overtake the answer to a fetch are kept, however many they are', async (t) => {
  const setting = copyOf(t);
  const { copy, told, fetches, answer } = setting;
  await fetched(setting, { a: 1, gone: 1, $version: 1 });
  copy.connected();
  for (let n = 2; n <= 50; n += 1) copy.arrive({ a: n, $version: n });
  answer({ a: 20, missed: true, $version: 20 });
  assert.deepEqual(copy.desired, { a: 50, missed: true, $version: 50 });
  assert.deepEqual(told.slice(-2), [
    { a: 50, $version: 50 },
    { gone: null, missed: true },
  ]);
  assert.equal(fetches.length, 0);
});

test('an answer older than what was known when it was asked for is asked for once more', async (t) => {
  const setting = copyOf(t);
  const { copy, told, answer } = setting;
  await fetched(setting, { a: 2, $version: 2 });
  copy.connected();
  answer({ a: 1, $version: 1 });
  assert.equal(copy.desired.a, 2);
  answer({ a: 2, $version: 2 });
  assert.deepEqual(told, []);
});

test('many reasons to fetch make one fetch, and one after it', async (t) => {
  const setting = copyOf(t);
  const { copy, fetches, answer } = setting;
  await fetched(setting, { $version: 1 });
  for (let i = 0; i < 5; i += 1) copy.check();
  assert.equal(fetches.length, 1);
  answer({ $version: 1 });
  assert.equal(fetches.length, 1);
  answer({ $version: 1 });
  assert.equal(fetches.length, 0);
});

test('a gateway that fails, or knows nothing, is asked again, later and later, until the connection goes', async (t) => {
  const setting = copyOf(t);
  const { copy, fetches, answer, fail, told } = setting;
  await fetched(setting, { a: 1, $version: 1 });
  copy.check();
  fail(new ServiceUnavailableError('away'));
  t.mock.timers.tick(29_999);
  assert.equal(fetches.length, 0);
  t.mock.timers.tick(1);
  answer({});
  assert.deepEqual([copy.desired.a, told], [1, []]);
  t.mock.timers.tick(59_999);
  assert.equal(fetches.length, 0);
  t.mock.timers.tick(1);
  assert.equal(fetches.length, 1);
  answer({});
  copy.rest();
  t.mock.timers.tick(10_000_000);
  assert.equal(fetches.length, 0);
});

test('over another transport nothing is fetched but what the app asks for', async (t) => {
  const setting = copyOf(t, false);
  const { copy, told, fetches } = setting;
  await fetched(setting, { a: 1, $version: 1 });
  copy.connected();
  copy.arrive({ a: 2, $version: 9 });
  copy.arrive({ a: 3, $version: 2 });
  assert.equal(fetches.length, 0);
  assert.equal(told.length, 2);
  await fetched(setting, {});
  assert.deepEqual(copy.desired, {});
});

'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Latency } = require('../../lib/device/latency');

test('nothing recorded is all zeros', () => {
  assert.deepEqual(new Latency().summary(), { count: 0, mean: 0, p50: 0, p99: 0, max: 0 });
});

test('mean and maximum are of all, percentiles of the latest', () => {
  const latency = new Latency();
  latency.record(1_000_000);
  for (let ms = 1024; ms >= 1; ms -= 1) latency.record(ms);
  const { count, mean, p50, p99, max } = latency.summary();
  assert.deepEqual([count, p50, p99, max], [1025, 512, 1014, 1_000_000]);
  assert.equal(mean, (1_000_000 + (1024 * 1025) / 2) / 1025);
});

test('a single value is every percentile', () => {
  const latency = new Latency();
  latency.record(5);
  assert.deepEqual(latency.summary(), { count: 1, mean: 5, p50: 5, p99: 5, max: 5 });
});

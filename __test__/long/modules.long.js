'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { randomOf } = require('../model/random');
const { assertNothingLost, moduleChaos } = require('../wire/module_chaos');

test('20 000 messages go out of one module and into the other, through cuts on both lines', async (t) => {
  const outcome = await moduleChaos(t, { count: 20_000, random: randomOf(3) });
  assertNothingLost(outcome);
  const { cuts, received } = outcome;
  assert.ok(cuts.out > 3 && cuts.in > 20, `${cuts.out} and ${cuts.in} cuts`);
  assert.ok(received.length > 20_000, 'some came again');
});

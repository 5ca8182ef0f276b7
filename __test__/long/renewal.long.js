'use strict';

const assert = require('node:assert/strict');
const { before, test } = require('node:test');
const { REGISTER } = require('../../bench/contenders');
const { trial } = require('../../bench/renewal/trial');
const { installPacked } = require('../../scripts/packed');

const RENEWALS = 20;

before(installPacked);

test('5 000 messages a second each way pass 20 renewals of the token: each is acknowledged, and given to the app, once', async () => {
  const program = { rate: 5000, renewals: RENEWALS, restMs: 1000 };
  const outcome = await trial({ name: 'edge-downstream', flags: ['-r', REGISTER] }, program);
  const { renewals, sent, completed } = outcome;
  const { unacknowledged, acknowledgedTwice, missing, undispatched, dispatchedTwice } = outcome;
  const faults = { unacknowledged, acknowledgedTwice, missing, undispatched, dispatchedTwice };
  assert.equal(renewals, RENEWALS);
  assert.ok(sent > 10_000 && completed > 10_000, `${sent} sent, ${completed} completed`);
  assert.deepEqual(faults, {
    unacknowledged: 0,
    acknowledgedTwice: 0,
    missing: 0,
    undispatched: 0,
    dispatchedTwice: 0,
  });
});

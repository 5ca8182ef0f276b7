// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { Missing, ifAllIsThere, program } = require('./long/foreign/preparation');

/**
 * @param {import('node:test').TestContext} t
 * @param {string | undefined} ci
 * @param {() => Promise<void>} run
 */
async function outcome(t, ci, run) {
  /** @type {string[]} */
  const told = [];
  const context = { name: 'a client', skip: (/** @type {string} */ why) => told.push(`skipped: ${why}`) };
  t.mock.method(console, 'error', (/** @type {string} */ text) => told.push(text));
  const before = process.env.CI;
  if (ci === undefined) delete process.env.CI;
  else process.env.CI = ci;
  try {
    await ifAllIsThere(/** @type {any} */ (context), run);
  } finally {
    if (before === undefined) delete process.env.CI;
    else process.env.CI = before;
    t.mock.restoreAll();
  }
  return told;
}

test('what a long test needs and the machine lacks is told loudly, and fails in CI', async (t) => {
  const lacking = async () => void program('no-such-program', 'nowhere');
  const [loud, skipped] = await outcome(t, undefined, lacking);
  assert.match(loud, /^\n!{20,}\nMISSING for 'a client': the program no-such-program \(nowhere\)\n!{20,}\n$/);
  assert.match(skipped, /^skipped: MISSING for 'a client'/);
  await assert.rejects(outcome(t, 'true', lacking), Missing);
  await assert.rejects(
    outcome(t, undefined, () => Promise.reject(new Error('another'))),
    /another/,
  );
  assert.deepStrictEqual(await outcome(t, 'true', async () => {}), []);
});

'use strict';

const assert = require('node:assert/strict');
const { it } = require('node:test');
const { isWellFormed } = require('../../lib/plumbing/well_formed');

const WHOLE = ['', 'a', 'ä', '€', '🙂', 'a🙂b', '\uffff', '\0'];
const HALVES = ['\ud800', '\udfff', 'a\ud83d', '\ude42b', '\ude42\ud83d', '🙂\ud83d'];

for (const where of ['where texts can tell it themselves', 'as on Node 18, where they cannot']) {
  it(`tells halves of characters, ${where}`, (t) => {
    if (where.includes('18')) takeAway(t);
    for (const text of WHOLE) assert.equal(isWellFormed(text), true, JSON.stringify(text));
    for (const text of HALVES) assert.equal(isWellFormed(text), false, JSON.stringify(text));
  });
}

/** @param {import('node:test').TestContext} t */
function takeAway(t) {
  const { isWellFormed: native } = /** @type {any} */ (String.prototype);
  delete (/** @type {any} */ (String.prototype).isWellFormed);
  t.after(() =>
    Object.defineProperty(String.prototype, 'isWellFormed', {
      value: native,
      configurable: true,
      writable: true,
    }),
  );
}

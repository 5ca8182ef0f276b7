// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { nestingOf, parseJson } = require('../encoding/json');
const { compactSize, membersOf } = require('../encoding/json_text');
const { Random } = require('./random');

const STRINGS = ['', 'a', '"', '\\', '\\"', 'ä', '{[', ']}', ',:', ' \t\n', '\u2028', '日本'];

/**
 * @param {Random} random
 * @param {number} depth
 * @returns {unknown}
 */
function someValue(random, depth) {
  const kind = random.below(depth > 0 ? 6 : 4);
  if (kind === 0) return random.one(STRINGS);
  if (kind === 1) return random.one([0, -1, 1.5, 1e300, 12345678901]);
  if (kind < 4) return random.one([true, false, null]);
  const length = random.below(4);
  if (kind === 4) return Array.from({ length }, () => someValue(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length }, (_, n) => [random.one(STRINGS) + n, someValue(random, depth - 1)]),
  );
}

test('members, sizes and levels of JSON are found in its text, however it is spaced', () => {
  const random = new Random(7);
  for (let n = 0; n < 2000; n++) {
    const object = { ...Object(someValue(random, 4)), last: someValue(random, 3) };
    const compact = JSON.stringify(object);
    const text = random.below(2) ? JSON.stringify(object, null, random.one(['\t', '  ', '\r\n '])) : compact;
    assert.strictEqual(compactSize(text), Buffer.byteLength(compact));
    const members = membersOf(text, 100);
    assert.deepStrictEqual(
      [...(members ?? [])],
      Object.entries(object).map(([name, value]) => [name, JSON.stringify(value)]),
    );
    assert.deepStrictEqual(parseJson(text), object);
    assert.strictEqual(nestingOf(text), nestingOf(compact));
  }
  assert.strictEqual(membersOf('{"a":1,"b":2,"c":3}', 2), undefined);
  assert.deepStrictEqual(membersOf(' { } ', 2), new Map());
  assert.strictEqual(
    membersOf('{"a":1, "a" : [ 1.0 , 12345678901234567890 ]}', 2)?.get('a'),
    '[1.0,12345678901234567890]',
  );
});

test('sixty-four levels are JSON, more are not', () => {
  const nested = (/** @type {number} */ levels) => '['.repeat(levels) + ']'.repeat(levels);
  assert.strictEqual(JSON.stringify(parseJson(nested(64))), nested(64));
  assert.throws(() => parseJson(nested(65)), { name: 'SyntaxError', message: 'JSON of more than 64 levels' });
  assert.strictEqual(parseJson(`"${'['.repeat(100)}\\""`).length, 101);
  assert.throws(() => parseJson('{'), SyntaxError);
});

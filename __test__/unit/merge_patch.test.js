'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { randomOf } = require('../model/random');
const { applyPatch, differenceOf, isEmpty, merged, nodesOf, valueAt } = require('../../lib/twin/merge_patch');

/** Patches as a gateway may send them, on what stands there, and what comes of it (RFC 7396). */
const CASES = {
  'null deletes': ['{"a":1,"b":{"c":2,"d":3}}', '{"a":null,"b":{"c":null}}', '{"b":{"d":3}}'],
  'null of what is not there': ['{"a":1}', '{"b":null,"c":{"d":null}}', '{"a":1,"c":{}}'],
  'arrays are replaced, not merged by index': ['{"a":[1,2,3]}', '{"a":[9]}', '{"a":[9]}'],
  'objects in arrays stay as they come': ['{}', '{"a":[{"b":null}]}', '{"a":[{"b":null}]}'],
  'a value becomes an object and back': ['{"a":1,"b":{"c":1}}', '{"a":{"x":1},"b":2}', '{"a":{"x":1},"b":2}'],
  'falsy values are values': ['{"a":1,"b":1,"c":1}', '{"a":0,"b":false,"c":""}', '{"a":0,"b":false,"c":""}'],
  'a property of any name': [
    '{"__proto__":{"x":1},"constructor":1}',
    '{"__proto__":{"y":2},"constructor":{"prototype":1},"update":1,"a.b":1,"":2}',
    '{"__proto__":{"x":1,"y":2},"constructor":{"prototype":1},"update":1,"a.b":1,"":2}',
  ],
  '__proto__ deleted': ['{"__proto__":1,"a":1}', '{"__proto__":null}', '{"a":1}'],
};

for (const [name, [before, patch, after]] of Object.entries(CASES)) {
  test(`applied: ${name}`, () => {
    const expected = textOf(JSON.parse(after));
    const target = JSON.parse(before);
    assert.equal(applyPatch(target, JSON.parse(patch)), target);
    assert.equal(textOf(target), expected);
    assert.equal(textOf(merged(merged({}, JSON.parse(before)), JSON.parse(patch))), expected);
    assert.equal({}.x ?? {}.y, undefined);
  });
}

test('what is merged is frozen, changes nothing, and shares what stayed', () => {
  const before = merged({}, { same: { deep: [1] }, other: { a: 1 } });
  const after = merged(before, { other: { b: 2 } });
  assert.equal(after.same, before.same);
  assert.deepEqual(before.other, { a: 1 });
  for (const part of [after, after.other, after.same.deep]) assert.ok(Object.isFrozen(part));
});

test('what is applied is a copy: the patch and the target change apart', () => {
  const patch = { a: { b: [{ c: 1 }] } };
  const target = applyPatch({}, patch);
  target.a.b[0].c = 2;
  assert.equal(patch.a.b[0].c, 1);
});

test('a difference leads from one to the other, and from a thing to itself there is none', () => {
  const random = randomOf(7);
  for (let round = 0; round < 2000; round += 1) {
    const [from, to] = [properties(random, 3), properties(random, 3)];
    const patch = differenceOf(from, to);
    assert.equal(textOf(applyPatch(JSON.parse(textOf(from)), patch)), textOf(to));
    assert.equal(textOf(merged(from, patch)), textOf(to));
    assert.ok(isEmpty(differenceOf(to, JSON.parse(textOf(to)))));
  }
});

test('nodes come parents first, in order, with elements of arrays', () => {
  const paths = [...nodesOf({ a: { b: 1, c: null }, d: [5, { e: 6 }] }, 'p')];
  assert.deepEqual(paths, [
    ['p.a', { b: 1, c: null }],
    ['p.a.b', 1],
    ['p.a.c', null],
    ['p.d', [5, { e: 6 }]],
    ['p.d.0', 5],
    ['p.d.1', { e: 6 }],
    ['p.d.1.e', 6],
  ]);
});

test('a dotted path finds names with dots, elements of arrays and falsy values', () => {
  const tree = JSON.parse('{"a":{"b":0},"a.b":{"c":1},"list":[false,{"x":""}],"__proto__":{"z":1}}');
  for (const [path, value] of /** @type {[string, any][]} */ ([
    ['a', { b: 0 }],
    ['a.b', { c: 1 }],
    ['a.b.c', 1],
    ['list.0', false],
    ['list.1.x', ''],
    ['__proto__.z', 1],
    ['toString', undefined],
    ['a.nothing', undefined],
  ]))
    assert.deepEqual(valueAt(tree, path.split('.')), value, path);
});

/** JSON without regard to the order of names. */
function textOf(value) {
  return JSON.stringify(sorted(value));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.create(null);
  for (const name of Object.keys(value).sort()) copy[name] = sorted(value[name]);
  return copy;
}

/** Properties without null, which no twin holds. */
function properties(random, depth) {
  const result = {};
  for (let count = random.below(4); count > 0; count -= 1) {
    const name = random.of(['a', 'b', 'c', 'a.b', 'update', '__proto__', '']);
    const value =
      depth > 0 && random.chance(0.5)
        ? properties(random, depth - 1)
        : random.of([0, 1, '', 'x', false, true, [], [1, 2], [{ a: 1 }]]);
    Object.defineProperty(result, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return result;
}

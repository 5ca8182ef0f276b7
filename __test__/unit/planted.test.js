// @ts-check
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { edited, editedFiles } = require('../../scripts/planting/fault');
const { FAULTS } = require('../planted');

/** `npm run test:planted` takes minutes; that its edits have lost their places is told here. */

const ROOT = path.join(__dirname, '../..');

for (const fault of FAULTS) {
  test(`the fault has its place: ${fault.name}`, () => {
    assert.ok(editedFiles(ROOT, fault).size > 0);
  });
}

test('no two faults have one name', () => {
  const names = FAULTS.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
});

test('a place that is gone, or not the only one, is told', () => {
  const edit = { file: 'a.rs', find: 'x', replace: '$&' };
  assert.equal(edited('1 x 2', edit), '1 $& 2');
  assert.throws(() => edited('1 2', edit), /a\.rs has 0 places, not one, that read\nx/);
  assert.throws(() => edited('x x', edit), /a\.rs has 2 places/);
  assert.throws(() => edited('x', { ...edit, find: '' }), /places/);
});

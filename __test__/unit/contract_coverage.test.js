'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { gaps, lines } = require('../contract/coverage');
const { ROWS } = require('../contract/rows');

test('every row of the contract has a test that is there, or a feature to come with', () => {
  assert.deepEqual(gaps(ROWS), []);
  assert.equal(lines(ROWS).length, ROWS.length);
});

test('a gap is found: no test, a name that is nowhere, a file that is gone, a section without a row', () => {
  const [file, name] = ROWS[0].tests[0];
  const rows = [
    ...ROWS.filter(({ section }) => section !== '7'),
    { section: '6', mark: 'M', says: 'a', tests: [] },
    { section: '6', mark: 'M', says: 'b', tests: [[file, 'no test has this name']] },
    { section: '6', mark: 'M', says: 'c', tests: [['__test__/none.test.js', name]] },
  ];
  assert.deepEqual(
    gaps(rows).map((gap) => gap.slice(0, 11)),
    ['§7: no row', '§6 a: no te', '§6 b: __tes', '§6 c: __tes'],
  );
});

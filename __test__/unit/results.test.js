'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const original = require('azure-iot-common').results;
const results = require('../../lib/vocabulary/results');

describe('results', () => {
  it('are the 8 classes of the original', () => {
    assert.deepEqual(Object.keys(results).sort(), Object.keys(original).sort());
    assert.equal(Object.keys(results).length, 8);
  });

  for (const [name, Result] of Object.entries(results)) {
    it(`${name} has the members of the original and its class name`, () => {
      for (const args of [[], ['a'], ['a', 'b']]) {
        const result = new Result(...args);
        assert.deepEqual(Object.entries(result), Object.entries(new original[name](...args)));
        assert.equal(result.constructor.name, name);
      }
    });
  }
});

'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const original = require('azure-iot-common');
const ours = require('../../lib/plumbing/callback');

const error = new Error('failed');
const pack = (first, second) => ({ first, second });

/** Per helper: what the operation reports, each time. */
const REPORTS = {
  callbackToPromise: [[null, 'r'], [undefined, 'r'], [error], [error, 'r'], []],
  errorCallbackToPromise: [[], [null], [error]],
  noErrorCallbackToPromise: [['r'], []],
  doubleValueCallbackToPromise: [
    ['a', 'b'],
    [error, 'b'],
    ['a', error],
  ],
  tripleValueCallbackToPromise: [[null, 'a', 'b'], [error]],
  httpCallbackToPromise: [[null, 'body', 'response'], [error]],
};

/** @param {any} helpers @param {string} name @param {any} operation @param {any} [callback] */
function call(helpers, name, operation, callback) {
  const packs = name === 'doubleValueCallbackToPromise' || name === 'tripleValueCallbackToPromise';
  return packs ? helpers[name](operation, pack, callback) : helpers[name](operation, callback);
}

for (const [name, reports] of Object.entries(REPORTS)) {
  describe(name, () => {
    it('settles a promise like the original', async () => {
      for (const report of reports) {
        const outcome = (/** @type {any} */ helpers) =>
          call(helpers, name, (callback) => callback(...report)).then(
            (value) => ({ value }),
            (reason) => ({ reason }),
          );
        assert.deepEqual(await outcome(ours), await outcome(original));
      }
    });

    it('hands a callback on and returns what the operation returns', () => {
      const callback = () => {};
      let given;
      const operation = (handed) => {
        given = handed;
        return 'returned';
      };
      assert.equal(call(ours, name, operation, callback), 'returned');
      assert.equal(given, callback);
    });

    it('throws what the operation throws with a callback, and rejects without', async () => {
      const operation = () => {
        throw error;
      };
      assert.throws(() => call(ours, name, operation, () => {}), error);
      await assert.rejects(call(ours, name, operation), error);
    });

    it('takes no truthy callback but a function', () => {
      for (const callback of ['x', 1, {}]) {
        assert.throws(() => call(ours, name, () => {}, callback), TypeError);
      }
      assert.ok(call(ours, name, () => {}, null) instanceof Promise);
    });
  });
}

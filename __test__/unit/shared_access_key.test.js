'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { inspect } = require('node:util');
const { decodeSharedAccessKey } = require('../../lib/identity/shared_access_key');

describe('a shared access key', () => {
  const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0x01]);

  it('is read as Node reads base64', () => {
    for (const text of ['+//+AQ==', '-__-AQ==', '+//+AQ', ' +//\n+AQ==\r\n', '+//+AQ=', '+//+AQ===']) {
      assert.deepEqual(decodeSharedAccessKey(text), bytes);
      assert.deepEqual(Buffer.from(text, 'base64'), bytes);
    }
  });

  const faults = {
    'is empty': ['', ' ', '==', undefined, null],
    'is not a text': [5, Buffer.from('a')],
    'outside the base64 alphabet': ['c2Vj!mV0', '"c2VjcmV0"', 'c2Vj=mV0', 'c2Vjcmé0'],
    'has 5 base64 digits': ['c2Vjc'],
  };
  for (const [fault, keys] of Object.entries(faults)) {
    it(`that ${fault} is an error that does not show it`, () => {
      for (const key of keys) {
        assert.throws(
          () => decodeSharedAccessKey(key),
          (error) => {
            assert.equal(error.name, 'ArgumentError');
            assert.equal(error.code, 'ERR_IOT_KEY_NOT_BASE64');
            assert.match(error.message, new RegExp(fault));
            assert.ok(error.hint);
            assert.doesNotMatch(inspect(error), /c2Vj/);
            return true;
          },
        );
      }
    });
  }
});

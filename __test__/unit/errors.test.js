'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { inspect } = require('node:util');
const original = require('azure-iot-common').errors;
const errors = require('../../lib/vocabulary/errors');
const { failure, quote } = require('../../lib/vocabulary/failure');

/** @param {Error} error */
function ownProperties(error) {
  return Object.getOwnPropertyNames(error)
    .filter((name) => name !== 'stack')
    .sort()
    .map((name) => [name, Object.getOwnPropertyDescriptor(error, name)]);
}

describe('errors', () => {
  it('are the 33 classes of the original', () => {
    assert.deepEqual(Object.keys(errors).sort(), Object.keys(original).sort());
    assert.equal(Object.keys(errors).length, 33);
  });

  for (const [name, ErrorClass] of Object.entries(errors)) {
    it(`${name} has the properties of the original, with and without a message`, () => {
      for (const args of [['text'], [''], []]) {
        assert.deepEqual(ownProperties(new ErrorClass(...args)), ownProperties(new original[name](...args)));
      }
      assert.equal(ErrorClass.name, name);
      assert.ok(new ErrorClass() instanceof Error);
      assert.equal(String(new ErrorClass('text')), String(new original[name]('text')));
    });
  }

  it('begin their stack with their name', () => {
    assert.match(new errors.NotConnectedError('gone').stack, /^NotConnectedError: gone\n/);
    assert.match(
      new errors.DeviceRegistrationFailedError('x').stack,
      /^ProvisioningRegistrationFailedError: x\n/,
    );
  });
});

describe('a failure', () => {
  it('carries code, hint, delivery and further facts, and its cause out of sight', () => {
    const cause = new Error('underneath');
    const facts = { hint: 'Do this.', delivery: 'unknown', size: 3, cause };
    const error = failure(errors.TimeoutError, 'ERR_IOT_X', 'too late', facts);
    assert.ok(error instanceof errors.TimeoutError);
    assert.equal(error.message, 'too late');
    assert.deepEqual(
      { ...error },
      {
        name: 'TimeoutError',
        code: 'ERR_IOT_X',
        hint: 'Do this.',
        delivery: 'unknown',
        size: 3,
      },
    );
    assert.equal(error.cause, cause);
    assert.match(error.stack.split('\n')[1], /errors\.test\.js/);
  });

  it('has no property for a fact that is not there', () => {
    const error = failure(errors.TimeoutError, 'ERR_IOT_X', 'x', { delivery: undefined, cause: undefined });
    assert.deepEqual(Object.keys(error), ['name', 'code']);
    assert.equal(Object.hasOwn(error, 'cause'), false);
  });

  it('keeps its message on one line', () => {
    assert.equal(failure(Error, 'ERR_IOT_X', 'one\r\n  two\nthree').message, 'one two three');
  });

  it('shows its code and hint when printed', () => {
    const text = inspect(failure(errors.TimeoutError, 'ERR_IOT_X', 'x', { hint: 'Do this.' }));
    assert.match(text, /ERR_IOT_X/);
    assert.match(text, /Do this\./);
  });
});

describe('a quoted value', () => {
  it('is printable, on one line and short', () => {
    assert.equal(quote('a"b\n'), '"a\\"b\\n"');
    assert.equal(quote('x'.repeat(100)), `"${'x'.repeat(80)}…"`);
    assert.equal(quote('abcdef', 3), '"abc…"');
    assert.equal(quote(5), '5');
    assert.equal(quote(undefined), 'undefined');
    assert.equal(quote(null), 'null');
    assert.equal(quote({ secret: 1 }), 'an object');
  });
});

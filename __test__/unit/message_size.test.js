'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { MessageTooLargeError } = require('../../lib/vocabulary/errors');
const { bodyTooLarge, requireMessageFits } = require('../../lib/mqtt/message_size');

describe('the size of a message', () => {
  it('may be 261 120 bytes of body and property bag', () => {
    requireMessageFits(261_120, '', 30);
    requireMessageFits(261_117, 'k=v', 30);
    requireMessageFits(0, '', 30);
  });

  it('may not be one more', () => {
    assert.throws(
      () => requireMessageFits(261_118, 'k=v', 30),
      (error) => {
        assert.ok(error instanceof MessageTooLargeError);
        assert.equal(error.code, 'ERR_IOT_MESSAGE_TOO_LARGE');
        assert.equal(error.delivery, 'not sent');
        assert.deepEqual([error.size, error.limit], [261_121, 261_120]);
        assert.match(error.message, /261121 bytes, body 261118 and properties 3/);
        return true;
      },
    );
  });

  it('leaves room for the properties in a topic of 65 535 bytes', () => {
    requireMessageFits(0, 'x'.repeat(65_505), 30);
    assert.throws(() => requireMessageFits(0, 'x'.repeat(65_506), 30), {
      name: 'MessageTooLargeError',
      code: 'ERR_IOT_MESSAGE_TOO_LARGE',
      size: 65_536,
      limit: 65_535,
    });
  });

  it('is that of its bytes where it has no properties', () => {
    assert.equal(bodyTooLarge('it', 'x'.repeat(261_120)), undefined);
    const { code, message, size } = bodyTooLarge('it', 'ü'.repeat(130_561));
    assert.deepEqual([code, size], ['ERR_IOT_MESSAGE_TOO_LARGE', 261_122]);
    assert.match(message, /261122 bytes in it/);
  });
});

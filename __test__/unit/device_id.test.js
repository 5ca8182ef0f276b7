'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { requireDeviceId } = require('../../lib/identity/device_id');

describe('a device id', () => {
  it('may have letters, digits and the signs that travel', () => {
    for (const id of ['d', 'Device-01', "-._*?!(),:=@$'", 'x'.repeat(128)]) requireDeviceId(id);
  });

  const faults = {
    'a/b': '"a/b" contains "/"',
    'a#': '"a#" contains "#"',
    '+a': '"+a" contains "+"',
    'a%41': '"a%41" contains "%"',
    'a b': '"a b" contains " "',
    'a\n': '"a\\n" contains "\\n"',
    gerät: '"gerät" contains "ä"',
    'd😀': '"d😀" contains "😀"',
    '': 'The device id is empty',
    [`${'x'.repeat(129)}`]: 'has 129 characters',
  };
  for (const [id, text] of Object.entries(faults)) {
    it(`may not be ${JSON.stringify(id.slice(0, 20))}`, () => {
      assert.throws(
        () => requireDeviceId(id),
        (error) => {
          assert.equal(error.name, 'ArgumentError');
          assert.equal(error.code, 'ERR_IOT_DEVICE_ID_INVALID');
          assert.ok(error.message.includes(text), error.message);
          assert.ok(error.hint);
          return true;
        },
      );
    });
  }
});

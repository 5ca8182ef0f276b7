'use strict';

// Answers of methods over a transport that calls back at once.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { DeviceMethodResponse } = require('../../lib/methods/response');
const { NotConnectedError } = require('../../lib/vocabulary/errors');

const responseOf = (outcome) =>
  new DeviceMethodResponse('1', { sendMethodResponse: (_, callback) => callback(outcome) });

for (const outcome of [null, new NotConnectedError('gone'), new Error('else')]) {
  test(`a transport that calls back at once with ${outcome ?? 'success'} is heard`, async () => {
    const told = [];
    assert.equal(
      responseOf(outcome).send(200, {}, (error) => told.push(error)),
      undefined,
    );
    assert.deepEqual(told, [outcome]);
    const answered = responseOf(outcome).send(200, {});
    if (outcome) await assert.rejects(answered, outcome);
    else await answered;
  });
}

test('that a caller has gone ends nothing for an app which does not ask how its answer fared', async (t) => {
  const unhandled = [];
  const listener = (error) => unhandled.push(error.message);
  process.on('unhandledRejection', listener);
  t.after(() => process.off('unhandledRejection', listener));
  responseOf(new NotConnectedError('at once')).send(200);
  const later = new DeviceMethodResponse('1', {
    sendMethodResponse: (_, callback) => setImmediate(callback, new NotConnectedError('later')),
  });
  later.send(200);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(unhandled, []);
});

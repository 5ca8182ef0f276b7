'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Client, Message, Mqtt } = require('../..');
const { createChain, startGateway } = require('../../gateway');

/**
 * Runs over an add-on whose core panics when it writes a message with the property `panic`: `core.js` plants that. Messages
 * that are given one by one are written on the thread of the app, many at once on that of the network.
 */

const DEVICES = ['pump', 'valve'];

async function scene(t) {
  const chain = await createChain({ caKey: 'P-256', serverKey: 'P-256' });
  const gateway = await startGateway({ chain, devices: DEVICES.map((deviceId) => ({ deviceId })) });
  t.after(() => gateway.close());
  const [pump, valve] = await Promise.all(
    DEVICES.map(async (deviceId) => {
      const client = Client.fromConnectionString(gateway.connectionString(deviceId), Mqtt);
      await client.setOptions({ ca: chain.rootPem });
      await client.open();
      t.after(() => client.close());
      return client;
    }),
  );
  return { pump, valve };
}

/** Sends them in one turn; gives what each callback was called with, once all were, and some time after. */
async function send(client, messages) {
  const calls = messages.map(() => []);
  await new Promise((resolve) => {
    let left = messages.length;
    for (const [n, message] of messages.entries()) {
      client.sendEvent(message, (...outcome) => {
        calls[n].push(outcome);
        left -= 1;
        if (left === 0) resolve();
      });
    }
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const call of calls) assert.equal(call.length, 1, 'each callback once');
  return calls.map(([[error]]) => error);
}

function messages(count, panicAt) {
  return Array.from({ length: count }, (_, n) => {
    const message = new Message(`body ${n}`);
    if (n === panicAt) message.properties.add('panic', 'planted');
    return message;
  });
}

for (const [thread, count, panicAt] of [
  ['of the app', 1, 0],
  ['of the network', 200, 150],
]) {
  test(`a panic on the thread ${thread} is a loss: every callback is called, and the device comes back`, async (t) => {
    const { pump, valve } = await scene(t);
    const reconnected = once(pump, 'connect');
    const errors = await send(pump, messages(count, panicAt));
    assert.equal(errors[panicAt].name, 'NotConnectedError');
    assert.equal(errors[panicAt].code, 'ERR_IOT_INTERNAL');
    for (const error of errors) if (error) assert.equal(error.delivery, 'unknown');
    await reconnected;
    assert.deepEqual(await send(pump, messages(3)), [null, null, null]);
    // It was nobody else's loss.
    assert.deepEqual(await send(valve, messages(3)), [null, null, null]);
  });
}

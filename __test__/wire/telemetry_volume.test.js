'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Message } = require('../..');
const { newDevice, onEachBroker } = require('./brokers');
const { numbered, numbers, openClient, upTo } = require('./client');
const { run } = require('./program');

/** Sends `count` numbered messages, `window` at a time, and returns what each callback got, in the order of calls. */
function sendWindowed(client, count, window) {
  return new Promise((resolve) => {
    const outcomes = [];
    let sent = 0;
    const send = () => {
      const n = sent++;
      client.sendEvent(numbered(n), (error, result) => {
        outcomes.push([n, error ?? result.constructor.name]);
        if (sent < count) send();
        else if (outcomes.length === count) resolve(outcomes);
      });
    };
    while (sent < window) send();
  });
}

onEachBroker((broker) => {
  test('10 000 messages, 1000 under way at a time, arrive once and in order, each callback called once', async (t) => {
    const count = 10_000;
    const device = newDevice(broker, { port: broker.port });
    const client = await openClient(t, broker, device);
    const outcomes = await sendWindowed(client, count, 1000);
    await broker.until('all arrived', () => device.messages.length >= count);
    assert.deepEqual(numbers(device.messages), upTo(count));
    assert.ok(device.publishes.every(({ dup }) => !dup));
    assert.deepEqual(
      outcomes,
      upTo(count).map((n) => [n, 'MessageEnqueued']),
    );
  });

  test('50 000 sends at once, beyond what the native queue holds, keep their order and all complete', async (t) => {
    const count = 50_000;
    const device = newDevice(broker, { port: broker.port });
    const client = await openClient(t, broker, device);
    const called = new Uint8Array(count);
    const order = [];
    let largest = 0;
    await new Promise((resolve, reject) => {
      for (let n = 0; n < count; n++) {
        client.sendEvent(numbered(n), (error) => {
          if (error) reject(error);
          called[n] += 1;
          order.push(n);
          if (order.length === count) resolve();
        });
        largest = Math.max(largest, client._transport.stats().inFlight);
      }
      const { queued, inFlight } = client._transport.stats();
      assert.ok(queued + inFlight <= count);
      assert.ok(largest <= 10_000, `${largest} in flight`);
    });
    assert.ok(called.every((times) => times === 1));
    assert.deepEqual(order, upTo(count));
    await broker.until('all arrived', () => device.messages.length >= count);
    assert.deepEqual(numbers(device.messages), upTo(count));
    assert.deepEqual(client._transport.stats(), { queued: 0, inFlight: 0 });
  });

  test('with whenFull "refuse" the send beyond the bound fails and the others arrive', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device, { whenFull: 'refuse' });
    broker.relay.hold('down');
    const accepted = [];
    let refusal;
    for (let n = 0; !refusal; n++) {
      const sent = new Promise((resolve) => client.sendEvent(numbered(n), resolve));
      if (n < 10_000) accepted.push(sent);
      else refusal = await sent;
    }
    assert.equal(refusal.name, 'InvalidOperationError');
    assert.equal(refusal.code, 'ERR_IOT_QUEUE_FULL');
    assert.equal(refusal.delivery, 'not sent');
    broker.relay.release();
    assert.ok((await Promise.all(accepted)).every((error) => error === null));
    await client.sendEvent(new Message('there is room again'));
    await broker.until('all arrived', () => device.messages.length > 10_000);
    assert.deepEqual(numbers(device.messages).slice(0, -1), upTo(10_000));
  });

  test('a callback that throws surfaces as uncaught exception once the others were served', async (t) => {
    const device = newDevice(broker);
    const output = await run(t, 'throwing_callback.js', broker, device);
    // All five are acknowledged in one burst.
    const calls = ['served 0', 'served 2', 'served 3', 'served 4', 'uncaught thrown by 1'];
    assert.deepEqual(JSON.parse(output), { calls });
  });

  test('memory does not grow with the number of messages that have passed', async (t) => {
    const device = newDevice(broker, { port: broker.port });
    const megabytes = JSON.parse(await run(t, 'memory_rounds.js', broker, device));
    assert.equal(megabytes.length, 5);
    // 80 000 messages lie between the two; leaking 400 bytes each would show.
    assert.ok(megabytes[4] - megabytes[0] < 32, `after each 20 000 messages: ${megabytes} MB`);
  });
});

'use strict';

// Messages went back to the gateway because nobody took them, and the gateway refuses them when somebody does again.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { FILTERS, clientOf, deviceOf, startCloud, subscribed, until } = require('./cloud_setting');
const { soon } = require('./client');

const REFUSED = 'ERR_IOT_SUBSCRIPTION_REFUSED';
/** Beyond what is held. */
const MANY = 100;
const LARGE = Buffer.alloc(200 * 1024, 'x');

/** Sends so much that it goes back, and has the gateway refuse from then on. */
async function overflow(gateway) {
  const gone = once(gateway, 'connected');
  const sent = Array.from({ length: MANY }, () => gateway.sendC2D('d1', LARGE));
  await gone;
  await until('the connection is the next one', () => gateway.connections().length === 1);
  gateway.faults = { suback: (filter) => (filter === FILTERS.c2d ? 0x80 : undefined) };
  return sent;
}

/** Resolves when all were taken. */
const taken = (sent) => until('all came', () => sent.every(({ status }) => status === 'completed'));

/** A device with a reader that has taken one message, and the codes of its error events. */
async function readerOf(t) {
  const gateway = await startCloud(t);
  const device = await deviceOf(t, gateway);
  const events = [];
  device.on('error', ({ code }) => events.push(code));
  const reader = device.messages();
  const first = reader.next();
  await subscribed(gateway, 'c2d');
  gateway.sendC2D('d1', 'first');
  device.complete((await first).value);
  return { gateway, device, events, reader };
}

test('a reader is told that its messages are refused; the next one has them when they are granted', async (t) => {
  const { gateway, device, events, reader } = await readerOf(t);
  const sent = await overflow(gateway);

  await assert.rejects(soon('the reader was told', reader.next()), { code: REFUSED });
  assert.deepEqual(events, [REFUSED]);
  // Asked again at once, and later.
  const again = device.messages().next();
  await assert.rejects(soon('the next reader was told', again), { code: REFUSED });
  await assert.rejects(soon('one more was told', device.messages().next()), { code: REFUSED });
  assert.deepEqual(events, [REFUSED, REFUSED, REFUSED]);

  gateway.faults = {};
  let received = 0;
  for await (const message of device.messages()) {
    device.complete(message);
    if (message.data.length === LARGE.length) received += 1;
    if (received >= MANY) break;
  }
  await taken(sent);
});

test('readers that came and went are told once each, also in the same tick', async (t) => {
  const { gateway, device, events, reader } = await readerOf(t);
  await reader.return();
  await overflow(gateway);
  for (let round = 1; round <= 3; round += 1) {
    const outcomes = [device.messages().next(), device.messages().next()].map((next) =>
      next.then(
        () => 'a message',
        ({ code }) => code,
      ),
    );
    assert.deepEqual(await soon('both were told', Promise.all(outcomes)), [REFUSED, REFUSED]);
    assert.equal(events.length, round);
  }
});

test('a Client is told once, and has its messages with the next connection that grants them', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const errors = [];
  client.on('error', ({ code }) => errors.push(code));
  let received = 0;
  const listener = () => (received += 1);
  client.on('message', listener);
  await subscribed(gateway, 'c2d');
  client.removeListener('message', listener);
  const sent = await overflow(gateway);
  client.on('message', listener);
  await until('it was told', () => errors.length > 0);
  const back = once(client, 'connect');
  gateway.cut('d1');
  await back;
  await until('it was told again', () => errors.length > 1);
  assert.deepEqual(errors, [REFUSED, REFUSED]);

  gateway.faults = {};
  gateway.cut('d1');
  await taken(sent);
  assert.equal(received, MANY);
  assert.deepEqual(errors, [REFUSED, REFUSED]);
});

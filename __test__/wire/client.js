'use strict';

const { once } = require('node:events');
const { Client, Message, Mqtt } = require('../..');
const { PATIENCE_MS } = require('./record');

/**
 * A client of a device, closed when the test is over.
 *
 * @param {import('node:test').TestContext} t
 * @param {any} broker
 * @param {{ connectionString: string }} device
 * @param {Record<string, any>} [options] For setOptions, beside the `ca`.
 */
async function newClient(t, broker, device, options = {}) {
  const client = Client.fromConnectionString(device.connectionString, broker.Transport ?? Mqtt);
  // What is still under way when a test ends need not be waited for.
  t.after(() => {
    client.removeAllListeners();
    client._transport.giveUp(new Error('The test is over'), () => {});
    return client.close();
  });
  await client.setOptions({ ca: broker.chain.rootPem, ...options });
  return client;
}

/** The same, connected. */
async function openClient(t, broker, device, options) {
  const client = await newClient(t, broker, device, options);
  await client.open();
  return client;
}

/** Retries without much of a pause. */
const quickly = {
  shouldRetry: (error) => error.name === 'NotConnectedError',
  nextRetryTimeout: () => 20,
};

/** @param {number} n Is found again in the topic, and in the body. */
function numbered(n) {
  const message = new Message(`body ${n}`);
  message.properties.add('n', String(n));
  return message;
}

/** The numbers of what the broker read, or of what the cloud got. @param {{ topic: string }[]} list */
function numbers(list) {
  return list.map(({ topic }) => Number(/[/&]n=(\d+)/.exec(topic)?.[1]));
}

/** @returns {number[]} 0 … count - 1 */
function upTo(count) {
  return Array.from({ length: count }, (_, n) => n);
}

/** Resolves with what the next `event` brings. */
async function next(emitter, event) {
  const [value] = await once(emitter, event);
  return value;
}

/** Counts how often an emitter emits each of these events. */
function counting(emitter, ...events) {
  const counts = Object.fromEntries(events.map((event) => [event, 0]));
  for (const event of events) emitter.on(event, () => (counts[event] += 1));
  return counts;
}

/**
 * Resolves when the client has taken all that the broker had sent it, and the broker all that the client had to answer.
 *
 * @param {any} broker
 * @param {any} device
 * @param {() => Promise<any>} send Sends a message and resolves at its PUBACK: a round trip.
 */
async function settled(broker, device, send) {
  for (let trip = 0; trip < 2; trip++) {
    const before = device.publishes.length;
    await send();
    await broker.until('the round trip was recorded', () => device.publishes.length > before);
  }
}

/** Resolves at the first `event` for which `holds` is true, with its argument. */
function when(emitter, event, holds) {
  return new Promise((resolve) => {
    emitter.on(event, function look(value) {
      if (!holds(value)) return;
      emitter.removeListener(event, look);
      resolve(value);
    });
  });
}

/** Ends the connection, and keeps it from coming back before `relay.admit()`. */
async function cutOff(broker, client, how) {
  const waiting = when(client, 'state', ({ state }) => state === 'waiting');
  broker.relay.refuse();
  broker.relay.cut(how);
  broker.relay.release();
  await waiting;
}

/**
 * Sends numbered messages.
 *
 * @returns {Promise<any[]>[]} What each callback is called with; a second call fails the test.
 */
function sendNumbered(client, from, to) {
  return upTo(to - from).map(
    (i) =>
      new Promise((resolve, reject) => {
        let calls = 0;
        client.sendEvent(numbered(from + i), (...outcome) => {
          calls += 1;
          if (calls > 1) reject(new Error(`callback ${from + i} was called again`));
          resolve(outcome);
        });
      }),
  );
}

/**
 * What `promise` brings, or an error that says what never happened.
 *
 * @template T
 * @param {string} what
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
async function soon(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited in vain until ${what}`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

module.exports = {
  counting,
  cutOff,
  newClient,
  next,
  numbered,
  numbers,
  openClient,
  quickly,
  sendNumbered,
  settled,
  soon,
  upTo,
  when,
};

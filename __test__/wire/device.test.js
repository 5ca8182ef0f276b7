'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { connect, Message } = require('../..');
const { newDevice, onEachBroker } = require('./brokers');
const { counting, next, when } = require('./client');

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** A connected Device, closed when the test is over. */
async function connectDevice(t, broker, { connectionString }, options) {
  const device = await connect({
    connectionString,
    ca: broker.chain.rootPem,
    transport: broker.Transport,
    ...options,
  });
  t.after(() => {
    broker.relay.release();
    return device.close();
  });
  return device;
}

/** @returns {Record<string, string>} What the bag of a topic says. */
function bagOf({ topic }) {
  const bag = topic.slice(topic.indexOf('/messages/events/') + '/messages/events/'.length);
  return Object.fromEntries(bag.split('&').map((pair) => pair.split('=').map(decodeURIComponent)));
}

onEachBroker((broker) => {
  test('objects travel as JSON with content type and encoding, texts and bytes as they are', async (t) => {
    const known = newDevice(broker);
    const device = await connectDevice(t, broker, known);
    const { id } = await device.sendEvent({ temperature: 21.5, unit: '°C' });
    await device.sendEvent([1, 'two'], { messageId: 'own id' });
    await device.sendEvent('{"text":true}', { messageId: 'text' });
    await device.sendEvent(new Uint8Array([0, 200]), { messageId: 'bytes' });
    await device.sendEvent(null, { messageId: 'null' });
    await broker.until('all arrived', () => known.messages.length === 5);
    const json = { '$.ct': 'application/json', '$.ce': 'utf-8' };
    assert.match(id, UUID);
    assert.deepEqual(known.messages.map(bagOf), [
      { '$.mid': id, ...json },
      { '$.mid': 'own id', ...json },
      { '$.mid': 'text' },
      { '$.mid': 'bytes' },
      { '$.mid': 'null', ...json },
    ]);
    const bodies = ['{"temperature":21.5,"unit":"°C"}', '[1,"two"]', '{"text":true}', [0, 200], 'null'];
    assert.deepEqual(
      known.messages.map(({ payload }) => payload),
      bodies.map((body) => Buffer.from(body)),
    );
  });

  test('properties and fields come from the options, or all from a Message', async (t) => {
    const known = newDevice(broker);
    const device = await connectDevice(t, broker, known);
    const properties = { alert: true, level: 3, 'ro om': 'a&b' };
    const fields = { correlationId: 'c', contentType: 'text/plain', contentEncoding: 'utf-16' };
    await device.sendEvent('x', { messageId: 'm', properties, ...fields });
    const message = new Message('y');
    message.messageId = 'own';
    message.properties.add('k', 'v');
    assert.equal((await device.sendEvent(message)).id, 'own');
    await broker.until('both arrived', () => known.messages.length === 2);
    assert.deepEqual(known.messages.map(bagOf), [
      {
        '$.mid': 'm',
        '$.cid': 'c',
        '$.ct': 'text/plain',
        '$.ce': 'utf-16',
        alert: 'true',
        level: '3',
        'ro om': 'a&b',
      },
      { '$.mid': 'own', k: 'v' },
    ]);
  });

  test('sendEvent resolves with id and latency at the acknowledgement, and stats() sums up', async (t) => {
    const known = newDevice(broker);
    const device = await connectDevice(t, broker, known);
    broker.relay.hold('down');
    const sent = device.sendEvent('held back', { messageId: 'a' });
    await broker.until('the message was read', () => known.publishes.length === 1);
    const waiting = device.stats();
    assert.deepEqual([waiting.state, waiting.queued, waiting.inFlight], ['connected', 0, 1]);
    assert.equal(waiting.latencyMs.count, 0);
    broker.relay.release();
    const { id, latencyMs } = await sent;
    assert.equal(id, 'a');
    assert.ok(latencyMs > 0);
    const done = device.stats();
    assert.deepEqual([done.queued, done.inFlight, done.held, done.reconnects], [0, 0, 0, 0]);
    assert.equal(done.latencyMs.count, 1);
    assert.equal(done.latencyMs.max, latencyMs);
    await device.close();
    assert.equal(device.stats().state, 'closed');
  });

  test('a timeout fails a written message with unknown delivery; its late PUBACK harms nothing', async (t) => {
    const known = newDevice(broker);
    const device = await connectDevice(t, broker, known);
    broker.relay.hold('down');
    const late = device.sendEvent('late', { timeout: 300 });
    await assert.rejects(late, { name: 'TimeoutError', delivery: 'unknown' });
    broker.relay.release();
    await device.sendEvent('after');
    await broker.until('both arrived', () => known.messages.length === 2);
    assert.equal(device.stats().inFlight, 0);
    assert.equal(known.connects.length, 1);
  });

  test('a signal aborts a message that was not written, and one that was', async (t) => {
    const known = newDevice(broker);
    const device = await connectDevice(t, broker, known);
    const already = device.sendEvent('never', { signal: AbortSignal.abort() });
    await assert.rejects(already, { name: 'OperationCancelledError', code: 'ERR_IOT_ABORTED' });

    broker.relay.hold('down');
    const written = new AbortController();
    const first = device.sendEvent('written', { signal: written.signal });
    await broker.until('it was read', () => known.publishes.some(({ topic }) => /mid/.test(topic)));
    written.abort(new Error('no longer interesting'));
    await assert.rejects(first, (error) => {
      assert.equal(error.name, 'OperationCancelledError');
      assert.equal(error.delivery, 'unknown');
      assert.equal(error.cause.message, 'no longer interesting');
      return true;
    });

    broker.relay.refuse();
    broker.relay.release();
    const waiting = when(device, 'state', ({ state }) => state === 'waiting');
    broker.relay.cut('fin');
    await waiting;
    const queued = new AbortController();
    const second = device.sendEvent('queued', { signal: queued.signal });
    queued.abort();
    await assert.rejects(second, { name: 'OperationCancelledError', delivery: 'not sent' });
    broker.relay.admit();
    await next(device, 'connect');
    await device.sendEvent('last');
    await broker.until('the last arrived', () =>
      known.messages.some(({ payload }) => `${payload}` === 'last'),
    );
    assert.ok(known.messages.every(({ payload }) => !['queued', 'never'].includes(`${payload}`)));
    assert.equal(known.publishes.filter(({ dup }) => dup).length, 0);
  });

  test('connections lost come back by themselves, "connect" tells each and stats() counts them', async (t) => {
    const known = newDevice(broker);
    const device = await connectDevice(t, broker, known);
    const counts = counting(device, 'connect', 'disconnect');
    for (const how of ['fin', 'rst']) {
      const again = next(device, 'connect');
      broker.relay.cut(how);
      await again;
    }
    await device.sendEvent('still here');
    assert.deepEqual(counts, { connect: 2, disconnect: 0 });
    assert.equal(device.stats().reconnects, 2);
  });

  test("close() after sends lets them be acknowledged, and ends the process' stake in the connection", async (t) => {
    const known = newDevice(broker);
    const device = await connectDevice(t, broker, known);
    const sent = Promise.all(['a', 'b', 'c'].map((text) => device.sendEvent(text)));
    await device.close();
    assert.equal((await sent).length, 3);
    await broker.until('the device left', () => known.disconnects.length === 1);
    assert.equal(known.disconnects[0].graceful, true);
    await assert.rejects(device.sendEvent('too late'), {
      code: 'ERR_IOT_CLIENT_CLOSED',
      delivery: 'not sent',
    });
  });
});

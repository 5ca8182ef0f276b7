'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Message, results } = require('../..');
const { newDevice, onEachBroker } = require('./brokers');
const { counting, cutOff, newClient, numbers, openClient, sendNumbered, soon, upTo } = require('./client');

onEachBroker((broker) => {
  test('close() waits for acknowledgements, and leaves with DISCONNECT', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const counts = counting(client, 'disconnect');
    broker.relay.hold('down');
    const done = [];
    const sent = sendNumbered(client, 0, 20);
    for (const each of sent) each.then(([error]) => done.push(error));
    const closed = client.close().then((result) => done.push(result));
    await broker.until('all were read', () => device.publishes.length === 20);
    assert.deepEqual(done, []);
    broker.relay.release();
    await closed;
    assert.deepEqual(done.slice(0, 20), Array(20).fill(null));
    assert.ok(done[20] instanceof results.Disconnected);
    await broker.until('the device left', () => device.disconnects.length === 1);
    assert.equal(device.disconnects[0].graceful, true);
    assert.deepEqual(numbers(device.publishes), upTo(20));
    assert.equal(counts.disconnect, 0);
  });

  test('close() sends what was not yet written, beyond what the native queue holds, too', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const sent = sendNumbered(client, 0, 12_000);
    await client.close();
    assert.ok((await Promise.all(sent)).every(([error]) => error === null));
    await broker.until('all were read', () => device.publishes.length === 12_000);
    assert.deepEqual(numbers(device.publishes), upTo(12_000));
  });

  test('close() while offline returns and fails what is pending; open() starts afresh', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    t.after(() => broker.relay.admit());
    broker.relay.hold('down');
    const written = sendNumbered(client, 0, 3);
    await broker.until('they were read', () => device.publishes.length === 3);
    await cutOff(broker, client, 'fin');
    const queued = sendNumbered(client, 3, 5);
    assert.ok((await client.close()) instanceof results.Disconnected);
    const deliveries = (await Promise.all([...written, ...queued])).map(([error]) => {
      assert.equal(error.name, 'NotConnectedError');
      return error.delivery;
    });
    assert.deepEqual(deliveries, ['unknown', 'unknown', 'unknown', 'not sent', 'not sent']);
    await assert.rejects(client.sendEvent(new Message('closed')), {
      name: 'NotConnectedError',
      code: 'ERR_IOT_CLIENT_CLOSED',
      delivery: 'not sent',
    });
    broker.relay.admit();
    await client.open();
    await Promise.all(sendNumbered(client, 5, 6));
    await broker.until('it was read', () => device.publishes.length === 4);
    assert.deepEqual(numbers(device.publishes), [0, 1, 2, 5]);
    assert.ok(device.publishes.every(({ dup }) => !dup));
  });

  test('close() while connecting ends the attempt at once, and the open() that waits for it', async (t) => {
    broker.relay.hold('down');
    t.after(() => broker.relay.release());
    // In one tick or not: the session may learn of both at once, or of one after the other.
    for (const pause of [() => {}, () => new Promise(setImmediate)]) {
      for (let attempt = 0; attempt < 20; attempt++) {
        const device = newDevice(broker);
        // Nobody answers TLS: left alone, the attempt would take an hour.
        const client = await newClient(t, broker, device, { timeouts: { tlsMs: 3_600_000 } });
        const opened = client.open();
        opened.catch(() => {});
        await pause();
        await soon('close() returned', client.close());
        await assert.rejects(opened, { name: 'OperationCancelledError', code: 'ERR_IOT_OPEN_CANCELLED' });
        assert.equal(device.connects.length, 0);
      }
    }
  });

  test('close() may be called twice, and of a client that never connected', async (t) => {
    const device = newDevice(broker);
    const never = await newClient(t, broker, device);
    assert.ok((await never.close()) instanceof results.Disconnected);
    const client = await openClient(t, broker, device);
    const both = await Promise.all([client.close(), client.close()]);
    assert.ok(both.every((result) => result instanceof results.Disconnected));
    assert.equal(device.connects.length, 1);
  });
});

'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { connect, Message } = require('../..');
const { newDevice, onEachBroker } = require('./brokers');
const { next, openClient, settled } = require('./client');
const { run } = require('./program');

/** A client whose messages are collected, subscribed. */
async function listening(t, broker, device) {
  const client = await openClient(t, broker, device);
  const bodies = [];
  const listener = (message) => bodies.push(String(message.data));
  client.on('message', listener);
  await broker.until('it subscribed', () => device.subscribes.length === 1);
  return {
    client,
    bodies,
    listener,
    settle: () => settled(broker, device, () => client.sendEvent(new Message())),
  };
}

onEachBroker((broker) => {
  test('a listener subscribes at QoS 1, connecting for it, and gets messages with all their properties', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const arrived = next(client, 'message');
    await broker.until('it subscribed', () => device.subscribes.length === 1);
    const filter = `devices/${device.id}/messages/devicebound/#`;
    assert.deepEqual(device.subscribes, [{ clientId: device.id, filter, qos: 1 }]);
    broker.sendC2D(device.id, Buffer.from([0, 255, 10]), {
      messageId: 'm 1/2',
      correlationId: 'c&=',
      userId: 'ü',
      to: `/devices/${device.id}/messages/deviceBound`,
      expiryTimeUtc: '2030-01-01T00:00:00.000Z',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      properties: { 'na me': 'va%l/ue', k: '', 日本: '🚀' },
    });
    const message = await arrived;
    assert.ok(message instanceof Message);
    assert.ok(Buffer.isBuffer(message.data));
    assert.deepEqual([...message.getBytes()], [0, 255, 10]);
    const { messageId, correlationId, userId, to, expiryTimeUtc, contentType, contentEncoding } = message;
    assert.deepEqual([messageId, correlationId, userId], ['m 1/2', 'c&=', 'ü']);
    assert.equal(to, `/devices/${device.id}/messages/deviceBound`);
    assert.deepEqual([contentType, contentEncoding], ['application/json', 'utf-8']);
    // As .NET writes it.
    assert.equal(expiryTimeUtc, '2030-01-01T00:00:00.0000000Z');
    assert.equal(message.lockToken, '');
    assert.deepEqual(message.properties.propertyList, [
      { key: 'na me', value: 'va%l/ue' },
      { key: 'k', value: '' },
      { key: '日本', value: '🚀' },
    ]);
    assert.equal((await client.complete(message)).constructor.name, 'MessageCompleted');
    await broker.until('it was acknowledged', () => device.acknowledged.length === 1);
  });

  test('messages come in order, each acknowledged once', async (t) => {
    const device = newDevice(broker);
    const { bodies } = await listening(t, broker, device);
    const sent = Array.from({ length: 200 }, (_, n) => `c2d ${n}`);
    for (const body of sent) broker.sendC2D(device.id, body);
    await broker.until('all were acknowledged', () => device.acknowledged.length === sent.length);
    assert.deepEqual(bodies, sent);
    assert.deepEqual(ids(device.acknowledged), ids(device.sent));
  });

  test('without a listener messages are held unacknowledged, and given to the next one in order', async (t) => {
    const device = newDevice(broker);
    const { client, bodies, listener, settle } = await listening(t, broker, device);
    client.removeListener('message', listener);
    for (const body of ['a', 'b', 'c']) broker.sendC2D(device.id, body);
    await broker.until('all were sent', () => device.sent.length === 3);
    await settle();
    assert.deepEqual(bodies, []);
    assert.equal(device.acknowledged.length, 0);

    client.on('message', listener);
    await broker.until('all were acknowledged', () => device.acknowledged.length === 3);
    assert.deepEqual(bodies, ['a', 'b', 'c']);
    // On edgeHub all three bear the same packet id: their order is all that tells them apart.
    assert.deepEqual(ids(device.acknowledged), ids(device.sent));
    assert.equal(device.subscribes.length, 1);
  });

  test('once() takes one message and leaves the others to be held', async (t) => {
    const device = newDevice(broker);
    const { client, bodies, listener, settle } = await listening(t, broker, device);
    client.removeListener('message', listener);
    const first = next(client, 'message');
    for (const body of ['a', 'b']) broker.sendC2D(device.id, body);
    assert.equal(String((await first).data), 'a');
    await broker.until('both were sent', () => device.sent.length === 2);
    await settle();
    assert.equal(device.acknowledged.length, 1);
    client.on('message', listener);
    await broker.until('the second was acknowledged', () => device.acknowledged.length === 2);
    assert.deepEqual(bodies, ['b']);
  });

  test('a message whose listener ends the process is not acknowledged, and comes again', async (t) => {
    const device = newDevice(broker);
    const output = run(t, 'throwing_listener.js', broker, device, { exitCode: 1 });
    await broker.until('it subscribed', () => device.subscribes.length === 1);
    broker.sendC2D(device.id, 'bad');
    assert.equal(await output, 'ended by its exception');
    assert.equal(device.acknowledged.length, 0);
    const client = await openClient(t, broker, device);
    const message = await next(client, 'message');
    assert.equal(String(message.data), 'bad');
    await broker.until('it was acknowledged', () => device.acknowledged.length === 1);
  });

  test('where the process survives the exception, no later message waits for that one', async (t) => {
    const device = newDevice(broker);
    const output = run(t, 'throwing_listener.js', broker, device, { settings: { SURVIVE: '1' } });
    await broker.until('it subscribed', () => device.subscribes.length === 1);
    for (const body of ['bad', 'good']) broker.sendC2D(device.id, body);
    assert.deepEqual(JSON.parse(await output).sort(), ['first', 'first', 'second', 'second threw']);
    await broker.until('both were acknowledged', () => device.acknowledged.length === 2);
  });

  test('a message of 200 KiB arrives whole', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const arrived = next(client, 'message');
    await broker.until('it subscribed', () => device.subscribes.length === 1);
    const body = Buffer.from(Uint8Array.from({ length: 200 * 1024 }, (_, i) => i % 251));
    broker.sendC2D(device.id, body);
    assert.ok(body.equals((await arrived).data));
    await broker.until('it was acknowledged', () => device.acknowledged.length === 1);
  });

  test('for await acknowledges a message when the next is asked for, complete() at once', async (t) => {
    const known = newDevice(broker);
    const device = await connect({
      connectionString: known.connectionString,
      ca: broker.chain.rootPem,
      transport: broker.Transport,
    });
    t.after(() => device.close());
    const settle = () => settled(broker, known, () => device.sendEvent('round trip'));
    const messages = device.messages();
    const first = messages.next();
    await broker.until('it subscribed', () => known.subscribes.length === 1);
    for (const body of ['a', 'b', 'c']) broker.sendC2D(known.id, body);
    assert.equal(String((await first).value.data), 'a');
    await broker.until('all were sent', () => known.sent.length === 3);
    await settle();
    assert.equal(known.acknowledged.length, 0);
    assert.equal(device.stats().held, 2);

    const { value: second } = await messages.next();
    assert.equal(String(second.data), 'b');
    await broker.until('the first was acknowledged', () => known.acknowledged.length === 1);
    await settle();
    assert.equal(known.acknowledged.length, 1);

    device.complete(second);
    await broker.until('the second was acknowledged', () => known.acknowledged.length === 2);
    for await (const message of messages) {
      assert.equal(String(message.data), 'c');
      break;
    }
    await settle();
    assert.equal(known.acknowledged.length, 2);

    // What the loop was left with goes to the next one.
    const { value: third } = await device.messages().next();
    assert.equal(String(third.data), 'c');
    device.complete(third);
    await broker.until('the third was acknowledged', () => known.acknowledged.length === 3);
  });
});

function ids(list) {
  return list.map(({ packetId }) => packetId);
}

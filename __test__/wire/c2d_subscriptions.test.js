'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { connect, Message } = require('../..');
const { namedDevice, newDevice, onEachBroker } = require('./brokers');
const { counting, newClient, next, openClient, settled } = require('./client');

const roundTrips = (broker, device, client) => settled(broker, device, () => client.sendEvent(new Message()));

onEachBroker((broker) => {
  test('a listener alone connects and subscribes, a second one adds nothing', async (t) => {
    const device = newDevice(broker);
    const client = await newClient(t, broker, device);
    const connected = next(client, 'connect');
    const received = [];
    client.on('message', (message) => received.push(`1 ${message.data}`));
    await connected;
    await broker.until('it subscribed', () => device.subscribes.length === 1);
    client.prependListener('message', (message) => received.push(`0 ${message.data}`));
    await roundTrips(broker, device, client);
    assert.equal(device.subscribes.length, 1);
    broker.sendC2D(device.id, 'x');
    await broker.until('it was acknowledged', () => device.acknowledged.length === 1);
    assert.deepEqual(received, ['0 x', '1 x']);
  });

  test('without a listener nothing is subscribed to', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    await roundTrips(broker, device, client);
    assert.equal(device.subscribes.length, 0);
  });

  test('removeAllListeners, open and a new listener keep receiving, without an UNSUBSCRIBE', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    client.on('message', () => assert.fail('removed'));
    await broker.until('it subscribed', () => device.subscribes.length === 1);

    client.removeAllListeners();
    broker.sendC2D(device.id, 'in between');
    await broker.until('it was sent', () => device.sent.length === 1);
    await roundTrips(broker, device, client);
    assert.equal(device.acknowledged.length, 0);

    await client.open();
    const received = [];
    client.on('message', (message) => received.push(String(message.data)));
    broker.sendC2D(device.id, 'afterwards');
    await broker.until('both were acknowledged', () => device.acknowledged.length === 2);
    assert.deepEqual(received, ['in between', 'afterwards']);
    await roundTrips(broker, device, client);
    assert.equal(device.unsubscribes.length, 0);
    assert.equal(device.subscribes.length, 1);
    assert.equal(device.connects.length, 1);
  });

  test('nothing is unsubscribed while a connection stands, and what nobody wants is not asked for on the next', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const listener = () => {};
    client.on('message', listener);
    await broker.until('it subscribed', () => device.subscribes.length === 1);
    client.removeListener('message', listener);
    await roundTrips(broker, device, client);
    client.on('message', listener);
    await roundTrips(broker, device, client);
    client.removeListener('message', listener);
    await roundTrips(broker, device, client);
    broker.relay.cut('rst');
    await broker.until('it came back', () => device.connects.length === 2);
    await roundTrips(broker, device, client);
    assert.equal(device.unsubscribes.length, 0);
    assert.equal(device.subscribes.length, 1);
    client.on('message', listener);
    await broker.until('it subscribed again', () => device.subscribes.length === 2);
    broker.relay.cut('rst');
    await broker.until('and once more', () => device.subscribes.length === 3);
  });

  test('iterators of messages() subscribe when first asked', async (t) => {
    const known = newDevice(broker);
    const device = await connect({
      connectionString: known.connectionString,
      ca: broker.chain.rootPem,
      transport: broker.Transport,
    });
    t.after(() => device.close());
    const [one, two] = [device.messages(), device.messages()];
    await settled(broker, known, () => device.sendEvent('round trip'));
    assert.equal(known.subscribes.length, 0);
    const [first, second] = [one.next(), two.next()];
    await broker.until('it subscribed', () => known.subscribes.length === 1);
    for (const body of ['a', 'b']) broker.sendC2D(known.id, body);
    assert.deepEqual([`${(await first).value.data}`, `${(await second).value.data}`], ['a', 'b']);
  });

  test('a listener added while offline is subscribed to on the next connection', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    broker.relay.refuse();
    t.after(() => broker.relay.admit());
    const waiting = new Promise((resolve) => {
      client.on('state', ({ state }) => state === 'waiting' && resolve());
    });
    broker.relay.cut('fin');
    await waiting;
    const received = next(client, 'message');
    broker.relay.admit();
    await broker.until('it subscribed', () => device.subscribes.length === 1);
    broker.sendC2D(device.id, 'x');
    assert.equal(String((await received).data), 'x');
  });
});

onEachBroker(
  (broker) => {
    test('a subscription that is refused (SUBACK 0x80) is told by "error", and the connection lives on', async (t) => {
      const device = namedDevice(broker, 'denied');
      device.connectionString = device.tokenConnectionString;
      // The local gateway refuses by a fault, Mosquitto by its access control.
      broker.faults = { suback: 0x80 };
      const client = await openClient(t, broker, device);
      const counts = counting(client, 'disconnect', 'error');
      const refused = next(client, 'error');
      client.on('message', () => {});
      const error = await refused;
      assert.equal(error.name, 'UnauthorizedError');
      assert.equal(error.code, 'ERR_IOT_SUBSCRIPTION_REFUSED');
      assert.match(error.message, new RegExp(`devices/${device.id}/messages/devicebound/#.*128`));
      await client.sendEvent(new Message('still here'));
      await broker.until('the message arrived', () => device.messages.length === 1);
      assert.deepEqual(counts, { disconnect: 0, error: 1 });
      assert.equal(device.connects.length, 1);
    });
  },
  { tokens: ['denied'], denySubscriptions: true },
);

'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { connect, Message } = require('../..');
const { namedDevice, newDevice, onEachBroker } = require('./brokers');
const { counting, newClient, next, openClient, settled } = require('./client');

/** How long a subscription nobody wants is kept (design §4). Milliseconds. */
const GRACE_MS = 5000;

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

  test('a subscription nobody wants is removed after its grace time, and made again when wanted', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const listener = () => {};
    client.on('message', listener);
    await broker.until('it subscribed', () => device.subscribes.length === 1);

    t.mock.timers.enable({ apis: ['setTimeout'] });
    client.removeListener('message', listener);
    await roundTrips(broker, device, client);
    t.mock.timers.tick(GRACE_MS - 1);
    client.on('message', listener);
    await roundTrips(broker, device, client);
    client.removeListener('message', listener);
    await roundTrips(broker, device, client);
    t.mock.timers.tick(GRACE_MS - 1);
    await roundTrips(broker, device, client);
    assert.equal(device.unsubscribes.length, 0);

    t.mock.timers.tick(1);
    await broker.until('it unsubscribed', () => device.unsubscribes.length === 1);
    t.mock.timers.reset();
    assert.equal(device.unsubscribes[0].filter, `devices/${device.id}/messages/devicebound/#`);
    client.on('message', listener);
    await broker.until('it subscribed again', () => device.subscribes.length === 2);
  });

  test('iterators of messages() subscribe when first asked, and the last one to go unsubscribes', async (t) => {
    const known = newDevice(broker);
    const device = await connect({ connectionString: known.connectionString, ca: broker.chain.rootPem });
    t.after(() => device.close());
    const [one, two] = [device.messages(), device.messages()];
    await settled(broker, known, () => device.sendEvent('round trip'));
    assert.equal(known.subscribes.length, 0);
    const [first, second] = [one.next(), two.next()];
    await broker.until('it subscribed', () => known.subscribes.length === 1);
    for (const body of ['a', 'b']) broker.sendC2D(known.id, body);
    assert.deepEqual([`${(await first).value.data}`, `${(await second).value.data}`], ['a', 'b']);

    t.mock.timers.enable({ apis: ['setTimeout'] });
    await one.return();
    await settled(broker, known, () => device.sendEvent('round trip'));
    t.mock.timers.tick(GRACE_MS);
    await settled(broker, known, () => device.sendEvent('round trip'));
    assert.equal(known.unsubscribes.length, 0);
    await two.return();
    await settled(broker, known, () => device.sendEvent('round trip'));
    t.mock.timers.tick(GRACE_MS);
    await broker.until('it unsubscribed', () => known.unsubscribes.length === 1);
    t.mock.timers.reset();
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

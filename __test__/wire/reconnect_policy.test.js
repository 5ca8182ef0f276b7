'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Message, NoRetry, results } = require('../..');
const { namedDevice, newDevice, onEachBroker, onLocalGateway } = require('./brokers');
const {
  counting,
  next,
  openClient,
  newClient,
  quickly,

  upTo,
  when,
} = require('./client');

onEachBroker((broker) => {
  for (const how of ['fin', 'rst']) {
    const kind = how.toUpperCase();
    test(`with the default policy a client comes back by itself after a ${kind}, though nothing is registered`, async (t) => {
      const device = newDevice(broker);
      const client = await openClient(t, broker, device);
      for (let connection = 2; connection <= 3; connection++) {
        broker.relay.cut(how);
        await broker.until('it came back', () => device.connects.length === connection);
      }
      await client.sendEvent(new Message('still here'));
      await broker.until('the message arrived', () => device.messages.length === 1);
      assert.equal(device.connects.length, 3);
    });

    test(`NoRetry: a ${kind} fails written messages as unknown, queued ones as not sent, and none is replayed`, async (t) => {
      const device = newDevice(broker);
      const client = await openClient(t, broker, device);
      client.setRetryPolicy(new NoRetry());
      const disconnects = [];
      client.on('disconnect', (result) => disconnects.push(result));
      // More than the buffers of sockets take: the rest cannot be written.
      broker.relay.hold('up', 'down');
      const deliveries = [];
      const failed = upTo(110).map(
        () =>
          new Promise((resolve) => {
            client.sendEvent(new Message(Buffer.alloc(250 * 1024)), (error) => {
              assert.equal(error.name, 'NotConnectedError');
              deliveries.push(error.delivery);
              resolve();
            });
          }),
      );
      const one = next(client, 'disconnect');
      await written(client);
      broker.relay.cut(how);
      await one;
      await Promise.all(failed);
      assert.deepEqual(Array.from(new Set(deliveries)).sort(), ['not sent', 'unknown']);

      broker.relay.release();
      const read = device.publishes.length;
      await client.open();
      await client.sendEvent(new Message('marker'));
      await broker.until('the marker arrived', () =>
        device.messages.some(({ payload }) => `${payload}` === 'marker'),
      );
      assert.equal(device.publishes.length, read + 1);
      assert.ok(device.publishes.every(({ dup }) => !dup));
      assert.equal(disconnects.length, 1);
      assert.ok(disconnects[0] instanceof results.Disconnected);
      assert.equal(disconnects[0].transportObj.name, 'NotConnectedError');
      assert.equal(disconnects[0].reason, undefined);
    });
  }

  test('"connect" is emitted on each connection, before the callback of open', async (t) => {
    const device = newDevice(broker);
    const client = await newClient(t, broker, device);
    client.setRetryPolicy(quickly);
    const order = [];
    client.on('connect', (...args) => order.push(['connect', ...args]));
    await new Promise((resolve) => client.open(() => resolve(order.push(['open']))));
    for (let loss = 0; loss < 3; loss++) {
      const connected = next(client, 'connect');
      broker.relay.cut('fin');
      await connected;
    }
    assert.deepEqual(order, [['connect'], ['open'], ['connect'], ['connect'], ['connect']]);
  });

  test('a loss answered by removeAllListeners, open and on("message") keeps messages coming', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    client.setRetryPolicy(new NoRetry());
    const received = [];
    const listen = () => client.on('message', ({ data }) => received.push(String(data)));
    listen();
    await broker.until('it subscribed', () => device.subscribes.length === 1);
    let losses = 0;
    for (const how of ['fin', 'rst']) {
      losses += 1;
      const reopened = new Promise((resolve, reject) => {
        client.on('disconnect', () => {
          client.removeAllListeners();
          broker.sendC2D(device.id, `after ${how}`);
          client.open((error) => {
            if (error) return reject(error);
            listen();
            resolve();
          });
        });
      });
      broker.relay.cut(how);
      await reopened;
      await broker.until('it was acknowledged', () => device.acknowledged.length === losses);
    }
    assert.deepEqual(received, ['after fin', 'after rst']);
    assert.equal(device.unsubscribes.length, 0);
  });

  test('two clients with one device id: the error says so once a connection was lost early for the third time', async (t) => {
    const device = newDevice(broker);
    const [one, two] = [await openClient(t, broker, device), await newClient(t, broker, device)];
    const reasons = [];
    const suspicious = new Promise((resolve) => {
      one.on('state', ({ state, reason }) => {
        if (state !== 'waiting') return;
        reasons.push(reason);
        if (reasons.length === 3) resolve();
      });
    });
    for (const client of [one, two]) client.setRetryPolicy(quickly);
    await two.open();
    await suspicious;
    const codes = reasons.slice(0, 3).map(({ code }) => code);
    assert.match(codes.slice(0, 2).join(), /^(ERR_IOT_CONNECTION_(CLOSED|RESET),?){2}$/);
    assert.equal(codes[2], 'ERR_IOT_TAKEN_OVER');
    assert.match(reasons[2].message, new RegExp(`"${device.id}".* 3 times in a row`));
    assert.match(reasons[2].hint, /same device id.*Run: npx edge-downstream doctor/);
    assert.equal(reasons[2].name, 'NotConnectedError');
    assert.ok(reasons[2].cause instanceof Error);
    await two.close();
  });
});

onEachBroker(
  (broker) => {
    test('a key that is refused after a restart is tried again, and ends in one "disconnect" with UnauthorizedError', async (t) => {
      const device = namedDevice(broker, 'revoked');
      device.connectionString = device.tokenConnectionString;
      const client = await openClient(t, broker, device);
      client._maxOperationTimeout = 1000;
      const counts = counting(client, 'connect', 'disconnect');
      const waiting = when(client, 'state', ({ state }) => state === 'waiting');
      const disconnected = next(client, 'disconnect');
      const restarted = broker.restart({ refuse: device.id });
      await waiting;
      const sent = client.sendEvent(new Message('never'));
      const refused = assert.rejects(sent, { name: 'UnauthorizedError', delivery: 'not sent' });
      await restarted;
      const { transportObj: error } = await disconnected;
      assert.equal(error.name, 'UnauthorizedError');
      assert.equal(error.code, 'ERR_IOT_NOT_AUTHORIZED');
      assert.equal(error.returnCode, 5);
      await refused;
      assert.deepEqual(counts, { connect: 0, disconnect: 1 });
      await assert.rejects(client.open(), { name: 'UnauthorizedError', returnCode: 5 });
      assert.equal(counts.disconnect, 1);
      assert.ok(broker.refusals.length > 2, `refused ${broker.refusals.length} times`);
      assert.deepEqual(Array.from(new Set(broker.refusals.map(({ code }) => code))), [5]);
    });
  },
  { tokens: ['revoked'] },
);

// No real broker answers CONNACK 3 on demand: Mosquitto closes the socket when it has too many clients.
onLocalGateway((broker) => {
  test('CONNACK 3 at the first open is retried', async (t) => {
    const device = newDevice(broker);
    let attempts = 0;
    broker.faults = { connack: () => (++attempts <= 2 ? { code: 3 } : undefined) };
    const client = await newClient(t, broker, device);
    assert.equal((await client.open()).constructor.name, 'Connected');
    assert.equal(attempts, 3);
    assert.equal(device.connects.length, 1);
    assert.deepEqual(broker.refusals, [{ code: 3 }, { code: 3 }]);
  });
});

/** Resolves when the native side has written all it can: what it holds has stopped changing while sockets are full. */
async function written(client) {
  let before;
  let now = client._transport.stats();
  do {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 50));
    now = client._transport.stats();
  } while (now.inFlight !== before.inFlight || now.inFlight === 0);
}

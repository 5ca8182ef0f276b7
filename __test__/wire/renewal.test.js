'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Client, Message, Mqtt, NoRetry, SharedAccessKeyAuthenticationProvider, results } = require('../..');
const { namedDevice, newDevice, onEachBroker } = require('./brokers');
const { counting, next, numbered, numbers, openClient, settled, upTo } = require('./client');
const { HUB, KEY, tokenOf } = require('./identity');

/** Makes a token and a connection with it at once. */
const renew = (client, round) =>
  client.setOptions({
    tokenRenewal: { tokenValidTimeInSeconds: 3600 + round, tokenRenewalMarginInSeconds: 900 },
  });

onEachBroker((broker) => {
  test('messages sent at full speed pass token renewals: none is lost, repeated or out of order', async (t) => {
    const count = 20_000;
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const counts = counting(client, 'connect', 'disconnect');
    const calls = new Uint8Array(count);
    let sent = 0;
    let done = 0;
    let renewals = 0;
    await new Promise((resolve, reject) => {
      const send = () => {
        const n = sent++;
        client.sendEvent(numbered(n), (error) => {
          if (error) reject(error);
          calls[n] += 1;
          done += 1;
          // The next one only when the last one stands: two at once would be one.
          if (renewals < 3 && done > renewals * 4000 && device.connects.length === renewals + 1) {
            renewals += 1;
            renew(client, renewals).catch(reject);
          }
          if (sent < count) send();
          else if (done === count) resolve();
        });
      };
      while (sent < 500) send();
    });
    assert.ok(calls.every((times) => times === 1));
    await broker.until('all were read', () => device.publishes.length >= count);
    assert.deepEqual(numbers(device.publishes), upTo(count));
    assert.ok(device.publishes.every(({ dup }) => !dup));
    await broker.until('it connected for each token', () => device.connects.length === renewals + 1);
    assert.ok(renewals >= 2, `${renewals} renewals`);
    assert.ok(device.disconnects.every(({ graceful }) => graceful));
    assert.deepEqual(counts, { connect: 0, disconnect: 0 });
  });

  test('messages from the cloud pass token renewals: each is given to the app once', async (t) => {
    const count = 600;
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const counts = counting(client, 'connect', 'disconnect');
    const received = [];
    client.on('message', ({ data }) => received.push(Number(data)));
    await broker.until('it subscribed', () => device.subscribes.length === 1);
    let sent = 0;
    for (let round = 1; round <= 3; round++) {
      const connected = broker.until('it connected again', () => device.connects.length === round + 1);
      await renew(client, round);
      // Some come before the old connection is left, some while there is none, some on the new one.
      for (let burst = 0; burst < 20; burst++) {
        for (let n = 0; n < 10; n++) broker.sendC2D(device.id, String(sent++));
        await new Promise(setImmediate);
      }
      await connected;
    }
    assert.equal(sent, count);
    await broker.until('all were acknowledged', () => new Set(received).size === count);
    await settled(broker, device, () => client.sendEvent(new Message('round trip')));
    const repeated = received.filter((n, i) => received.indexOf(n) !== i);
    assert.deepEqual(repeated, []);
    assert.deepEqual(counts, { connect: 0, disconnect: 0 });
    assert.equal(device.unsubscribes.length, 0);
  });

  test('a message whose listener is running when the token is renewed is acknowledged, not given twice', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const received = [];
    client.on('message', ({ data }) => {
      received.push(String(data));
      if (received.length > 1) return;
      renew(client, 1);
      // Not waiting for anything: a session that does not wait for the listener has the time to show it.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    });
    await broker.until('it subscribed', () => device.subscribes.length === 1);
    broker.sendC2D(device.id, 'only once');
    await broker.until('it connected again', () => device.connects.length === 2);
    broker.sendC2D(device.id, 'last');
    await broker.until('the last was acknowledged', () => received.includes('last'));
    assert.deepEqual(received, ['only once', 'last']);
  });

  test('a renewal that meets a lost connection ends in an ordinary reconnection', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const counts = counting(client, 'connect', 'disconnect');
    broker.relay.hold('down');
    const sent = client.sendEvent(numbered(0));
    await broker.until('it was read', () => device.publishes.length === 1);
    await renew(client, 1);
    const connected = next(client, 'connect');
    broker.relay.cut('rst');
    broker.relay.release();
    await connected;
    await sent;
    assert.deepEqual(counts, { connect: 1, disconnect: 0 });
    await broker.until('it was read again', () => device.publishes.length === 2);
    assert.equal(device.publishes[1].dup, true);
  });
});

onEachBroker((broker) => {
  test('a provider of the app signs each token, and one that cannot leaves the connection as it is', async (t) => {
    /** The key is with somebody else, who takes his time and is not always there. */
    class Vault extends SharedAccessKeyAuthenticationProvider {
      signed = 0;
      closed = false;
      _sign(resourceUri, expiry, callback) {
        if (this.closed) return void setImmediate(callback, new Error('the vault is closed'));
        this.signed += 1;
        setTimeout(() => super._sign(resourceUri, expiry, callback), 5);
      }
    }
    const device = newDevice(broker);
    const provider = new Vault({
      host: HUB,
      deviceId: device.id,
      sharedAccessKey: KEY,
      gatewayHostName: `localhost:${broker.relay.port}`,
    });
    const faults = [];
    provider.on('error', (error) => faults.push(error.message));
    const client = Client.fromAuthenticationProvider(provider, broker.Transport ?? Mqtt);
    t.after(() => client.close());
    await client.setOptions({ ca: broker.chain.rootPem });
    await client.open();
    provider.setTokenRenewalValues(3601, 900);
    await broker.until('it connected again', () => device.connects.length === 2);
    assert.equal(provider.signed, 2);
    provider.closed = true;
    provider.setTokenRenewalValues(3602, 900);
    await client.sendEvent(new Message('by the old token'));
    await broker.until('it was read', () => device.publishes.length === 1);
    assert.deepEqual(faults, ['the vault is closed']);
    assert.equal(device.connects.length, 2);
    provider.closed = false;
    provider.setTokenRenewalValues(3603, 900);
    await broker.until('it connected once more', () => device.connects.length === 3);
    assert.equal(provider.signed, 3);
  });

  test('updateSharedAccessSignature gives a promise where there is no callback', async (t) => {
    const device = newDevice(broker);
    device.connectionString = device.tokenConnectionString;
    const client = await openClient(t, broker, device);
    const result = await client.updateSharedAccessSignature(tokenOf(device.id, 4_000_000_003));
    assert.ok(result instanceof results.SharedAccessSignatureUpdated);
    await broker.until('it connected again', () => device.connects.length === 2);
  });

  test('updateSharedAccessSignature refuses what is no token, and the connection stands', async (t) => {
    const device = newDevice(broker);
    device.connectionString = device.tokenConnectionString;
    const client = await openClient(t, broker, device);
    const expected = { name: 'FormatError', code: 'ERR_IOT_TOKEN_MALFORMED' };
    for (const text of [
      'a secret',
      device.connectionString,
      'SharedAccessSignature sr=h%2Fdevices%2Fd&sig=x',
    ]) {
      await assert.rejects(client.updateSharedAccessSignature(text), expected);
      assert.throws(() => client.updateSharedAccessSignature(text, assert.fail), expected);
    }
    await client.sendEvent(new Message('by the token it has'));
    assert.equal(device.connects.length, 1);
  });

  test('updateSharedAccessSignature reconnects once, with the new token', async (t) => {
    const device = newDevice(broker);
    device.connectionString = device.tokenConnectionString;
    const client = await openClient(t, broker, device);
    const order = [];
    for (const event of ['connect', 'disconnect', '_sharedAccessSignatureUpdated']) {
      client.on(event, () => order.push(event));
    }
    const updated = new Promise((resolve, reject) => {
      client.updateSharedAccessSignature(tokenOf(device.id, 4_000_000_001), (error, result) => {
        order.push('callback');
        if (error) reject(error);
        else resolve(result);
      });
    });
    const result = await updated;
    assert.ok(result instanceof results.SharedAccessSignatureUpdated);
    assert.equal(result.needToReconnect, false);
    await client.sendEvent(new Message('with the new token'));
    await broker.until('it was read', () => device.publishes.length === 1);
    assert.deepEqual(order, ['_sharedAccessSignatureUpdated', 'callback']);
    assert.equal(device.connects.length, 2);
    assert.equal(device.disconnects.length, 1);
    assert.equal(device.disconnects[0].graceful, true);
  });
});

onEachBroker(
  (broker) => {
    test('a token that is refused at its update is told to the caller, and ends the connection once', async (t) => {
      const device = namedDevice(broker, 'fixed');
      device.connectionString = device.tokenConnectionString;
      const client = await openClient(t, broker, device);
      // The default policy asks again for four minutes: gateways that have just started refuse everybody.
      client.setRetryPolicy(new NoRetry());
      const counts = counting(client, 'connect', 'disconnect');
      const disconnected = next(client, 'disconnect');
      const wrong = tokenOf('another', 4_000_000_002);
      const updated = assert.rejects(promised(client, wrong), { name: 'UnauthorizedError', returnCode: 5 });
      assert.equal((await disconnected).transportObj.name, 'UnauthorizedError');
      await updated;
      assert.deepEqual(counts, { connect: 0, disconnect: 1 });
    });
  },
  { tokens: ['fixed'] },
);

function promised(client, token) {
  return new Promise((resolve, reject) => {
    client.updateSharedAccessSignature(token, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Client } = require('../../lib/client/client');
const errors = require('../../lib/vocabulary/errors');
const { Message } = require('../../lib/message/message');
const results = require('../../lib/vocabulary/results');
const { KeptTransport, QuickPolicy } = require('./fake_transport');

function clientOf() {
  const transport = new KeptTransport();
  const client = new Client(transport);
  client.setRetryPolicy(new QuickPolicy());
  const disconnects = [];
  client.on('disconnect', (result) => disconnects.push(result));
  return { client, transport, disconnects };
}

test('close disconnects, without a disconnect event, and may be repeated', async () => {
  const { client, transport, disconnects } = clientOf();
  await client.open();
  const states = [];
  client.on('state', ({ state }) => states.push(state));
  const closed = await Promise.all([client.close(), client.close()]);
  assert.ok(closed.every((result) => result instanceof results.Disconnected));
  assert.ok((await client.close()) instanceof results.Disconnected);
  assert.equal(transport.count('disconnect'), 1);
  assert.deepEqual(states, ['closed']);
  assert.deepEqual(disconnects, []);
});

test('a client that was never opened closes at once', async () => {
  const { client, transport } = clientOf();
  const result = await new Promise((resolve) => client.close((error, value) => resolve([error, value])));
  assert.equal(result[0], null);
  assert.ok(result[1] instanceof results.Disconnected);
  assert.deepEqual(transport.calls, []);
});

test('close while connecting settles the open', async () => {
  const { client, transport, disconnects } = clientOf();
  transport.outcomes = ['hang'];
  const opened = client.open();
  const closed = client.close();
  await assert.rejects(opened, { name: 'OperationCancelledError', code: 'ERR_IOT_OPEN_CANCELLED' });
  assert.ok((await closed) instanceof results.Disconnected);
  transport.connected(transport.hanging);
  assert.deepEqual(disconnects, []);
  await assert.rejects(client.sendEvent(new Message('x')), { code: 'ERR_IOT_CLIENT_CLOSED' });
});

test('close while waiting for a reconnect ends the waiting', async () => {
  const { client, transport, disconnects } = clientOf();
  client.setRetryPolicy(new QuickPolicy(Infinity, 60_000));
  await client.open();
  transport.acknowledges = false;
  transport.lose();
  const send = client.sendEvent(new Message('pending'));
  await Promise.all([client.close(), assert.rejects(send)]);
  assert.equal(transport.count('connect'), 1);
  assert.deepEqual(disconnects, []);
});

test('closed is closed: nothing but open connects again', async () => {
  const { client, transport } = clientOf();
  await client.open();
  await client.close();
  await assert.rejects(client.sendEvent(new Message('x')), {
    name: 'NotConnectedError',
    code: 'ERR_IOT_CLIENT_CLOSED',
    delivery: 'not sent',
  });
  client.on('message', () => {});
  await new Promise(setImmediate);
  assert.equal(transport.count('connect'), 1);
  assert.equal(transport.count('sendEvent'), 0);
});

test('an open after a close gives everything back: events, listeners, reconnection', async () => {
  const { client, transport } = clientOf();
  const messages = [];
  client.on('message', (message) => messages.push(message.data));
  await client.open();
  await client.close();
  transport.calls.length = 0;
  await client.open();
  assert.deepEqual(transport.calls, ['enableC2D', 'connect']);
  transport.emit('message', new Message('one'), () => {});
  assert.deepEqual(messages, ['one']);
  transport.lose();
  await once(client, 'connect');
  client.setRetryPolicy(new QuickPolicy(0));
  const disconnected = once(client, 'disconnect');
  transport.lose();
  await disconnected;
});

test('open while closing connects afterwards, and sends what was given meanwhile', async () => {
  const { client, transport } = clientOf();
  await client.open();
  const closed = client.close();
  const opened = client.open();
  const sent = client.sendEvent(new Message('after'));
  await closed;
  assert.ok((await opened) instanceof results.Connected);
  assert.ok((await sent) instanceof results.MessageEnqueued);
  assert.deepEqual(transport.calls, ['connect', 'disconnect', 'sendEvent', 'connect']);
});

test('close, open, close: closed in the end', async () => {
  const { client, transport } = clientOf();
  await client.open();
  const first = client.close();
  const opened = client.open();
  const sent = client.sendEvent(new Message('never'));
  const second = client.close();
  await assert.rejects(opened, { code: 'ERR_IOT_OPEN_CANCELLED' });
  await assert.rejects(sent, { code: 'ERR_IOT_CLIENT_CLOSED' });
  await Promise.all([first, second]);
  await new Promise(setImmediate);
  assert.equal(transport.count('connect'), 1);
});

test('close from inside the connect event leaves no open unsettled', async () => {
  const { client } = clientOf();
  const closed = new Promise((resolve) => client.once('connect', () => resolve(client.close())));
  await assert.rejects(client.open(), errors.OperationCancelledError);
  await closed;
});

test('a sender that reacts to its failure by sending again reconnects, and disconnect still comes once', async () => {
  const { client, transport, disconnects } = clientOf();
  client.setRetryPolicy(new QuickPolicy(0));
  await client.open();
  transport.acknowledges = false;
  const again = new Promise((resolve, reject) => {
    client.sendEvent(new Message('first'), () => {
      transport.acknowledges = true;
      client.sendEvent(new Message('second')).then(resolve, reject);
    });
  });
  transport.lose();
  assert.ok((await again) instanceof results.MessageEnqueued);
  assert.equal(disconnects.length, 1);
  assert.equal(transport.count('connect'), 2);
});

for (const answer of [true, false]) {
  test(`a policy that closes the client and says ${answer} has closed it`, async () => {
    const { client, transport, disconnects } = clientOf();
    const states = [];
    const closed = new Promise((resolve) => {
      client.setRetryPolicy({
        shouldRetry: () => {
          client.close(resolve);
          return answer;
        },
        nextRetryTimeout: () => 1,
      });
    });
    await client.open();
    client.on('state', ({ state }) => states.push(state));
    transport.lose();
    assert.equal(await closed, null);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([states, disconnects, transport.count('connect')], [['closed'], [], 1]);
  });
}

'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Client } = require('../../lib/client/client');
const errors = require('../../lib/vocabulary/errors');
const { Message } = require('../../lib/message/message');
const results = require('../../lib/vocabulary/results');
const { ClassicTransport, QuickPolicy } = require('./fake_transport');

const tick = () => new Promise(setImmediate);
const gone = () => new errors.NotConnectedError('gone');

function clientOf(policy = new QuickPolicy()) {
  const transport = new ClassicTransport();
  const client = new Client(transport);
  client.setRetryPolicy(policy);
  return { client, transport, policy };
}

test('each operation is retried by itself', async () => {
  const { client, transport, policy } = clientOf();
  transport.failures = [gone(), gone()];
  assert.ok((await client.sendEvent(new Message('x'))) instanceof results.MessageEnqueued);
  assert.equal(transport.count('sendEvent'), 3);
  assert.deepEqual(policy.delays, [1, 2]);
  transport.outcomes = [gone()];
  const opened = new Promise((resolve) => client.open((error, result) => resolve([error, result])));
  const connected = once(client, 'connect');
  assert.ok((await opened)[1] instanceof results.Connected);
  await connected;
});

test('an operation the policy gives up fails with its last error', async () => {
  const { client, transport } = clientOf(new QuickPolicy(1));
  const last = gone();
  transport.failures = [gone(), last];
  await assert.rejects(client.sendEvent(new Message('x')), last);
  assert.equal(transport.count('sendEvent'), 2);
});

test('the operations of the transport give their results', async () => {
  const { client } = clientOf();
  const message = new Message('x');
  const names = [];
  for (const method of ['complete', 'reject', 'abandon'])
    names.push((await client[method](message)).constructor.name);
  names.push((await client.sendEventBatch([message])).constructor.name);
  assert.deepEqual(names, ['MessageCompleted', 'MessageRejected', 'MessageAbandoned', 'MessageEnqueued']);
});

test('listeners switch messages on and off at once', async () => {
  const { client, transport } = clientOf();
  const listener = () => {};
  client.on('message', listener);
  assert.deepEqual(transport.calls, ['enableC2D']);
  client.on('message', () => {});
  client.removeAllListeners();
  assert.deepEqual(transport.calls, ['enableC2D', 'disableC2D']);
  client.on('message', listener);
  const received = once(client, 'message');
  const message = new Message('x');
  transport.emit('message', message);
  assert.deepEqual(await received, [message]);
});

test('a retryable loss enables the features in use again; without any the client stays offline', async () => {
  const { client, transport } = clientOf();
  await client.open();
  transport.emit('disconnect', gone());
  await tick();
  assert.deepEqual(transport.calls, ['connect']);
  client.on('message', () => {});
  await tick();
  client.on('disconnect', () => assert.fail('the policy has not stopped'));
  transport.failures = [gone()];
  transport.emit('disconnect', gone());
  await transport.called('enableC2D', 3);
  assert.deepEqual(transport.calls, ['connect', 'enableC2D', 'enableC2D', 'enableC2D']);
});

test('a loss the policy does not retry is a disconnect event', async () => {
  const { client, transport } = clientOf(new QuickPolicy(0));
  await client.open();
  const disconnected = once(client, 'disconnect');
  const loss = gone();
  transport.emit('disconnect', loss);
  const [result] = await disconnected;
  assert.ok(result instanceof results.Disconnected);
  assert.equal(result.transportObj, loss);
});

test('a policy that throws at a loss has ended it: its error is that of the disconnect event', async () => {
  const { client, transport, policy } = clientOf();
  await client.open();
  const fault = new Error('of the policy');
  policy.shouldRetry = () => {
    throw fault;
  };
  const disconnected = once(client, 'disconnect');
  transport.emit('disconnect', gone());
  assert.equal((await disconnected)[0].transportObj, fault);
});

test('a policy that throws nothing at all at a loss leaves that as the reason', async () => {
  const { client, transport, policy } = clientOf();
  await client.open();
  policy.shouldRetry = () => {
    throw undefined;
  };
  const disconnected = once(client, 'disconnect');
  const loss = gone();
  transport.emit('disconnect', loss);
  assert.equal((await disconnected)[0].transportObj, loss);
});

test('a policy that closes the client at a loss has closed it', async () => {
  const { client, transport, policy } = clientOf();
  client.on('message', () => {});
  client.on('disconnect', () => assert.fail('the app closed'));
  await client.open();
  await tick();
  const closed = new Promise((resolve) => {
    policy.shouldRetry = () => {
      client.close(resolve);
      return true;
    };
  });
  transport.emit('disconnect', gone());
  assert.equal(await closed, null);
  assert.equal(transport.count('enableC2D'), 1);
});

test('features that cannot be enabled again are one disconnect event', async () => {
  const { client, transport, policy } = clientOf();
  client.on('message', () => {});
  await client.open();
  await tick();
  policy.retries = 1;
  const failure = gone();
  transport.failures = [failure];
  const disconnected = once(client, 'disconnect');
  transport.emit('disconnect', gone());
  assert.equal((await disconnected)[0].transportObj, failure);
});

test('open enables features again whose listeners stayed', async () => {
  const { client, transport } = clientOf(new QuickPolicy(0));
  client.on('message', () => {});
  await client.open();
  await tick();
  transport.emit('disconnect', gone());
  await client.open();
  assert.deepEqual(transport.calls, ['enableC2D', 'connect', 'connect', 'enableC2D']);
});

test('a feature that cannot be enabled is an error event', async () => {
  const { client, transport } = clientOf(new QuickPolicy(0));
  const failure = gone();
  transport.failures = [failure];
  const failed = once(client, 'error');
  client.on('message', () => {});
  assert.deepEqual(await failed, [failure]);
});

test('close ends the operations under way, and open gives everything back', async () => {
  const { client, transport } = clientOf(new QuickPolicy(Infinity, 60_000));
  client.on('disconnect', () => assert.fail('the app closed'));
  await client.open();
  transport.failures = [gone()];
  const sent = client.sendEvent(new Message('x'));
  await tick();
  transport.outcomes = ['hang'];
  const opened = client.open();
  const [closed] = await Promise.all([
    client.close(),
    assert.rejects(sent, { code: 'ERR_IOT_CLIENT_CLOSED' }),
    assert.rejects(opened, { code: 'ERR_IOT_OPEN_CANCELLED' }),
  ]);
  assert.ok(closed instanceof results.Disconnected);
  transport.emit('disconnect', gone());
  await assert.rejects(client.sendEvent(new Message('y')), { code: 'ERR_IOT_CLIENT_CLOSED' });
  assert.equal(transport.count('sendEvent'), 1);
  await client.open();
  assert.ok((await client.sendEvent(new Message('z'))) instanceof results.MessageEnqueued);
});

test("an 'error' event of the transport does not end the process", () => {
  const { transport } = clientOf();
  assert.equal(transport.emit('error', new Error('seen by nobody')), true);
});

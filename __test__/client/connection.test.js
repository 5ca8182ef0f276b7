'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Client } = require('../../lib/client/client');
const errors = require('../../lib/vocabulary/errors');
const { Message } = require('../../lib/message/message');
const results = require('../../lib/vocabulary/results');
const { uncaught } = require('../unit/uncaught');
const { KeptTransport, QuickPolicy } = require('./fake_transport');

const refused = () => new errors.NotConnectedError('connect ECONNREFUSED');

/** A client with a log of its events; a policy of `undefined` leaves it the default one. */
function clientOf(transport = new KeptTransport(), ...policies) {
  const client = new Client(transport);
  const [policy] = policies.length > 0 ? policies : [new QuickPolicy()];
  if (policy) client.setRetryPolicy(policy);
  const log = [];
  client.on('connect', () => log.push('connect'));
  client.on('disconnect', (result) => log.push(result));
  client.on('state', ({ state }) => log.push(state));
  return { client, transport, policy, log };
}

test('open connects, announces it, then reports to the callback', async () => {
  const { client, log } = clientOf();
  const result = await new Promise((resolve, reject) => {
    client.open((error, connected) => {
      log.push('callback');
      if (error) reject(error);
      else resolve(connected);
    });
  });
  assert.equal(result.constructor.name, 'Connected');
  assert.deepEqual(log, ['connecting', 'connected', 'connect', 'callback']);
});

test('several opens and a listener make one connection', async () => {
  const { client, transport } = clientOf();
  client.on('message', () => {});
  const opened = await Promise.all([client.open(), client.open(), client.open()]);
  assert.ok(opened.every((result) => result instanceof results.Connected));
  assert.ok((await client.open()) instanceof results.Connected, 'also when connected already');
  assert.equal(transport.count('connect'), 1);
});

test('with the default policy a first open that fails is final, and the client can be opened again', async () => {
  const { client, transport, log } = clientOf(new KeptTransport(), undefined);
  transport.outcomes = [refused()];
  await assert.rejects(client.open(), { name: 'NotConnectedError' });
  assert.deepEqual(log, ['connecting', 'closed']);
  await client.open();
  assert.equal(transport.count('connect'), 2);
});

test('a first open is retried when the gateway says it is not available yet', async () => {
  const { client, transport, policy } = clientOf();
  transport.outcomes = [
    new errors.ServiceUnavailableError('CONNACK 3'),
    new errors.ServiceUnavailableError('CONNACK 3'),
  ];
  await client.open();
  assert.deepEqual(policy.delays, [1, 2]);
});

test('an open after a connection once stood is retried', async () => {
  const { client, transport } = clientOf();
  await client.open();
  await client.close();
  transport.outcomes = [refused(), refused()];
  await client.open();
  assert.equal(transport.count('connect'), 4);
});

test('sending connects, and what was sent fails with the error of the connection', async () => {
  const { client, transport } = clientOf(new KeptTransport(), undefined);
  transport.outcomes = [new errors.UnauthorizedError('CONNACK 5')];
  const sends = [client.sendEvent(new Message('a')), client.sendEvent(new Message('b'))];
  for (const send of sends) await assert.rejects(send, { name: 'UnauthorizedError' });
  assert.equal(transport.count('connect'), 1);
  assert.ok((await client.sendEvent(new Message('c'))) instanceof results.MessageEnqueued);
  assert.equal(transport.count('connect'), 2);
});

test('messages go to the transport as they are, once, with the very callback', async () => {
  const { client, transport } = clientOf();
  await client.open();
  transport.acknowledges = false;
  const message = new Message('x');
  const callback = () => {};
  assert.equal(client.sendEvent(message, callback), undefined);
  assert.equal(transport.pending[0].message, message);
  assert.equal(transport.pending[0].callback, callback);
});

test('a lost connection is made again, with nothing registered and nothing sent twice', async () => {
  const { client, transport, policy, log } = clientOf();
  await client.open();
  transport.acknowledges = false;
  const send = client.sendEvent(new Message('kept'));
  transport.outcomes = [refused(), refused()];
  log.length = 0;
  const loss = new errors.NotConnectedError('gone');
  transport.lose(loss);
  await once(client, 'connect');
  transport.acknowledges = true;
  transport.acknowledge();
  await send;
  assert.deepEqual(log, [
    'waiting',
    'connecting',
    'waiting',
    'connecting',
    'waiting',
    'connecting',
    'connected',
    'connect',
  ]);
  assert.equal(policy.asked.length, 3, 'asked once for the loss and once for each failed attempt');
  assert.equal(policy.asked[0], loss);
  assert.deepEqual(policy.delays, [1, 2, 3]);
  assert.equal(transport.count('sendEvent'), 1);
});

test('waiting says how long and why', async () => {
  const { client, transport } = clientOf();
  await client.open();
  const waiting = once(client, 'state');
  const loss = new errors.NotConnectedError('gone');
  transport.lose(loss);
  assert.deepEqual(await waiting, [{ state: 'waiting', delay: 0, reason: loss }]);
  await once(client, 'connect');
});

test('stages of an attempt are passed on', async () => {
  const { client, transport } = clientOf();
  transport.outcomes = ['hang'];
  const opened = client.open();
  const state = once(client, 'state');
  transport.emit('state', { state: 'connecting', stage: 'tls' });
  assert.deepEqual(await state, [{ state: 'connecting', stage: 'tls' }]);
  transport.connected(transport.hanging);
  await opened;
});

test('a lost connection that worked is made again at once, one that did not when the policy says', async () => {
  const { client, transport, policy } = clientOf();
  await client.open();
  const waits = [];
  client.on('state', ({ state, delay }) => state === 'waiting' && waits.push(delay));
  for (const worked of [false, false, true, false]) {
    transport.lose(refused(), { worked, contested: 0 });
    await once(client, 'connect');
  }
  assert.deepEqual(waits, [1, 1, 0, 1]);
  assert.deepEqual(policy.delays, [1, 2, 1, 2], 'a life that worked starts the count over');
});

test('a policy of the app is asked about the first connection, too', async () => {
  for (const set of [
    (client, policy) => client.setRetryPolicy(policy),
    (client, policy) => (client._retryPolicy = policy),
  ]) {
    const transport = new KeptTransport();
    const client = new Client(transport);
    const policy = new QuickPolicy();
    set(client, policy);
    transport.outcomes = [refused(), new errors.UnauthorizedError('CONNACK 5')];
    await client.open();
    assert.deepEqual(policy.delays, [1, 2]);
    assert.equal(policy.asked[1].name, 'UnauthorizedError', 'truthfully, before the first success');
  }
});

test('a refusal on a reconnect is retried as a loss, and told as what it is', async () => {
  const { client, transport, policy } = clientOf(new KeptTransport(), new QuickPolicy(2));
  await client.open();
  const reasons = [];
  client.on('state', ({ reason }) => reason && reasons.push(reason.name));
  const refusals = [new errors.UnauthorizedError('CONNACK 5'), new errors.UnauthorizedError('CONNACK 5')];
  transport.outcomes = [...refusals];
  transport.lose();
  const [{ transportObj }] = await once(client, 'disconnect');
  assert.deepEqual(
    policy.asked.map(({ name }) => name),
    ['NotConnectedError', 'NotConnectedError', 'NotConnectedError'],
  );
  assert.equal(policy.asked[1].cause, refusals[0]);
  assert.deepEqual(reasons, ['NotConnectedError', 'UnauthorizedError', 'UnauthorizedError']);
  assert.equal(transportObj, refusals[1]);
});

test('when the policy stops, pending operations fail and disconnect comes once', async () => {
  const { client, transport, log } = clientOf(new KeptTransport(), new QuickPolicy(0));
  await client.open();
  transport.acknowledges = false;
  const send = client.sendEvent(new Message('x'));
  log.length = 0;
  const loss = new errors.NotConnectedError('gone');
  transport.lose(loss);
  await assert.rejects(send, loss);
  assert.equal(log.length, 2);
  assert.equal(log[0], 'closed');
  assert.ok(log[1] instanceof results.Disconnected);
  assert.equal(log[1].transportObj, loss);
  assert.equal(log[1].reason, undefined);
  assert.equal(transport.count('giveUp'), 1);
});

test('the operation time limit ends a reconnection', async () => {
  const { client, transport } = clientOf();
  await client.open();
  client._maxOperationTimeout = 20;
  transport.outcomes = Array.from({ length: 1000 }, refused);
  transport.lose();
  const [result] = await once(client, 'disconnect');
  assert.equal(result.transportObj.name, 'NotConnectedError');
  const attempts = transport.count('connect');
  assert.ok(attempts >= 2 && attempts < 1000, `${attempts} attempts`);
});

test('a policy that throws or answers nonsense ends the reconnection', async () => {
  for (const policy of [
    { shouldRetry: () => true, nextRetryTimeout: () => NaN },
    { shouldRetry: () => true, nextRetryTimeout: () => -1 },
    {
      shouldRetry: () => {
        throw new RangeError('mine');
      },
      nextRetryTimeout: () => 0,
    },
    {
      shouldRetry: () => {
        throw undefined;
      },
      nextRetryTimeout: () => 0,
    },
  ]) {
    const { client, transport } = clientOf(new KeptTransport(), policy);
    await client.open();
    const disconnected = once(client, 'disconnect');
    transport.lose();
    assert.match((await disconnected)[0].transportObj.message, /gone|mine/);
    assert.equal(transport.count('connect'), 1);
  }
});

test('open works from inside the disconnect handler', async () => {
  const { client, transport } = clientOf(new KeptTransport(), new QuickPolicy(0));
  await client.open();
  const reopened = new Promise((resolve, reject) => {
    client.once('disconnect', () => {
      client.removeAllListeners();
      client.open((error, result) => (error ? reject(error) : resolve(result)));
    });
  });
  transport.lose();
  assert.ok((await reopened) instanceof results.Connected);
  assert.equal(transport.count('connect'), 2);
});

test('open during a reconnection waits for it', async () => {
  const { client, transport } = clientOf();
  await client.open();
  transport.outcomes = [refused()];
  transport.lose();
  await client.open();
  assert.equal(transport.count('connect'), 3);
});

test('a loss without an error is a NotConnectedError', async () => {
  const { client, transport, policy } = clientOf();
  await client.open();
  transport.emit('disconnect');
  await once(client, 'connect');
  assert.equal(policy.asked[0].name, 'NotConnectedError');
  assert.equal(policy.asked[0].code, 'ERR_IOT_CONNECTION_LOST');
  assert.match(policy.asked[0].hint, /transport/);
});

test('a renewal is no connect', async () => {
  const { client, transport, log } = clientOf();
  await client.open();
  log.length = 0;
  transport.emit('connected', { renewal: true });
  assert.deepEqual(log, []);
  assert.equal(client.listenerCount('connect'), 1);
});

test('what a listener or callback throws surfaces and disturbs nobody else', async (t) => {
  const { client, transport } = clientOf();
  const surfaced = uncaught(t);
  client.on('connect', () => {
    throw new Error('from the listener');
  });
  const second = new Promise((resolve) => {
    client.open(() => {
      throw new Error('from the callback');
    });
    client.open((error, result) => resolve(result));
  });
  assert.ok((await second) instanceof results.Connected);
  await new Promise(setImmediate);
  assert.deepEqual(surfaced, ['from the listener', 'from the callback']);
  assert.equal(transport.standing, true);
});

'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Client } = require('../../lib/client/client');
const errors = require('../../lib/vocabulary/errors');
const { Message } = require('../../lib/message/message');
const { uncaught } = require('../unit/uncaught');
const { KeptTransport, QuickPolicy } = require('./fake_transport');

const tick = () => new Promise(setImmediate);

async function openClient() {
  const transport = new KeptTransport();
  const client = new Client(transport);
  client.setRetryPolicy(new QuickPolicy());
  await client.open();
  transport.calls.length = 0;
  return { client, transport };
}

/** Gives the transport a message to emit; `settled` collects those acknowledged. */
function deliver(transport, settled, ...bodies) {
  for (const body of bodies) transport.emit('message', new Message(body), () => settled.push(body));
}

for (const method of ['on', 'addListener', 'prependListener', 'once', 'prependOnceListener']) {
  test(`${method}('message') subscribes, removing the listener unsubscribes`, async () => {
    const { client, transport } = await openClient();
    const listener = () => {};
    client[method]('message', listener);
    await tick();
    assert.deepEqual(transport.calls, ['enableC2D']);
    client.removeListener('message', listener);
    await tick();
    assert.deepEqual(transport.calls, ['enableC2D', 'disableC2D']);
  });
}

test('a listener makes a client connect that was never opened', async () => {
  const transport = new KeptTransport();
  const client = new Client(transport);
  const connected = once(client, 'connect');
  client.on('message', () => {});
  await connected;
  assert.deepEqual(transport.calls, ['enableC2D', 'connect']);
});

test('other events subscribe to nothing', async () => {
  const { client, transport } = await openClient();
  client.on('error', () => {});
  client.removeAllListeners('error');
  await tick();
  assert.deepEqual(transport.calls, []);
});

test('while one listener is left the subscription stays', async () => {
  const { client, transport } = await openClient();
  const first = () => {};
  client.on('message', first);
  client.on('message', () => {});
  client.off('message', first);
  await tick();
  assert.deepEqual(transport.calls, ['enableC2D']);
});

test('replacing the listener within a tick changes nothing on the wire', async () => {
  const { client, transport } = await openClient();
  client.on('message', () => {});
  await tick();
  client.removeAllListeners('message');
  client.on('message', () => {});
  await tick();
  assert.deepEqual(transport.calls, ['enableC2D']);
});

test('once receives one message and unsubscribes', async () => {
  const { client, transport } = await openClient();
  const settled = [];
  const received = once(client, 'message');
  await tick();
  deliver(transport, settled, 'a', 'b');
  assert.equal((await received)[0].data, 'a');
  await tick();
  assert.deepEqual(settled, ['a'], 'the second one is held, unacknowledged');
  assert.deepEqual(transport.calls, ['enableC2D', 'disableC2D']);
});

test("Microsoft's sample: loss, removeAllListeners, open, on('message') again", async () => {
  const { client, transport } = await openClient();
  client.setRetryPolicy(new QuickPolicy(0));
  const settled = [];
  const received = [];
  client.on('message', (message) => received.push(message.data));
  await tick();
  const reopened = new Promise((resolve) => {
    client.on('disconnect', () => {
      client.removeAllListeners();
      client.open(() => {
        client.on('message', (message) => received.push(message.data));
        resolve();
      });
    });
  });
  transport.lose();
  await reopened;
  await tick();
  assert.equal(transport.wanted, true);
  deliver(transport, settled, 'after');
  assert.deepEqual(received, ['after']);
  assert.deepEqual(settled, ['after']);
});

test('removing a listener after the policy gave up is no wish to connect', async () => {
  const { client, transport } = await openClient();
  client.setRetryPolicy(new QuickPolicy(0));
  const first = () => {};
  client.on('message', first);
  client.on('message', () => {});
  await tick();
  const disconnected = once(client, 'disconnect');
  transport.lose();
  await disconnected;
  transport.calls.length = 0;
  client.off('message', first);
  await tick();
  assert.deepEqual(transport.calls, []);
  const connected = once(client, 'connect');
  client.on('message', first);
  await connected;
});

test('messages are acknowledged after the listeners ran', async () => {
  const { client, transport } = await openClient();
  const order = [];
  client.on('message', () => order.push('first listener'));
  client.on('message', () => order.push('second listener'));
  transport.emit('message', new Message('x'), () => order.push('acknowledged'));
  assert.deepEqual(order, ['first listener', 'second listener', 'acknowledged']);
});

test('a listener that throws leaves the others alone, and its message is acknowledged behind the exception', async (t) => {
  const { client, transport } = await openClient();
  const settled = [];
  const surfaced = uncaught(t);
  client.on('message', (message) => {
    if (message.data === 'bad') throw new Error('listener failed');
  });
  deliver(transport, settled, 'good', 'bad', 'better');
  await new Promise(process.nextTick);
  assert.deepEqual([surfaced, settled], [['listener failed'], ['good', 'better']]);
  await tick();
  assert.deepEqual(settled, ['good', 'better', 'bad']);
});

test('messages without a listener are held in order, and delivered soon after one comes, not at once', async () => {
  const { client, transport } = await openClient();
  const settled = [];
  const received = [];
  deliver(transport, settled, 'a', 'b');
  assert.deepEqual(settled, []);
  client.on('message', (message) => received.push(message.data));
  deliver(transport, settled, 'c');
  assert.deepEqual(received, []);
  for (let round = 0; received.length < 3 && round < 10; round += 1) await tick();
  assert.deepEqual(received, ['a', 'b', 'c']);
  assert.deepEqual(settled, ['a', 'b', 'c']);
});

test('held messages are dropped when their connection ends, however it ends', async () => {
  for (const end of [
    (client, transport) => transport.lose(),
    (client, transport) => transport.emit('connected', { renewal: true }),
    (client) => client.close(),
  ]) {
    const { client, transport } = await openClient();
    const settled = [];
    deliver(transport, settled, 'held');
    await end(client, transport);
    client.on('message', () => assert.fail('the gateway delivers it again'));
    await tick();
    assert.deepEqual(settled, []);
    await client.close();
  }
});

test('a subscription that is refused is an error event, and is tried again for the next listener', async () => {
  const { client, transport } = await openClient();
  transport.enableError = new errors.UnauthorizedError('SUBACK 0x80');
  const failed = once(client, 'error');
  client.on('message', () => {});
  assert.deepEqual(await failed, [transport.enableError]);
  transport.enableError = undefined;
  client.on('message', () => {});
  await tick();
  assert.deepEqual(transport.calls, ['enableC2D', 'enableC2D']);
});

test('a listener whose connection cannot be made gets an error event', async () => {
  const transport = new KeptTransport();
  const client = new Client(transport);
  transport.outcomes = [new errors.NotConnectedError('refused')];
  client.on('message', () => {});
  const [error] = await once(client, 'error');
  assert.equal(error.message, 'refused');
});

test('an error that open reported does not end a process without an error listener', async () => {
  const transport = new KeptTransport();
  const client = new Client(transport);
  transport.outcomes = [new errors.NotConnectedError('refused')];
  client.on('message', () => {});
  await assert.rejects(client.open(), { message: 'refused' });
  await tick();
  assert.equal(transport.count('connect'), 1);
});

'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { connect } = require('../../lib/device/device');
const errors = require('../../lib/vocabulary/errors');
const { Message } = require('../../lib/message/message');
const { KeptTransport, QuickPolicy } = require('./fake_transport');

const connectionString =
  'HostName=hub.example;DeviceId=dev;SharedAccessKey=c2VjcmV0;GatewayHostName=gw.example';
const tick = () => new Promise(setImmediate);

async function deviceOf(retry = new QuickPolicy()) {
  let transport;
  class Transport extends KeptTransport {
    constructor(provider) {
      super(provider);
      transport = this;
    }
  }
  const device = await connect({ connectionString, transport: Transport, retry });
  const settled = [];
  const deliver = (...bodies) => {
    for (const body of bodies) transport.emit('message', new Message(body), () => settled.push(body));
  };
  return { device, transport, settled, deliver };
}

test('a message is acknowledged when the next one is asked for', async () => {
  const { device, transport, settled, deliver } = await deviceOf();
  const messages = device.messages();
  const first = messages.next();
  await tick();
  assert.equal(transport.wanted, true);
  deliver('a', 'b');
  assert.equal((await first).value.data, 'a');
  assert.deepEqual(settled, []);
  assert.equal(device.stats().held, 1);
  assert.equal((await messages.next()).value.data, 'b');
  assert.deepEqual(settled, ['a']);
  await device.close();
});

test('for await, break, and for await again', async () => {
  const { device, transport, settled, deliver } = await deviceOf();
  const loop = (async () => {
    for await (const message of device.messages()) {
      if (message.data === 'b') {
        device.complete(message);
        break;
      }
    }
  })();
  await tick();
  deliver('a', 'b');
  await loop;
  await tick();
  assert.deepEqual(settled, ['a', 'b']);
  assert.equal(transport.wanted, false, 'the last iterator has gone');
  const next = device.messages().next();
  await tick();
  assert.equal(transport.wanted, true);
  deliver('c');
  assert.equal((await next).value.data, 'c');
  await device.close();
});

test('a loop left without complete leaves its message with the gateway', async () => {
  const { device, settled, deliver } = await deviceOf();
  const failed = (async () => {
    for await (const message of device.messages()) throw new Error(`cannot handle ${message.data}`);
  })();
  await tick();
  deliver('a');
  await assert.rejects(failed, /cannot handle a/);
  assert.deepEqual(settled, []);
  await device.close();
});

test('several iterators share the stream', async () => {
  const { device, transport, deliver } = await deviceOf();
  const [one, two] = [device.messages(), device.messages()];
  const asked = [one.next(), two.next(), one.next()];
  await tick();
  deliver('a', 'b', 'c');
  const bodies = (await Promise.all(asked)).map(({ value }) => value.data);
  assert.deepEqual(bodies, ['a', 'b', 'c']);
  await one.return();
  await tick();
  assert.equal(transport.wanted, true, 'the other one is left');
  assert.equal(transport.count('enableC2D'), 1);
  await device.close();
});

test('return ends a waiting next', async () => {
  const { device } = await deviceOf();
  const messages = device.messages();
  const waiting = messages.next();
  await messages.return();
  assert.deepEqual(await waiting, { done: true, value: undefined });
  assert.deepEqual(await messages.next(), { done: true, value: undefined });
  await device.close();
});

test('messages nobody has asked for yet wait in order', async () => {
  const { device, deliver } = await deviceOf();
  const messages = device.messages();
  const first = messages.next();
  await tick();
  deliver('a', 'b', 'c');
  const bodies = [await first, await messages.next(), await messages.next()].map(({ value }) => value.data);
  assert.deepEqual(bodies, ['a', 'b', 'c']);
  await device.close();
});

test('closing ends every iterator', async () => {
  const { device } = await deviceOf();
  const loop = (async () => {
    const bodies = [];
    for await (const message of device.messages()) bodies.push(message.data);
    return bodies;
  })();
  await tick();
  await device.close();
  assert.deepEqual(await loop, []);
  assert.deepEqual(await device.messages().next(), { done: true, value: undefined });
});

test('a loss does not end the iterators, and what was held is left to redelivery', async () => {
  const { device, transport, settled, deliver } = await deviceOf();
  const messages = device.messages();
  const first = messages.next();
  await tick();
  deliver('a', 'held');
  await first;
  transport.lose();
  await once(device, 'connect');
  const second = messages.next();
  await tick();
  deliver('held');
  assert.equal((await second).value.data, 'held');
  // The gateway gives the first again, too: its acknowledgement went with the connection.
  assert.deepEqual(settled, []);
  assert.equal(device.stats().held, 0);
  await device.close();
});

test('when the policy gives up, iterators throw: those that wait and those at work', async () => {
  const { device, transport, deliver } = await deviceOf('never');
  const loss = new errors.NotConnectedError('gone');
  const [waiting, atWork] = [device.messages(), device.messages()];
  const given = atWork.next();
  await tick();
  deliver('a');
  await given;
  const next = waiting.next();
  const failed = assert.rejects(next, loss);
  transport.lose(loss);
  await failed;
  await assert.rejects(atWork.next(), loss);
  assert.deepEqual(await atWork.next(), { done: true, value: undefined });
  assert.equal(transport.count('connect'), 1, 'asking on does not connect');
  await device.close();
});

test('a subscription that is refused makes iterators throw, and needs no error listener', async () => {
  const { device, transport } = await deviceOf();
  transport.enableError = new errors.UnauthorizedError('SUBACK 0x80');
  await assert.rejects(device.messages().next(), transport.enableError);
  const heard = once(device, 'error');
  await assert.rejects(device.messages().next(), transport.enableError);
  assert.deepEqual(await heard, [transport.enableError]);
  await device.close();
});

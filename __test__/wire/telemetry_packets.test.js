'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Message, results } = require('../..');
const { newDevice, onEachBroker } = require('./brokers');
const { newClient, next, openClient } = require('./client');

/** A message with everything a device can set, and what must stand behind the telemetry topic (device-sdk.md §3.5). */
function full() {
  const message = new Message('body');
  message.messageId = 'm 1';
  message.correlationId = 'c/1';
  message.userId = 'ü+ser';
  message.to = '/to&me=';
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.interfaceId = 'urn:azureiot:Security:SecurityAgent:1';
  message.expiryTimeUtc = new Date(Date.UTC(2030, 0, 2, 3, 4, 5));
  message.ack = 'full';
  message.lockToken = 'token';
  message.properties.add('al ert$', 'tr&ue/');
  message.properties.add('k', "A-z_.!~*'()");
  message.properties.add('日本', '🚀');
  message.properties.add('empty', '');
  message.properties.add('number', 1.5);
  message.properties.add('dt-subject', 'thermostat1');
  return message;
}
const FULL_BAG =
  '%24.mid=m%201&%24.cid=c%2F1&%24.uid=%C3%BC%2Bser&%24.to=%2Fto%26me%3D&%24.ct=application%2Fjson&%24.ce=utf-8' +
  '&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1&%24.exp=2030-01-02T03%3A04%3A05.000Z' +
  "&al%20ert%24=tr%26ue%2F&k=A-z_.!~*'()&%E6%97%A5%E6%9C%AC=%F0%9F%9A%80&empty=&number=1.5" +
  '&%24.sub=thermostat1';

const BODIES = [
  ['a text', 'grüße', Buffer.from('grüße')],
  ['a Buffer', Buffer.from([0, 1, 255]), Buffer.from([0, 1, 255])],
  ['a Uint8Array', new Uint8Array([7, 8, 9]), Buffer.from([7, 8, 9])],
  ['part of an ArrayBuffer', new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2), Buffer.from([2, 3])],
  ['an ArrayBuffer', Uint8Array.of(5, 6).buffer, Buffer.from([5, 6])],
  ['an array of bytes', [1, 2, 255], Buffer.from([1, 2, 255])],
  ['an empty text', '', Buffer.alloc(0)],
  ['no data', undefined, Buffer.alloc(0)],
];

onEachBroker((broker) => {
  test('topic and property bag are those of azure-iot-device, byte by byte, at QoS 1', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    await client.sendEvent(full());
    await client.sendEvent(new Message('no properties'));
    await broker.until('both messages arrived', () => device.messages.length === 2);
    const events = `devices/${device.id}/messages/events/`;
    assert.deepEqual(
      device.publishes.map(({ topic, qos, dup }) => ({ topic, qos, dup })),
      [
        { topic: events + FULL_BAG, qos: 1, dup: false },
        { topic: events, qos: 1, dup: false },
      ],
    );
    assert.deepEqual(
      device.messages.map(({ topic, payload }) => [topic, String(payload)]),
      [
        [events + FULL_BAG, 'body'],
        [events, 'no properties'],
      ],
    );
  });

  test('a property name given twice is sent twice, in its place', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const message = new Message('twice');
    for (const [name, value] of Object.entries({ same: 1, other: 2 })) message.properties.add(name, value);
    message.properties.add('same', 3);
    await client.sendEvent(message);
    // Only what is read counts: edgeHub, and the local gateway as it, acknowledges and drops such a message.
    await broker.until('the message was read', () => device.publishes.length === 1);
    assert.equal(device.publishes[0].topic, `devices/${device.id}/messages/events/same=1&other=2&same=3`);
  });

  test('bodies of every kind arrive as the bytes they stand for', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    for (const [, data] of BODIES) await client.sendEvent(new Message(data));
    await broker.until('all bodies arrived', () => device.messages.length === BODIES.length);
    assert.deepEqual(
      device.messages.map(({ payload }, i) => [BODIES[i][0], payload]),
      BODIES.map(([what, , bytes]) => [what, bytes]),
    );
  });

  test('a body may be overwritten as soon as sendEvent has returned', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const data = Buffer.from('as it was');
    const sent = client.sendEvent(new Message(data));
    data.fill('x');
    await sent;
    await broker.until('the message arrived', () => device.messages.length === 1);
    assert.equal(String(device.messages[0].payload), 'as it was');
  });

  test('the callback gets null and MessageEnqueued, the promise the same result', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const outcome = await new Promise((resolve) => {
      assert.equal(
        client.sendEvent(new Message('a'), (...args) => resolve(args)),
        undefined,
      );
    });
    assert.equal(outcome.length, 2);
    assert.equal(outcome[0], null);
    assert.ok(outcome[1] instanceof results.MessageEnqueued);
    assert.equal(outcome[1].constructor.name, 'MessageEnqueued');
    assert.ok((await client.sendEvent(new Message('b'))) instanceof results.MessageEnqueued);
  });

  test('sendEvent connects by itself, and what was sent meanwhile keeps its order', async (t) => {
    const device = newDevice(broker);
    const client = await newClient(t, broker, device);
    const connected = next(client, 'connect');
    await Promise.all(['a', 'b', 'c'].map((text) => client.sendEvent(new Message(text))));
    await connected;
    await broker.until('all arrived', () => device.messages.length === 3);
    assert.equal(device.messages.map(({ payload }) => String(payload)).join(''), 'abc');
    assert.equal(device.connects.length, 1);
  });

  test('the session is persistent, the keep-alive 180 s unless set', async (t) => {
    const first = newDevice(broker);
    const second = newDevice(broker);
    await openClient(t, broker, first);
    await openClient(t, broker, second, { keepalive: 77 });
    await broker.until('both connected', () => first.connects.length + second.connects.length === 2);
    assert.equal(first.connects[0].keepAlive, 180);
    assert.equal(first.connects[0].clean, false);
    assert.equal(second.connects[0].keepAlive, 77);
  });

  test('a message of 255 KiB passes; a larger one is refused, and the connection lives on', async (t) => {
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    await client.sendEvent(new Message(Buffer.alloc(255 * 1024, 1)));
    await assert.rejects(client.sendEvent(new Message(Buffer.alloc(255 * 1024 + 1))), {
      name: 'MessageTooLargeError',
      code: 'ERR_IOT_MESSAGE_TOO_LARGE',
      delivery: 'not sent',
      size: 261_121,
      limit: 261_120,
    });
    const withProperty = new Message(Buffer.alloc(255 * 1024 - 3));
    withProperty.properties.add('ab', 'c');
    await assert.rejects(client.sendEvent(withProperty), { name: 'MessageTooLargeError', size: 261_121 });
    await client.sendEvent(new Message('after'));
    await broker.until('both that fit arrived', () => device.messages.length === 2);
    assert.deepEqual(
      device.messages.map(({ payload }) => payload.length),
      [261_120, 5],
    );
    assert.equal(device.connects.length, 1);
  });
});

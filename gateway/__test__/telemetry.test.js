// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const { PINGREQ, PINGRESP, RawDevice, gatewayFor, publishPacket } = require('./raw-device');

const EVENTS = 'devices/d1/messages/events/';

/**
 * Publishes at QoS 1 and awaits the PUBACK.
 * @param {RawDevice} device
 * @param {string} topic
 * @param {Parameters<typeof publishPacket>[1]} [changes]
 */
async function acknowledged(device, topic, changes) {
  device.send(publishPacket(topic, { messageId: 0x1234, ...changes }));
  assert.strictEqual(await device.bytes(4), '40021234', topic);
}

test('P1 telemetry at QoS 1 is stored, then PUBACK; QoS 0 is stored', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  const before = Date.now();
  await acknowledged(device, `${EVENTS}%24.mid=m%201&%24.ct=application%2Fjson&%24.ce=utf-8&a%26b=c%3Dd&e=`, {
    payload: '{"t":21}',
  });
  device.send(publishPacket(EVENTS, { qos: 0, payload: Buffer.from([0, 255]) }), PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  const [first, second] = await gateway.waitForMessages(2);
  const { receivedAt, ...rest } = first;
  assert.deepStrictEqual(rest, {
    deviceId: 'd1',
    moduleId: undefined,
    clientId: 'd1',
    properties: { 'a&b': 'c=d', e: '' },
    systemProperties: { messageId: 'm 1', contentType: 'application/json', contentEncoding: 'utf-8' },
    body: Buffer.from('{"t":21}'),
    qos: 1,
  });
  assert.ok(receivedAt.getTime() >= before && receivedAt.getTime() <= Date.now());
  assert.deepStrictEqual(second.body, Buffer.from([0, 255]));
  assert.strictEqual(second.qos, 0);
  assert.deepStrictEqual(gateway.counts, { received: 2, dropped: 0, connections: 1 });
  device.vanish();
});

test('P1 system properties by their wire names, the model id from the username', async (t) => {
  const gateway = await gatewayFor(t);
  const username = `${gateway.hubHostName}/d1/?api-version=2021-04-12&model-id=dtmi:a:b;1`;
  const device = await RawDevice.connected(gateway, { username });
  const bag = 'mid cid uid ct ce to ctime schema sub ifid on exp'
    .split(' ')
    .map((name) => `%24.${name}=${name}`);
  await acknowledged(device, `${EVENTS}${bag.join('&')}&ack=full&iothub-operation=op`);
  const [{ systemProperties, properties }] = await gateway.waitForMessages(1);
  assert.deepStrictEqual(systemProperties, {
    messageId: 'mid',
    correlationId: 'cid',
    userId: 'uid',
    contentType: 'ct',
    contentEncoding: 'ce',
    to: 'to',
    creationTime: 'ctime',
    schema: 'schema',
    subject: 'sub',
    interfaceId: 'ifid',
    outputName: 'on',
    expiryTime: 'exp',
    ack: 'full',
    operation: 'op',
    modelId: 'dtmi:a:b;1',
  });
  assert.deepStrictEqual(properties, {});
  device.vanish();
});

test('P1 topics: all eight templates, prefix junk, another device’s id', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  const topics = {
    'devices/d1/messages/events': ['d1', undefined, {}],
    'devices/d1/messages/events/': ['d1', undefined, {}],
    'devices/d1/messages/events/a=b': ['d1', undefined, { a: 'b' }],
    'devices/d1/messages/events/a=b/': ['d1', undefined, { a: 'b' }],
    'devices/d1/modules/m/messages/events': ['d1', 'm', {}],
    'devices/d1/modules/m/messages/events/': ['d1', 'm', {}],
    'devices/d1/modules/m/messages/events/a=b': ['d1', 'm', { a: 'b' }],
    'devices/d1/modules/m/messages/events/a=b/': ['d1', 'm', { a: 'b' }],
    'foo/devices/d1/messages/events/': ['d1', undefined, {}],
    'devices/d2/messages/events/': ['d2', undefined, {}],
    'devices/d%31/messages/events/': ['d%31', undefined, {}],
    '#devices/d1/messages/events/': ['d1', undefined, {}],
  };
  for (const [topic, expected] of Object.entries(topics)) {
    await acknowledged(device, topic);
    const [{ deviceId, moduleId, properties }] = await gateway.waitForMessages(1);
    assert.deepStrictEqual([deviceId, moduleId, properties], expected, topic);
  }
  device.vanish();
});

test('P1 property bag: +, stripped ?, names of ids, invalid escapes', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  const bags = {
    '?a=b': ['d1', { a: 'b' }],
    'a=b%2Bc%20d': ['d1', { a: 'b+c d' }],
    'a=%3Fb?': ['d1', { a: '?b' }],
    'a=b%2': ['d1', { a: 'b%2' }],
    'a=%C3%A4%zz': ['d1', { a: 'ä%zz' }],
    'flag&x=1': ['d1', { flag: '', x: '1' }],
    'deviceId=other&x=1': ['other', { x: '1' }],
    'DeviceId=other': ['d1', { DeviceId: 'other' }],
    '__proto__=x': ['d1', JSON.parse('{"__proto__":"x"}')],
  };
  for (const [bag, expected] of Object.entries(bags)) {
    await acknowledged(device, EVENTS + bag);
    const [{ deviceId, properties }] = await gateway.waitForMessages(1);
    assert.deepStrictEqual([deviceId, properties], expected, bag);
  }
  device.vanish();
});

test('P1 DUP and RETAIN become properties', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  await acknowledged(device, `${EVENTS}a=b`, { dup: true, retain: true });
  const [{ properties }] = await gateway.waitForMessages(1);
  assert.deepStrictEqual(properties, { a: 'b', 'mqtt-dup': 'true', 'mqtt-retain': 'true' });
  device.vanish();
});

test('P1 PUBACKs leave in order, those of one read in one write', async (t) => {
  const gateway = await gatewayFor(t, { keep: 300 });
  const device = await RawDevice.connected(gateway);
  const ids = Array.from({ length: 300 }, (_, i) => i + 1);
  device.send(...ids.map((messageId) => publishPacket(EVENTS, { messageId, payload: String(messageId) })));
  const expected = ids.map((id) => `4002${id.toString(16).padStart(4, '0')}`).join('');
  assert.strictEqual(await device.bytes(4 * ids.length), expected);
  const messages = await gateway.waitForMessages(300);
  assert.deepStrictEqual(
    messages.map(({ body }) => Number(body.toString())),
    ids,
  );
  device.vanish();
});

test('P2 QoS 2 is stored, then the connection is closed; strict: closed before', async (t) => {
  for (const strict of [false, true]) {
    const gateway = await gatewayFor(t, { strict });
    const device = await RawDevice.connected(gateway);
    device.send(publishPacket(EVENTS, { qos: 2 }));
    assert.strictEqual(await device.rest(), '');
    assert.strictEqual(await device.end, 'FIN');
    assert.strictEqual(gateway.counts.received, strict ? 0 : 1);
  }
});

test('P3 unmatched topic, bad bag, equal names, no route: PUBACK and silently dropped', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  const reasons = {
    'foo/bar': "topic 'foo/bar' matches no template",
    'devices/d1/messages/event/': "topic 'devices/d1/messages/event/' matches no template",
    [`${EVENTS}a=b/c=d`]: `topic '${EVENTS}a=b/c=d' matches no template`,
    [`${EVENTS}a=b=c`]: "property bag 'a=b=c' does not parse at 'a=b=c'",
    [`${EVENTS}=b`]: "property bag '=b' does not parse at '=b'",
    [`${EVENTS}a=b&&c=d`]: "property bag 'a=b&&c=d' does not parse at ''",
    [`${EVENTS}&a=b`]: "property bag '&a=b' does not parse at ''",
    [`${EVENTS}a=b&`]: "property bag 'a=b&' does not parse at ''",
    [`${EVENTS}a=b&A=c`]: "property 'A' occurs twice, letter case aside",
  };
  for (const topic of Object.keys(reasons)) await acknowledged(device, topic);
  assert.deepStrictEqual(
    gateway.dropped.map(({ reason }) => reason),
    Object.values(reasons),
  );
  gateway.route = false;
  await acknowledged(device, EVENTS, { payload: 'four' });
  const { receivedAt, ...last } = gateway.dropped[gateway.dropped.length - 1];
  assert.ok(receivedAt instanceof Date);
  assert.deepStrictEqual(last, { clientId: 'd1', topic: EVENTS, size: 4, reason: 'no route' });
  gateway.route = true;
  await acknowledged(device, EVENTS);
  assert.deepStrictEqual(gateway.counts, { received: 1, dropped: 10, connections: 1 });
  device.vanish();
});

test('P3 size in band: stored up to 262 043 bytes for d1, dropped up to the packet limit', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  await acknowledged(device, EVENTS, { payload: Buffer.alloc(262043) });
  assert.strictEqual(gateway.counts.received, 1);
  await acknowledged(device, EVENTS, { payload: Buffer.alloc(262044) });
  assert.strictEqual(gateway.counts.received, 1);
  assert.match(gateway.dropped[0].reason, /^message of 262145 bytes is over the limit of 262144$/);
  // The largest packet: fixed header 4, topic 2 + 27, packet id 2.
  const largest = publishPacket(EVENTS, { payload: Buffer.alloc(262144 - 4 - 2 - EVENTS.length - 2) });
  assert.strictEqual(largest.length, 262144);
  device.send(largest);
  assert.strictEqual(await device.bytes(4), '40020001');
  assert.strictEqual(gateway.counts.dropped, 2);
  device.send(publishPacket(EVENTS, { payload: Buffer.alloc(262144 - 4 - 2 - EVENTS.length - 1) }));
  assert.strictEqual(await device.rest(), '');
});

test('P3 the list of dropped messages is bounded', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  device.send(...Array.from({ length: 150 }, (_, i) => publishPacket(`t/${i}`, { messageId: i + 1 })));
  await device.bytes(600);
  assert.strictEqual(gateway.dropped.length, 100);
  assert.match(gateway.dropped[0].reason, /'t\/50'/);
  assert.strictEqual(gateway.counts.dropped, 150);
  device.vanish();
});

test('P10 strict: a will to another device’s topic is nobody’s', async (t) => {
  const will = { payload: Buffer.from('x'), qos: /** @type {const} */ (0), retain: false };
  for (const [strict, received] of /** @type {const} */ ([
    [false, ['d2', 'd1']],
    [true, ['d1']],
  ])) {
    const gateway = await gatewayFor(t, { strict });
    for (const topic of ['devices/d2/messages/events/', EVENTS]) {
      const device = await RawDevice.connected(gateway, { will: { ...will, topic } });
      const gone = once(gateway, 'disconnected');
      device.vanish();
      await gone;
    }
    assert.deepStrictEqual(
      gateway.received.map(({ deviceId }) => deviceId),
      received,
    );
  }
});

test('P1, P3 strict: an unknown topic and another device’s topic close the connection', async (t) => {
  const gateway = await gatewayFor(t, { strict: true });
  for (const topic of ['foo/bar', 'devices/d2/messages/events/']) {
    const device = await RawDevice.connected(gateway);
    await acknowledged(device, EVENTS);
    device.send(publishPacket(topic));
    assert.strictEqual(await device.rest(), '', topic);
  }
  assert.strictEqual(gateway.counts.received, 2);
});

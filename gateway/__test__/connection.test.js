// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const {
  ACCEPTED,
  DISCONNECT,
  PINGREQ,
  PINGRESP,
  RESUMED,
  RawDevice,
  connectPacket,
  gatewayFor,
  publishPacket,
  subscribePacket,
} = require('./raw-device');

const EVENTS = 'devices/d1/messages/events/';
const C2D = 'devices/d1/messages/devicebound/#';

test('C1 MQTT of another level → CONNACK 1, close', async (t) => {
  const gateway = await gatewayFor(t);
  for (const level of ['03', '05', '06', '00']) {
    const device = await RawDevice.open(gateway);
    device.send(`100d00044d515454${level}02003c0001` + '41');
    assert.strictEqual(await device.rest(), '20020001', `level ${level}`);
    assert.strictEqual(await device.end, 'FIN');
  }
});

test('C2 bytes that are no CONNECT → close without an answer', async (t) => {
  const gateway = await gatewayFor(t);
  const cases = {
    'protocol name MQIsdp': '100f00064d51497364700302003c000141',
    'PINGREQ first': PINGREQ,
    'PUBLISH first': publishPacket(EVENTS),
    'packet type 0': '0000',
    'reserved connect flag': '100d00044d5154540403003c000141',
    'password without username': '101000044d5154540442003c00014100' + '0161',
    'will QoS 3': '101000044d515454041e003c00014100' + '0161',
    truncated: '100800044d5154540402',
    'empty CONNECT': '1000',
    'wrong flags of the first byte': '110d00044d5154540402003c000141',
    'a byte behind the last field': '100e00044d5154540402003c000141' + '00',
    'a field that ends behind the packet': '100d00044d5154540402003c000241',
    'will QoS without a will': '100d00044d515454040a003c000141',
    'a first byte of SUBSCRIBE': '820d00044d5154540402003c000141',
    'remaining length of five bytes': '10ffffffff01',
  };
  for (const [name, bytes] of Object.entries(cases)) {
    const device = await RawDevice.open(gateway);
    device.send(bytes);
    assert.strictEqual(await device.rest(), '', name);
    assert.strictEqual(await device.end, 'FIN', name);
  }
});

test('C2 a second CONNECT → close', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  device.send(connectPacket(gateway));
  assert.strictEqual(await device.rest(), '');
});

test('C8 a session of clean=0 comes back with its subscriptions; clean=1 deletes it', async (t) => {
  const gateway = await gatewayFor(t);
  const connect = async (/** @type {boolean} */ clean) => {
    const device = await RawDevice.open(gateway);
    device.send(connectPacket(gateway, { clean }));
    const connack = await device.bytes(4);
    return { device, connack };
  };
  // Nothing is stored before the first SUBSCRIBE.
  (await connect(false)).device.vanish();
  const first = await connect(false);
  assert.strictEqual(first.connack, ACCEPTED);
  first.device.send(subscribePacket(C2D));
  assert.strictEqual(await first.device.bytes(5), '9003000101');
  first.device.vanish();

  const second = await connect(false);
  assert.strictEqual(second.connack, RESUMED);
  gateway.sendC2D('d1', 'still subscribed');
  const packet = await second.device.packet();
  assert.strictEqual(packet.cmd === 'publish' && packet.payload.toString(), 'still subscribed');

  const third = await connect(true);
  assert.strictEqual(third.connack, ACCEPTED);
  const fourth = await connect(false);
  assert.strictEqual(fourth.connack, ACCEPTED);
  fourth.device.vanish();
});

test('C9 the same id connects again: CONNACK 0 for the new, then the old is closed without its will', async (t) => {
  const gateway = await gatewayFor(t);
  const will = { topic: EVENTS, payload: Buffer.from('lost'), qos: /** @type {const} */ (1), retain: false };
  const older = await RawDevice.connected(gateway, { will });
  const newer = await RawDevice.connected(gateway);
  assert.strictEqual(await older.rest(), '');
  assert.strictEqual(await older.end, 'FIN');
  newer.send(PINGREQ);
  assert.strictEqual(await newer.bytes(2), PINGRESP);
  assert.strictEqual(gateway.counts.received, 0);
  assert.deepStrictEqual(
    gateway.connections().map(({ connectionNumber }) => connectionNumber),
    [2],
  );
  newer.vanish();
});

test('C10 a client over the limit is acknowledged and never served', async (t) => {
  const gateway = await gatewayFor(t, { limits: { maxClients: 1 } });
  const served = await RawDevice.connected(gateway);
  const dead = await RawDevice.connected(gateway, { deviceId: 'd2' });
  dead.send(subscribePacket('devices/d2/messages/devicebound/#'));
  assert.strictEqual(await dead.bytes(5), '9003000101');
  dead.send(publishPacket('devices/d2/messages/events/', { messageId: 7 }));
  assert.strictEqual(await dead.bytes(4), '40020007');
  const message = gateway.sendC2D('d2', 'never');
  dead.send(PINGREQ);
  assert.strictEqual(await dead.bytes(2), PINGRESP);
  assert.strictEqual(message.status, 'pending');
  // The served client may still be replaced by its like.
  const again = await RawDevice.connected(gateway);
  assert.strictEqual(await served.rest(), '');
  again.vanish();
  dead.vanish();
});

test('C10 an id that was seen since the start is served, however many are connected', async (t) => {
  const gateway = await gatewayFor(t, { limits: { maxClients: 1 } });
  const c2d = async (/** @type {string} */ deviceId) => {
    const device = await RawDevice.connected(gateway, { deviceId });
    device.send(subscribePacket(`devices/${deviceId}/messages/devicebound/#`, { qos: 0 }));
    assert.strictEqual(await device.bytes(5), '9003000100');
    return { device, status: gateway.sendC2D(deviceId, 'x').status };
  };
  const first = await c2d('d1');
  assert.strictEqual(first.status, 'completed');
  const gone = once(gateway, 'disconnected');
  first.device.vanish();
  await gone;
  const second = await c2d('d2');
  assert.strictEqual(second.status, 'completed');
  const again = await c2d('d1');
  assert.strictEqual(again.status, 'completed');
  await gateway.restart();
  const anew = await c2d('d2');
  const stranger = await c2d('d1');
  assert.deepStrictEqual([anew.status, stranger.status], ['completed', 'pending']);
  [anew, stranger].forEach(({ device }) => device.vanish());
});

test('C11 packets sent behind CONNECT are processed after CONNACK', async (t) => {
  const gateway = await gatewayFor(t, { faults: { connack: { delayMs: 20 } } });
  const device = await RawDevice.open(gateway);
  device.send(
    connectPacket(gateway),
    subscribePacket(C2D, { messageId: 2 }),
    publishPacket(EVENTS, { messageId: 3 }),
    PINGREQ,
  );
  assert.strictEqual(await device.bytes(4 + 5 + 4 + 2), ACCEPTED + '9003000201' + '40020003' + PINGRESP);
  device.vanish();
});

test('C11 packets behind a refused CONNECT are not processed', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.open(gateway);
  device.send(connectPacket(gateway, { clientId: 'other' }), publishPacket(EVENTS));
  assert.strictEqual(await device.rest(), '20020005');
  assert.strictEqual(gateway.counts.received, 0);
});

test('K1 silence for 1.5 keep-alive periods → close and will', async (t) => {
  const gateway = await gatewayFor(t);
  const will = { topic: EVENTS, payload: Buffer.from('gone'), qos: /** @type {const} */ (0), retain: true };
  const disconnected = once(gateway, 'disconnected');
  const device = await RawDevice.connected(gateway, { keepalive: 1, will });
  const [{ reason }] = await disconnected;
  assert.strictEqual(reason, 'keep-alive: silent for 1500 ms');
  assert.strictEqual(await device.rest(), '');
  const [message] = await gateway.waitForMessages(1);
  assert.strictEqual(message.body.toString(), 'gone');
  assert.deepStrictEqual(message.properties, { 'mqtt-retain': 'true', MessageType: 'Will' });
});

test('K1 keep-alive 0 and long ones are capped', async (t) => {
  const gateway = await gatewayFor(t, { limits: { maxKeepAliveMs: 60 } });
  for (const keepalive of [0, 65535]) {
    const disconnected = once(gateway, 'disconnected');
    const device = await RawDevice.connected(gateway, { keepalive });
    const [{ reason }] = await disconnected;
    assert.strictEqual(reason, 'keep-alive: silent for 60 ms');
    assert.strictEqual(await device.rest(), '');
  }
});

test('K1 any packet from the client counts as life, and any message to it', async (t) => {
  const gateway = await gatewayFor(t, { limits: { maxKeepAliveMs: 400 } });
  const signs = {
    'a packet': async (/** @type {RawDevice} */ device) => {
      const stored = once(gateway, 'telemetry');
      device.send(publishPacket(EVENTS, { qos: 0 }));
      await Promise.race([stored, device.end]);
    },
    'a message': async (/** @type {RawDevice} */ device) => {
      gateway.publish('d1', 'a', 'b', { qos: 0 });
      assert.strictEqual(await device.bytes(6), '300400016162');
    },
  };
  for (const [name, giveSign] of Object.entries(signs)) {
    const living = await RawDevice.connected(gateway, { keepalive: 0 });
    // Later, so that without signs of life it would be closed later.
    const silent = await RawDevice.connected(gateway, { keepalive: 0, deviceId: 'd2' });
    let silence = false;
    const disconnected = once(gateway, 'disconnected').finally(() => (silence = true));
    while (!silence) await giveSign(living);
    assert.strictEqual((await disconnected)[0].clientId, 'd2', name);
    assert.strictEqual(await silent.rest(), '');
    await giveSign(living);
    living.vanish();
    await once(gateway, 'disconnected');
  }
});

test('K2 PINGREQ is answered at once, ahead of a publish that waits for its PUBACK', async (t) => {
  const gateway = await gatewayFor(t, { faults: { publish: { delayMs: 50 } } });
  const device = await RawDevice.connected(gateway);
  device.send(publishPacket(EVENTS, { messageId: 9 }), PINGREQ);
  assert.strictEqual(await device.bytes(6), PINGRESP + '40020009');
  device.vanish();
});

test('P4 a packet over 262 144 bytes → close without PUBACK, before it is complete', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  device.send('32fdff0f'); // 4 + 262 141 bytes
  assert.strictEqual(await device.rest(), '');
  assert.strictEqual(gateway.counts.received, 0);
});

test('P9 DISCONNECT: queued publishes are stored and not acknowledged, no will', async (t) => {
  const gateway = await gatewayFor(t, { faults: { publish: { delayMs: 60000 } } });
  const will = { topic: EVENTS, payload: Buffer.from('will'), qos: /** @type {const} */ (0), retain: false };
  const device = await RawDevice.connected(gateway, { will });
  device.send(
    publishPacket(EVENTS, { messageId: 1, payload: 'a' }),
    publishPacket(EVENTS, { messageId: 2, payload: 'b' }),
    DISCONNECT,
  );
  assert.strictEqual(await device.rest(), '');
  assert.strictEqual(await device.end, 'FIN');
  assert.deepStrictEqual(
    gateway.received.map(({ body }) => body.toString()),
    ['a', 'b'],
  );
});

test('P10 a lost TCP connection sends the will with MessageType=Will', async (t) => {
  const gateway = await gatewayFor(t);
  const topic = 'devices/d1/messages/events/k=v';
  const will = { topic, payload: Buffer.from('lost'), qos: /** @type {const} */ (1), retain: false };
  const device = await RawDevice.connected(gateway, { will });
  device.vanish();
  const [message] = await gateway.waitForMessages(1);
  assert.strictEqual(message.deviceId, 'd1');
  assert.strictEqual(message.body.toString(), 'lost');
  assert.deepStrictEqual(message.properties, { k: 'v', MessageType: 'Will' });
});

test('P10 a will that is no telemetry has no effect', async (t) => {
  const gateway = await gatewayFor(t);
  const will = {
    topic: 'last/words',
    payload: Buffer.from('x'),
    qos: /** @type {const} */ (0),
    retain: false,
  };
  const device = await RawDevice.connected(gateway, { will });
  const dropped = once(gateway, 'dropped');
  device.vanish();
  const [{ reason }] = await dropped;
  assert.strictEqual(reason, "topic 'last/words' matches no template");
});

test('P11 packets that a client must not send → close', async (t) => {
  const gateway = await gatewayFor(t);
  const cases = {
    PUBREL: '62020001',
    CONNACK: ACCEPTED,
    SUBACK: '9003000101',
    PINGRESP,
    'packet type 15': 'f000',
    'SUBSCRIBE without filters': '82020001',
    'SUBSCRIBE with an invalid filter': subscribePacketOf('a/#/b'),
    'SUBSCRIBE with packet id 0': '82060000000161' + '01',
    'SUBSCRIBE with wrong flags': '80060001000161' + '01',
    'SUBSCRIBE at QoS 3': '82060001000161' + '03',
    'UNSUBSCRIBE with wrong flags': 'a0050001000161',
    'UNSUBSCRIBE with packet id 0': 'a2050000000161',
    'UNSUBSCRIBE without filters': 'a2020001',
    'PUBLISH with QoS 3': '3605000161' + '0001',
    'PUBLISH with packet id 0': '32050001610000',
    'PUBLISH to an empty topic': '320400000001',
    'PUBLISH to a wildcard': '3205000361' + '2f23',
    'PUBLISH shorter than its topic': '3003000561',
  };
  for (const [name, bytes] of Object.entries(cases)) {
    const device = await RawDevice.connected(gateway);
    device.send(bytes);
    assert.strictEqual(await device.rest(), '', name);
    assert.strictEqual(await device.end, 'FIN', name);
  }
  assert.strictEqual(gateway.counts.received + gateway.counts.dropped, 0);
});

/**
 * A SUBSCRIBE that no library would build.
 * @param {string} filter
 */
function subscribePacketOf(filter) {
  const length = Buffer.from([0, filter.length]);
  const body = Buffer.concat([Buffer.from([0, 1]), length, Buffer.from(filter), Buffer.from([1])]);
  return Buffer.concat([Buffer.from([0x82, body.length]), body]);
}

test('P11 an unexpected PUBACK is ignored, and any PUBREC and PUBCOMP', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  device.send('40020001', '40020007', '50020001', '70020001', PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  device.vanish();
});

test('C2 wrong flags, a body too many, another length, packet id 0 → close with the will', async (t) => {
  const gateway = await gatewayFor(t);
  const cases = {
    'PINGREQ with flags': 'c100',
    'PINGREQ with a body': 'c00100',
    'DISCONNECT with flags': 'e100',
    'DISCONNECT with a body': 'e00100',
    'PUBACK with flags': '41020001',
    'PUBACK of one byte': '400101',
    'PUBACK of three bytes': '4003000100',
    'PUBACK with packet id 0': '40020000',
    'PUBREC with flags': '52020001',
    'PUBREC of three bytes': '5003000100',
    'PUBREC with packet id 0': '50020000',
    'PUBCOMP of one byte': '700100',
    'PUBCOMP with packet id 0': '70020000',
  };
  for (const [name, bytes] of Object.entries(cases)) {
    const will = { topic: EVENTS, payload: Buffer.from(name), qos: /** @type {const} */ (0), retain: false };
    const device = await RawDevice.connected(gateway, { will });
    device.send(bytes, PINGREQ);
    assert.strictEqual(await device.rest(), '', name);
    assert.strictEqual(await device.end, 'FIN', name);
    const [{ body, properties }] = await gateway.waitForMessages(1);
    assert.deepStrictEqual([body.toString(), properties.MessageType], [name, 'Will']);
  }
});

test('P12 behind too many queued publishes nothing is read, PINGREQ included', async (t) => {
  const gateway = await gatewayFor(t, {
    limits: { maxPendingPublishes: 3 },
    faults: { publish: (n) => (n === 1 ? { delayMs: 30 } : undefined) },
  });
  const device = await RawDevice.connected(gateway);
  const publishes = [1, 2, 3, 4, 5, 6].map((messageId) => publishPacket(EVENTS, { messageId }));
  device.send(...publishes, PINGREQ);
  const pubacks = [1, 2, 3, 4, 5, 6].map((id) => `4002000${id}`).join('');
  assert.strictEqual(await device.bytes(26), pubacks + PINGRESP);
  device.vanish();
});

test('the input may come byte by byte', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.open(gateway);
  for (const octet of Buffer.concat([connectPacket(gateway), publishPacket(EVENTS, { messageId: 5 })])) {
    device.send(Buffer.from([octet]));
  }
  assert.strictEqual(await device.bytes(8), ACCEPTED + '40020005');
  device.vanish();
});

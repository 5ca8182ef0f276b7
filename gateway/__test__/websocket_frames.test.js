// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const {
  ACCEPTED,
  PINGREQ,
  PINGRESP,
  RawDevice,
  connectPacket,
  gatewayFor,
  publishPacket,
  subscribePacket,
} = require('./raw-device');
const { CLOSED, OBJECTED, OPCODE, RawWebSocket, frame } = require('./raw_web_socket');

const EVENTS = 'devices/d1/messages/events/';
const C2D = 'devices/d1/messages/devicebound/#';
const will = { topic: EVENTS, payload: Buffer.from('lost'), qos: /** @type {const} */ (1), retain: false };

/** @param {import('..').Gateway} gateway */
const bodies = (gateway) => gateway.received.map(({ body }) => body.toString());

test('frames and packets need not match: fragments, several packets, byte by byte', async (t) => {
  const gateway = await gatewayFor(t);
  const socket = await RawWebSocket.open(gateway);
  const connect = connectPacket(gateway);
  // A packet over two messages, then over the fragments of one, with a ping between them.
  socket.send(connect.subarray(0, 5));
  socket.device.send(
    frame(connect.subarray(5, 20), { fin: false }),
    frame(Buffer.from('between'), { opcode: OPCODE.PING }),
    frame(connect.subarray(20), { opcode: OPCODE.CONTINUATION }),
  );
  assert.deepStrictEqual(await socket.frame(), {
    opcode: OPCODE.PONG,
    payload: Buffer.from('between').toString('hex'),
  });
  assert.strictEqual(await socket.bytes(4), ACCEPTED);
  socket.send(
    publishPacket(EVENTS, { messageId: 1, payload: 'a' }),
    publishPacket(EVENTS, { messageId: 2, payload: 'b' }),
    PINGREQ,
  );
  assert.strictEqual(await socket.bytes(10), `4002000140020002${PINGRESP}`);
  for (const octet of publishPacket(EVENTS, { messageId: 3, payload: 'c' }))
    socket.send(Buffer.from([octet]));
  assert.strictEqual(await socket.bytes(4), '40020003');
  for (const octet of frame(publishPacket(EVENTS, { messageId: 4, payload: 'd' }))) {
    socket.device.send(Buffer.from([octet]));
  }
  assert.strictEqual(await socket.bytes(4), '40020004');
  socket.send();
  socket.send(PINGREQ);
  assert.strictEqual(await socket.bytes(2), PINGRESP);
  assert.deepStrictEqual(bodies(gateway), ['a', 'b', 'c', 'd']);
  socket.vanish();
});

test('C11 frames sent right behind the upgrade are processed', async (t) => {
  const gateway = await gatewayFor(t);
  const behind = frame(Buffer.concat([connectPacket(gateway), publishPacket(EVENTS, { messageId: 2 })]));
  const socket = await RawWebSocket.open(gateway, {}, behind);
  assert.strictEqual(await socket.bytes(8), `${ACCEPTED}40020002`);
  socket.vanish();
});

test('big frames both ways, with lengths of 7, 16 and 64 bits', async (t) => {
  const gateway = await gatewayFor(t);
  const socket = await RawWebSocket.connected(gateway);
  socket.send(subscribePacket(C2D));
  assert.strictEqual(await socket.bytes(5), '9003000101');
  for (const size of [10, 200, 65500, 260000]) {
    const body = Buffer.alloc(size, 'abc');
    socket.send(publishPacket(EVENTS, { messageId: 9, payload: body }));
    assert.strictEqual(await socket.bytes(4), '40020009');
    const [message] = await gateway.waitForMessages(1);
    assert.ok(message.body.equals(body));
    const sent = gateway.sendC2D('d1', body);
    const { payload } = await socket.frame();
    assert.ok(payload.endsWith(body.toString('hex')));
    socket.send('40020001');
    assert.strictEqual(await sent.settled, 'completed');
  }
  // Far over what a packet may be: a frame may hold many.
  const many = Array.from({ length: 5 }, (_, i) =>
    publishPacket(EVENTS, { messageId: i + 1, payload: Buffer.alloc(200000, String(i)) }),
  );
  socket.send(...many);
  assert.strictEqual(await socket.bytes(20), '4002000140020002400200034002000440020005');
  socket.vanish();
});

test('frames that must not be → close: 1000 for text, 1002 for what breaks the framing', async (t) => {
  const gateway = await gatewayFor(t);
  const cases = /** @type {const} */ ({
    text: [frame(Buffer.from(PINGREQ, 'hex'), { opcode: OPCODE.TEXT }), CLOSED],
    'text, and binary behind it': [
      Buffer.concat([frame(Buffer.from('a'), { opcode: OPCODE.TEXT }), frame(publishPacket(EVENTS))]),
      CLOSED,
    ],
    unmasked: [frame(Buffer.from(PINGREQ, 'hex'), { masked: false }), OBJECTED],
    'reserved opcode': [frame(Buffer.from(PINGREQ, 'hex'), { opcode: 3 }), OBJECTED],
    'continuation of nothing': [
      frame(Buffer.from(PINGREQ, 'hex'), { opcode: OPCODE.CONTINUATION }),
      OBJECTED,
    ],
    'a message within another': [
      Buffer.concat([frame(Buffer.alloc(0), { fin: false }), frame(Buffer.alloc(0))]),
      OBJECTED,
    ],
    'a reserved bit': [Buffer.from('c28000000000', 'hex'), OBJECTED],
    'a length of 64 bits': [Buffer.from('82ffffffffffffffffff00000000', 'hex'), OBJECTED],
    'a long ping': [frame(Buffer.alloc(126), { opcode: OPCODE.PING }), OBJECTED],
    'half a ping': [frame(Buffer.alloc(0), { opcode: OPCODE.PING, fin: false }), OBJECTED],
    'half a code': [frame(Buffer.from([3]), { opcode: OPCODE.CLOSE }), OBJECTED],
    'a code that is never sent': [frame(Buffer.from('03ed', 'hex'), { opcode: OPCODE.CLOSE }), OBJECTED],
  });
  for (const [name, [bytes, answer]] of Object.entries(cases)) {
    const socket = await RawWebSocket.connected(gateway, { will });
    // What came before it is still answered.
    socket.device.send(frame(publishPacket(EVENTS, { messageId: 6 })), bytes);
    assert.strictEqual(await socket.rest(), `820440020006${answer}`, name);
    assert.strictEqual(await socket.end, 'FIN', name);
    const messages = await gateway.waitForMessages(2);
    assert.strictEqual(messages[1].properties.MessageType, 'Will');
  }
});

test('a frame is taken piece by piece: what is in it counts before it is whole', async (t) => {
  const gateway = await gatewayFor(t);
  const socket = await RawWebSocket.connected(gateway);
  const header = Buffer.from('82ff0000010000000000' + '00000000', 'hex');
  socket.device.send(header, publishPacket(EVENTS, { messageId: 6 }));
  assert.strictEqual(await socket.bytes(4), '40020006');
  socket.vanish();
});

test('a protocol error of MQTT ends a WebSocket, too', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await RawWebSocket.open(gateway);
  first.send(PINGREQ);
  assert.strictEqual(await first.rest(), CLOSED);
  const later = await RawWebSocket.connected(gateway);
  later.send('62020001');
  assert.strictEqual(await later.rest(), CLOSED);
  const level = await RawWebSocket.open(gateway);
  level.send('100d00044d515454050000' + '3c000141');
  assert.strictEqual(await level.rest(), `820420020001${CLOSED}`);
});

test('K1 a ping of WebSocket is answered and does not count as life', async (t) => {
  const gateway = await gatewayFor(t, { limits: { maxKeepAliveMs: 200 } });
  const socket = await RawWebSocket.connected(gateway);
  const disconnected = once(gateway, 'disconnected');
  const ping = () => socket.device.send(frame(Buffer.alloc(0), { opcode: OPCODE.PING }));
  ping();
  assert.deepStrictEqual(await socket.frame(), { opcode: OPCODE.PONG, payload: '' });
  const timer = setInterval(ping, 20);
  const [{ reason }] = await disconnected;
  clearInterval(timer);
  assert.strictEqual(reason, 'keep-alive: silent for 200 ms');
  assert.match(await socket.rest(), new RegExp(`^(8a00)*${CLOSED}$`));
});

test('P12 behind too many queued publishes nothing is read, pings of WebSocket included', async (t) => {
  const gateway = await gatewayFor(t, {
    limits: { maxPendingPublishes: 3 },
    faults: { publish: (n) => (n === 1 ? { delayMs: 50 } : undefined) },
  });
  const socket = await RawWebSocket.connected(gateway);
  const ids = [1, 2, 3, 4, 5, 6];
  socket.send(...ids.map((messageId) => publishPacket(EVENTS, { messageId })), PINGREQ);
  // Once this device is answered, the first segment of the other has been taken in.
  const other = await RawWebSocket.connected(gateway, { deviceId: 'd2' });
  socket.device.send(frame(Buffer.alloc(0), { opcode: OPCODE.PING }));
  assert.strictEqual(await socket.bytes(26), ids.map((id) => `4002000${id}`).join('') + PINGRESP);
  assert.deepStrictEqual(await socket.frame(), { opcode: OPCODE.PONG, payload: '' });
  socket.vanish();
  other.vanish();
});

test('a client that does not read is not read from, until it does', async (t) => {
  const gateway = await gatewayFor(t, { keep: 0 });
  const socket = await RawWebSocket.connected(gateway);
  socket.send(subscribePacket(C2D, { qos: 0 }));
  assert.strictEqual(await socket.bytes(5), '9003000100');
  socket.device.secure.pause();
  const body = Buffer.alloc(250000, 'x');
  const COUNT = 80;
  for (let i = 0; i < COUNT; i++) gateway.sendC2D('d1', body);
  const other = await RawDevice.connected(gateway, { deviceId: 'd2' });
  socket.send(publishPacket(EVENTS, { messageId: 5 }));
  other.send(PINGREQ);
  assert.strictEqual(await other.bytes(2), PINGRESP);
  assert.strictEqual(gateway.counts.received, 0);
  socket.device.secure.resume();
  let size = 0;
  for (;;) {
    const { payload } = await socket.frame();
    if (payload === '40020005') break;
    size += payload.length / 2;
  }
  assert.ok(size > COUNT * body.length);
  assert.strictEqual(gateway.counts.received, 1);
  socket.vanish();
  other.vanish();
});

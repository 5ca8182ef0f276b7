// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const {
  DISCONNECT,
  PINGREQ,
  PINGRESP,
  RawDevice,
  connectPacket,
  gatewayFor,
  publishPacket,
} = require('./raw-device');
const { CLOSED, OPCODE, RawWebSocket, frame, httpHead, upgradeRequest } = require('./raw_web_socket');
const { ALERT, recordTypes, tap } = require('./tap');

const EVENTS = 'devices/d1/messages/events/';
const will = { topic: EVENTS, payload: Buffer.from('lost'), qos: /** @type {const} */ (1), retain: false };

/** @param {import('..').Gateway} gateway */
const bodies = (gateway) => gateway.received.map(({ body }) => body.toString());

test('T3 a close is a close frame, and no close_notify unless it is wanted', async (t) => {
  for (const cleanClose of [false, true]) {
    const gateway = await gatewayFor(t, { cleanClose });
    const { bytes, port } = await tap(t, gateway.webSocketPort);
    const device = await RawDevice.open(gateway, { port, maxVersion: 'TLSv1.2' });
    device.send(upgradeRequest());
    assert.match(await httpHead(device), /^HTTP\/1\.1 101 /);
    device.send(frame(connectPacket(gateway, { username: 'nonsense' })));
    assert.strictEqual(await device.rest(), `820420020003${CLOSED}`);
    assert.strictEqual(await device.end, 'FIN');
    assert.strictEqual(recordTypes(bytes()).includes(ALERT), cleanClose);
  }
});

test('C9 take-over between MQTT and WebSocket', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await RawWebSocket.connected(gateway, { will });
  const second = await RawDevice.connected(gateway, { will });
  assert.strictEqual(await first.rest(), CLOSED);
  const third = await RawWebSocket.connected(gateway);
  assert.strictEqual(await second.rest(), '');
  third.send(PINGREQ);
  assert.strictEqual(await third.bytes(2), PINGRESP);
  assert.strictEqual(gateway.counts.received, 0);
  third.vanish();
});

test('P9 DISCONNECT and the close frame in one segment: stored, no will', async (t) => {
  const gateway = await gatewayFor(t, { faults: { publish: { delayMs: 60000 } } });
  const socket = await RawWebSocket.connected(gateway, { will });
  const ended = once(gateway, 'disconnected');
  socket.device.send(
    frame(publishPacket(EVENTS, { payload: 'a' })),
    frame(Buffer.from(DISCONNECT, 'hex')),
    frame(Buffer.from('03e8', 'hex'), { opcode: OPCODE.CLOSE }),
  );
  assert.strictEqual(await socket.rest(), CLOSED);
  assert.strictEqual((await ended)[0].reason, 'DISCONNECT');
  assert.deepStrictEqual(bodies(gateway), ['a']);
});

test('P10 a WebSocket closed without DISCONNECT, or cut, sends the will', async (t) => {
  const gateway = await gatewayFor(t);
  const closed = await RawWebSocket.connected(gateway, { will });
  const ended = once(gateway, 'disconnected');
  closed.device.send(frame(Buffer.from('03e9', 'hex'), { opcode: OPCODE.CLOSE }));
  assert.strictEqual(await closed.rest(), CLOSED);
  assert.strictEqual((await ended)[0].reason, 'WebSocket: closed by the client with code 1001');
  const lost = await RawWebSocket.connected(gateway, { will });
  lost.vanish();
  await gateway.waitForMessages(2);
});

test('P10 a close frame does not overtake publishes that still wait', async (t) => {
  const gateway = await gatewayFor(t, {
    limits: { maxPendingPublishes: 1 },
    faults: { publish: (n) => (n === 1 ? { delayMs: 30 } : undefined) },
  });
  const socket = await RawWebSocket.connected(gateway, { will });
  const publishes = [1, 2, 3, 4].map((id) => publishPacket(EVENTS, { messageId: id, payload: String(id) }));
  socket.device.send(
    frame(Buffer.concat([...publishes, Buffer.from(DISCONNECT, 'hex')])),
    frame(Buffer.alloc(0), { opcode: OPCODE.CLOSE }),
  );
  assert.strictEqual(await socket.bytes(16), '40020001400200024002000340020004');
  assert.strictEqual(await socket.rest(), CLOSED);
  assert.deepStrictEqual(bodies(gateway), ['1', '2', '3', '4']);
});

test('a client that gives up before its CONNACK is let go', async (t) => {
  const gateway = await gatewayFor(t, { faults: { connack: 'silent' } });
  const socket = await RawWebSocket.open(gateway);
  const refused = once(gateway, 'refused');
  socket.send(connectPacket(gateway));
  socket.device.send(frame(Buffer.alloc(0), { opcode: OPCODE.CLOSE }));
  assert.strictEqual(await socket.rest(), CLOSED);
  assert.strictEqual((await refused)[0].reason, 'WebSocket: closed by the client with code 1005');
});

test('cut: FIN or RST, without a close frame; freeze: half-open', async (t) => {
  const gateway = await gatewayFor(t);
  const first = await RawWebSocket.connected(gateway, { will });
  assert.strictEqual(gateway.cut('d1'), 1);
  assert.strictEqual(await first.rest(), '');
  assert.strictEqual(await first.end, 'FIN');
  await gateway.waitForMessages(1);
  const second = await RawWebSocket.connected(gateway);
  assert.strictEqual(gateway.cut('d1', 'rst'), 1);
  assert.strictEqual(await second.end, 'ECONNRESET');

  const frozen = await RawWebSocket.connected(gateway);
  assert.strictEqual(gateway.freeze('d1'), 1);
  frozen.send(publishPacket(EVENTS));
  frozen.device.send(frame(Buffer.alloc(0), { opcode: OPCODE.PING }));
  const other = await RawWebSocket.connected(gateway, { deviceId: 'd2' });
  other.send(PINGREQ);
  assert.strictEqual(await other.bytes(2), PINGRESP);
  assert.strictEqual(frozen.device.input.length, 0);
  assert.strictEqual(frozen.device.secure.closed, false);
  assert.strictEqual(gateway.counts.received, 1);
  const again = await RawWebSocket.connected(gateway);
  assert.strictEqual(await frozen.rest(), '');
  again.vanish();
  other.vanish();
});

test('faults of accept, CONNACK and PUBLISH hold on a WebSocket', async (t) => {
  const gateway = await gatewayFor(t, { faults: { accept: 'refuse' } });
  await assert.rejects(RawWebSocket.open(gateway), { code: 'ECONNRESET' });
  gateway.faults = { connack: { code: 4 } };
  const refused = await RawWebSocket.open(gateway);
  refused.send(connectPacket(gateway));
  assert.strictEqual(await refused.rest(), `820420020004${CLOSED}`);
  gateway.faults = { connack: 'reset' };
  const reset = await RawWebSocket.open(gateway);
  reset.send(connectPacket(gateway));
  assert.strictEqual(await reset.end, 'ECONNRESET');
  gateway.faults = { publish: (n) => (n === 2 ? 'cut-after-puback' : undefined) };
  const cut = await RawWebSocket.connected(gateway);
  cut.send(publishPacket(EVENTS, { messageId: 1 }), publishPacket(EVENTS, { messageId: 2 }));
  assert.strictEqual(await cut.rest(), '82084002000140020002');
  assert.strictEqual(await cut.end, 'FIN');
});

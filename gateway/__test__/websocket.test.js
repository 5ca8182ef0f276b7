// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const { createChain, startGateway } = require('..');
const {
  ACCEPTED,
  DISCONNECT,
  PINGREQ,
  PINGRESP,
  RawDevice,
  chain,
  connectPacket,
  gatewayFor,
  keyOf,
  publishPacket,
  sas,
  subscribePacket,
} = require('./raw-device');
const {
  CLOSED,
  OBJECTED,
  OPCODE,
  RawWebSocket,
  frame,
  httpHead,
  upgradeRequest,
} = require('./raw_web_socket');
const { ALERT, recordTypes, tap } = require('./tap');

const EVENTS = 'devices/d1/messages/events/';
const C2D = 'devices/d1/messages/devicebound/#';
const will = { topic: EVENTS, payload: Buffer.from('lost'), qos: /** @type {const} */ (1), retain: false };

/** @param {import('..').Gateway} gateway */
const bodies = (gateway) => gateway.received.map(({ body }) => body.toString());

test('W1 MQTT over WebSocket: CONNECT, PUBLISH and their answers in frames', async (t) => {
  const gateway = await gatewayFor(t);
  const connected = once(gateway, 'connected');
  const socket = await RawWebSocket.open(gateway);
  socket.send(connectPacket(gateway));
  assert.deepStrictEqual(await socket.frame(), { opcode: OPCODE.BINARY, payload: ACCEPTED });
  assert.strictEqual((await connected)[0].protocol, 'websocket');
  socket.send(publishPacket(`${EVENTS}k=v`, { messageId: 7, payload: 'hello' }));
  assert.deepStrictEqual(await socket.frame(), { opcode: OPCODE.BINARY, payload: '40020007' });
  const [{ body, properties }] = await gateway.waitForMessages(1);
  assert.strictEqual(body.toString(), 'hello');
  assert.deepStrictEqual(properties, { k: 'v' });
  assert.strictEqual(gateway.connections()[0].protocol, 'websocket');
  socket.vanish();
});

test('W1 any path; sub-protocols whatever their case, the first registered one decides', async (t) => {
  const gateway = await gatewayFor(t);
  /** @type {Array<Parameters<typeof upgradeRequest>[0]>} */
  const requests = [
    { path: '/' },
    { path: '/$iothub/websocket?iothub-no-client-cert=true' },
    { path: '/any/where' },
    { protocols: 'MQTT' },
    { protocols: 'chat,  mqtt , AMQPWSB10' },
    { headers: { Connection: 'keep-alive, upgrade', Upgrade: 'WebSocket' } },
    { headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } },
  ];
  for (const changes of requests) {
    const socket = await RawWebSocket.open(gateway, changes);
    socket.send(connectPacket(gateway));
    assert.strictEqual(await socket.bytes(4), ACCEPTED, JSON.stringify(changes));
    socket.vanish();
  }
});

test('W1 no registered sub-protocol, or AMQP first → 400, close', async (t) => {
  const gateway = await gatewayFor(t);
  const cases = {
    chat: 'none that is registered; mqtt is',
    mqttv3: 'none that is registered; mqtt is',
    '': 'none that is registered; mqtt is',
    'AMQPWSB10, mqtt': 'AMQP, which is not modelled',
  };
  for (const [protocols, why] of Object.entries(cases)) {
    const device = await RawDevice.open(gateway, { port: gateway.webSocketPort });
    const refused = once(gateway, 'refused');
    device.send(upgradeRequest({ protocols }));
    assert.match(await httpHead(device), /^HTTP\/1\.1 400 Bad Request\r\n/, protocols);
    assert.strictEqual(await device.rest(), '');
    assert.strictEqual(await device.end, 'FIN');
    const [{ reason, returnCode }] = await refused;
    assert.strictEqual(reason, `WebSocket sub-protocols '${protocols}': ${why}`);
    assert.strictEqual(returnCode, undefined);
  }
});

test('W1 an upgrade to something else, and whatever has no handler → 404', async (t) => {
  const gateway = await gatewayFor(t);
  /** @type {Array<Parameters<typeof upgradeRequest>[0]>} */
  const requests = [
    { headers: { Upgrade: 'h2c' } },
    { headers: { 'Sec-WebSocket-Version': '8' } },
    { key: 'short' },
    { method: 'POST' },
  ];
  for (const changes of requests) {
    const device = await RawDevice.open(gateway, { port: gateway.webSocketPort });
    device.send(upgradeRequest(changes));
    assert.match(await httpHead(device), /^HTTP\/1\.1 404 Not Found\r\n/, JSON.stringify(changes));
    device.vanish();
  }
});

test('W1 HTTPS telemetry has no handler → 404; the connection can be used again', async (t) => {
  const gateway = await gatewayFor(t, { limits: { connectTimeoutMs: 300 } });
  const answered = once(gateway, 'request');
  const device = await RawDevice.open(gateway, { port: gateway.webSocketPort });
  const post = 'POST /devices/d1/messages/events?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\n';
  device.send(Buffer.from(`${post}Content-Length: 2\r\n\r\n{}`));
  const head = await httpHead(device);
  assert.match(head, /^HTTP\/1\.1 404 Not Found\r\n/);
  assert.match(head, /\r\nContent-Length: 0\r\n/);
  const [{ method, path, status, connectionNumber }] = await answered;
  assert.deepStrictEqual(
    [method, path, status, connectionNumber],
    ['POST', '/devices/d1/messages/events', 404, 1],
  );
  assert.deepStrictEqual(gateway.counts, { received: 0, dropped: 0, connections: 1 });
  // The time limit for CONNECT does not concern it: that of a later connection passes first.
  const other = await RawDevice.open(gateway);
  assert.strictEqual(await other.rest(), '');
  device.send(upgradeRequest());
  assert.match(await httpHead(device), /^HTTP\/1\.1 101 /);
  device.send(frame(connectPacket(gateway)));
  assert.strictEqual(await device.bytes(6), `8204${ACCEPTED}`);
  device.vanish();
});

test('what is no HTTP on the port for it → 400, close', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.open(gateway, { port: gateway.webSocketPort });
  const refused = once(gateway, 'refused');
  device.send(connectPacket(gateway));
  assert.match(await httpHead(device), /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.strictEqual(await device.rest(), '');
  assert.match((await refused)[0].reason, /^HTTP: Parse Error/);
});

test('HTTP on the port for MQTT is a protocol error', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.open(gateway);
  device.send(upgradeRequest());
  assert.strictEqual(await device.rest(), '');
  assert.strictEqual(await device.end, 'FIN');
});

test('one port can serve both', async (t) => {
  const gateway = await gatewayFor(t, { webSocketPort: 'same' });
  assert.strictEqual(gateway.webSocketPort, gateway.port);
  const socket = await RawWebSocket.connected(gateway);
  const device = await RawDevice.connected(gateway, { deviceId: 'd2' });
  const byteByByte = await RawDevice.open(gateway);
  for (const octet of upgradeRequest()) byteByByte.send(Buffer.from([octet]));
  assert.match(await httpHead(byteByByte), /^HTTP\/1\.1 101 /);
  assert.deepStrictEqual(
    gateway.connections().map(({ protocol }) => protocol),
    ['websocket', 'mqtt', 'websocket'],
  );
  await gateway.restart();
  assert.strictEqual(gateway.webSocketPort, gateway.port);
  const again = await RawWebSocket.connected(gateway);
  [socket, device, byteByByte, again].forEach((each) => each.vanish());
});

test('a gateway keeps both ports when it restarts, frees both when it closes', async () => {
  const gateway = await startGateway({ chain: await chain, devices: [{ deviceId: 'd1' }] });
  const { host, port, webSocketPort } = gateway;
  assert.notStrictEqual(webSocketPort, port);
  assert.strictEqual(gateway.webSocketUrl, `wss://localhost:${webSocketPort}/$iothub/websocket`);
  const socket = await RawWebSocket.connected(gateway);
  await gateway.restart();
  await socket.rest();
  assert.deepStrictEqual([gateway.port, gateway.webSocketPort], [port, webSocketPort]);
  (await RawWebSocket.connected(gateway)).vanish();
  await gateway.close();
  for (const closed of [port, webSocketPort]) {
    await assert.rejects(once(net.connect(closed, host), 'connect'), { code: 'ECONNREFUSED' });
  }
});

test('webSocketPort: one that is taken or senseless is told, and nothing stays open', async (t) => {
  const gateway = await gatewayFor(t);
  const { webSocketPort } = gateway;
  const port = await freePort();
  await assert.rejects(startGateway({ chain: await chain, port, webSocketPort }), { code: 'EADDRINUSE' });
  await assert.rejects(once(net.connect(port, gateway.host), 'connect'), { code: 'ECONNREFUSED' });
  const senseless = /** @type {any} */ ({ chain: await chain, webSocketPort: '443' });
  await assert.rejects(startGateway(senseless), {
    name: 'TypeError',
    message:
      'startGateway: webSocketPort cannot be "443"; it is 0 to 65535, 0 being any free one, or \'same\'',
  });
});

/** A port that was free a moment ago. */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

test('the name and port of the WebSocket are a valid audience of tokens', async (t) => {
  const gateway = await gatewayFor(t);
  const socket = await RawWebSocket.open(gateway);
  const resource = `localhost:${gateway.webSocketPort}/devices/d1`;
  const password = Buffer.from(sas(keyOf(gateway, 'd1'), { resource }));
  socket.send(connectPacket(gateway, { password }));
  assert.strictEqual(await socket.bytes(4), ACCEPTED);
  socket.vanish();
});

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
  assert.deepStrictEqual(await socket.frame(), {
    opcode: OPCODE.BINARY,
    payload: `4002000140020002${PINGRESP}`,
  });
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

test('T1 TLS 1.2 and 1.3 on the port for HTTP, with the same chain', async (t) => {
  const gateway = await gatewayFor(t);
  const port = gateway.webSocketPort;
  for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
    const device = await RawDevice.open(gateway, { port, minVersion: version, maxVersion: version });
    assert.strictEqual(device.secure.getProtocol(), version);
    assert.strictEqual(device.secure.authorized, true);
    device.vanish();
  }
  const renewed = await createChain({ issuer: await chain, serverKey: 'P-256' });
  await gateway.restart({ chain: renewed });
  const device = await RawDevice.open(gateway, { port });
  assert.ok(
    renewed.serverPem.includes(device.secure.getPeerCertificate().raw.toString('base64').slice(0, 64)),
  );
  device.vanish();
});

test('T2 no TLS, no request, half a request, no CONNECT → close after the time limit', async (t) => {
  const gateway = await gatewayFor(t, { limits: { connectTimeoutMs: 300 } });
  const port = gateway.webSocketPort;
  const failed = once(gateway, 'handshakeFailed');
  const tcp = net.connect(port, gateway.host).resume();
  const closed = once(tcp, 'close');
  const silent = await RawDevice.open(gateway, { port });
  const half = await RawDevice.open(gateway, { port });
  half.send(upgradeRequest().subarray(0, 30));
  const upgraded = await RawWebSocket.open(gateway);
  await closed;
  assert.strictEqual((await failed)[0].reason, 'no CONNECT within 300 ms');
  assert.strictEqual(await silent.rest(), '');
  assert.strictEqual(await half.rest(), '');
  assert.strictEqual(await upgraded.rest(), CLOSED);
  for (const { end } of [silent, half, upgraded]) assert.strictEqual(await end, 'FIN');
});

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

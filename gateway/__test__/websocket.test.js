// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const { createChain, startGateway } = require('..');
const {
  ACCEPTED,
  RawDevice,
  chain,
  connectPacket,
  gatewayFor,
  keyOf,
  publishPacket,
  sas,
} = require('./raw-device');
const { CLOSED, OPCODE, RawWebSocket, frame, httpHead, upgradeRequest } = require('./raw_web_socket');

const EVENTS = 'devices/d1/messages/events/';

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
    message: "startGateway: webSocketPort cannot be '443'; it is 0 to 65535, 0 being any free one, or 'same'",
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

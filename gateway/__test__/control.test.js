// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const {
  ACCEPTED,
  REFUSED_5,
  RESUMED,
  RawDevice,
  answer,
  chain,
  connectPacket,
  gatewayFor,
  publishPacket,
  subscribePacket,
} = require('./raw-device');
const { createChain, startGateway } = require('..');
const { limitsOf } = require('../control/limits');

const EVENTS = 'devices/d1/messages/events/';

/**
 * @param {RawDevice} device
 * @param {number} first
 * @param {number} last
 */
async function publishNumbers(device, first, last) {
  for (let n = first; n <= last; n++) device.send(publishPacket(EVENTS, { payload: String(n) }));
  await device.bytes(4 * (last - first + 1));
}

/** @param {import('..').Message[]} messages */
const numbers = (messages) => messages.map(({ body }) => Number(body.toString()));

test('waitForMessages takes the oldest, whether they came before or come after', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  await publishNumbers(device, 1, 3);
  assert.deepStrictEqual(numbers(gateway.received), [1, 2, 3]);
  assert.deepStrictEqual(numbers(await gateway.waitForMessages(2)), [1, 2]);
  const both = Promise.all([gateway.waitForMessages(2), gateway.waitForMessages(1)]);
  await publishNumbers(device, 4, 5);
  assert.deepStrictEqual((await both).map(numbers), [[3, 4], [5]]);
  assert.deepStrictEqual(gateway.received, []);
  device.vanish();
});

test('waitForMessages gives up in time, on a signal, and on more than is kept', async (t) => {
  const gateway = await gatewayFor(t, { keep: 2 });
  const device = await RawDevice.connected(gateway);
  await publishNumbers(device, 1, 1);
  await assert.rejects(gateway.waitForMessages(2, { timeoutMs: 10 }), /1 of 2 messages arrived within 10 ms/);
  const controller = new AbortController();
  const waiting = gateway.waitForMessages(2, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(gateway.waitForMessages(2, { signal: controller.signal }), /enough/);
  await assert.rejects(
    gateway.waitForMessages(3),
    /cannot wait for 3 messages: only 2 are kept \(option 'keep'\)/,
  );
  await publishNumbers(device, 2, 2);
  assert.deepStrictEqual(numbers(await gateway.waitForMessages(2)), [1, 2]);
  device.vanish();
});

test('who gives up waiting holds up nobody behind', async (t) => {
  const gateway = await gatewayFor(t);
  const gone = assert.rejects(gateway.waitForMessages(5, { timeoutMs: 100 }), /1 of 5 messages arrived/);
  const next = gateway.waitForMessages(1);
  const device = await RawDevice.connected(gateway);
  await publishNumbers(device, 1, 1);
  await gone;
  assert.deepStrictEqual(numbers(await next), [1]);
  device.vanish();
});

test('only the latest messages are kept', async (t) => {
  const gateway = await gatewayFor(t, { keep: 3 });
  const none = await gatewayFor(t, { keep: 0 });
  for (const each of [gateway, none]) {
    const device = await RawDevice.connected(each);
    await publishNumbers(device, 1, 8);
    assert.strictEqual(each.counts.received, 8);
    device.vanish();
  }
  assert.deepStrictEqual(numbers(gateway.received), [6, 7, 8]);
  assert.deepStrictEqual(numbers(await gateway.waitForMessages(3)), [6, 7, 8]);
  assert.deepStrictEqual(none.received, []);
});

test('messages() iterates as they come', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  const published = publishNumbers(device, 1, 3);
  const seen = [];
  for await (const message of gateway.messages()) {
    seen.push(...numbers([message]));
    if (seen.length === 3) break;
  }
  assert.deepStrictEqual(seen, [1, 2, 3]);
  await published;
  device.vanish();
});

test('events and connections() describe who is there', async (t) => {
  const gateway = await gatewayFor(t);
  const connected = once(gateway, 'connected');
  const device = await RawDevice.connected(gateway, { clean: false, keepalive: 100 });
  const [{ connectedAt, address, ...info }] = await connected;
  assert.ok(connectedAt instanceof Date);
  assert.match(address, /^127\.0\.0\.1:\d+$/);
  assert.deepStrictEqual(info, {
    connectionNumber: 1,
    tlsVersion: 'TLSv1.3',
    protocol: 'mqtt',
    clientId: 'd1',
    authentication: 'key',
    deviceId: 'd1',
    moduleId: undefined,
    keepAlive: 100,
    cleanSession: false,
    sessionPresent: false,
  });
  assert.deepStrictEqual(gateway.connections(), [{ ...info, connectedAt, address, subscriptions: [] }]);
  const disconnected = once(gateway, 'disconnected');
  device.vanish();
  const [{ deviceId }] = await disconnected;
  assert.strictEqual(deviceId, 'd1');
  assert.deepStrictEqual(gateway.connections(), []);
});

test('connectionString names hub, device, key and gateway with its port', async (t) => {
  const devices = [{ deviceId: 'd1', primaryKey: 'a2V5' }];
  const gateway = await gatewayFor(t, { devices, hubHostName: 'hub.azure-devices.net' });
  assert.strictEqual(
    gateway.connectionString('d1'),
    `HostName=hub.azure-devices.net;DeviceId=d1;SharedAccessKey=a2V5;GatewayHostName=localhost:${gateway.port}`,
  );
  const address = await createChain({ issuer: await chain, host: '127.0.0.1', serverKey: 'P-256' });
  const byAddress = await gatewayFor(t, { chain: address });
  assert.match(byAddress.connectionString('d1'), /GatewayHostName=127\.0\.0\.1:\d+$/);
});

test('the standard ports are not said: other SDKs take name and port together for a name', async (t) => {
  const gateway = await gatewayFor(t);
  Object.defineProperty(gateway, 'port', { value: 8883 });
  Object.defineProperty(gateway, 'webSocketPort', { value: 443 });
  assert.match(gateway.connectionString('d1'), /;GatewayHostName=localhost$/);
  assert.match(gateway.connectionString('d1', { direct: true }), /^HostName=localhost;/);
  assert.strictEqual(gateway.webSocketUrl, 'wss://localhost/$iothub/websocket');
  assert.strictEqual(gateway.endpoint, 'localhost:8883');
});

test('mqttCredentials: what a client without an SDK says', async (t) => {
  const own = { primaryThumbprint: 'a'.repeat(40) };
  const devices = [
    { deviceId: 'd1', modules: [{ moduleId: 'm 1' }] },
    { deviceId: 'd2', x509: own },
  ];
  const gateway = await gatewayFor(t, { devices, limits: { sasGraceMs: 0 } });
  for (const deviceId of ['d1', 'd1/m 1']) {
    const { username, password = '' } = gateway.mqttCredentials(deviceId);
    assert.strictEqual(
      await answer(gateway, { deviceId, username, password: Buffer.from(password) }),
      ACCEPTED,
    );
  }
  assert.deepStrictEqual(gateway.mqttCredentials('d2'), {
    clientId: 'd2',
    username: 'local.azure-devices.net/d2/?api-version=2021-04-12',
  });
  const { password = '' } = gateway.mqttCredentials('d1', { lifetimeMs: -2000 });
  assert.strictEqual(await answer(gateway, { password: Buffer.from(password) }), REFUSED_5);
  assert.throws(() => gateway.mqttCredentials('d3'), RangeError);
});

test('devices() tells who is known', async (t) => {
  const gateway = await gatewayFor(t, { devices: [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }] }] });
  gateway.addDevice({ deviceId: 'd2' });
  gateway.disableDevice('d1');
  assert.deepStrictEqual(
    gateway.devices().map(({ clientId, enabled }) => [clientId, enabled]),
    [
      ['d1', false],
      ['d1/m1', true],
      ['d2', true],
    ],
  );
});

test('restart: same port, connections dropped without a will, sessions kept or not', async (t) => {
  const gateway = await gatewayFor(t);
  const { port } = gateway;
  const will = { topic: EVENTS, payload: Buffer.from('x'), qos: /** @type {const} */ (0), retain: false };
  const device = await RawDevice.connected(gateway, { clean: false, will });
  device.send(subscribePacket('devices/d1/messages/devicebound/#'));
  await device.bytes(5);
  const message = gateway.sendC2D('d1', 'kept by the hub');
  await device.packet();
  const lost = once(gateway, 'disconnected');
  await gateway.restart();
  assert.strictEqual((await lost)[0].reason, 'gateway restarts');
  assert.match(await device.end, /^(FIN|ECONNRESET)$/);
  assert.strictEqual(gateway.port, port);
  assert.strictEqual(gateway.counts.received, 0);

  const resumed = await RawDevice.open(gateway);
  resumed.send(connectPacket(gateway, { clean: false }));
  assert.strictEqual(await resumed.bytes(4), RESUMED);
  const redelivered = await resumed.packet();
  assert.strictEqual(redelivered.cmd === 'publish' && redelivered.payload.toString(), 'kept by the hub');
  resumed.send('40020001');
  assert.strictEqual(await message.settled, 'completed');

  await gateway.restart({ keepSessions: false });
  const fresh = await RawDevice.open(gateway);
  fresh.send(connectPacket(gateway, { clean: false }));
  assert.strictEqual(await fresh.bytes(4), ACCEPTED);
  fresh.vanish();
});

test('restart: the port is refused meanwhile, and a new certificate can come', async (t) => {
  const gateway = await gatewayFor(t);
  const before = await RawDevice.open(gateway);
  const serial = before.secure.getPeerX509Certificate()?.fingerprint256;
  before.vanish();
  const renewed = await createChain({ issuer: await chain, serverKey: 'P-256' });
  const restarted = gateway.restart({ downtimeMs: 50, chain: renewed });
  await assert.rejects(
    async () => {
      for (;;) {
        const tcp = net.connect(gateway.port, gateway.host);
        tcp.on('error', () => {});
        await once(tcp, 'connect');
        tcp.destroy();
      }
    },
    { code: 'ECONNREFUSED' },
  );
  await restarted;
  const after = await RawDevice.open(gateway);
  assert.notStrictEqual(after.secure.getPeerX509Certificate()?.fingerprint256, serial);
  after.vanish();
});

test('restarts come one after the other', async (t) => {
  const gateway = await gatewayFor(t);
  const { port } = gateway;
  await Promise.all([gateway.restart(), gateway.restart()]);
  assert.strictEqual(gateway.port, port);
  (await RawDevice.connected(gateway)).vanish();
  await assert.rejects(
    gateway.restart({ downtimeMs: NaN }),
    /^TypeError: restart: downtimeMs cannot be NaN; it is 0 to 2147483647$/,
  );
});

test('close ends a restart that is under way, and the gateway stays closed', async () => {
  const gateway = await startGateway({ chain: await chain });
  const restarted = assert.rejects(gateway.restart({ downtimeMs: 60000 }), /the gateway was closed/);
  await gateway.close();
  await restarted;
  await assert.rejects(gateway.restart(), /the gateway was closed/);
  const tcp = net.connect(gateway.port, gateway.host);
  const [error] = await once(tcp, 'error');
  assert.strictEqual(error.code, 'ECONNREFUSED');
});

test('close tells those who wait for messages; messages() gives what is left, and ends', async () => {
  const gateway = await startGateway({ chain: await chain, devices: [{ deviceId: 'd1' }] });
  const device = await RawDevice.connected(gateway);
  device.send(publishPacket(EVENTS, { payload: 'left' }));
  await device.bytes(4);
  const waiting = assert.rejects(
    gateway.waitForMessages(2),
    /^Error: the gateway was closed when 1 of 2 messages had arrived$/,
  );
  await gateway.close();
  await waiting;
  const bodies = [];
  for await (const { body } of gateway.messages()) bodies.push(body.toString());
  assert.deepStrictEqual(bodies, ['left']);
  await assert.rejects(gateway.waitForMessages(1), /the gateway was closed when 0 of 1 messages had arrived/);
});

test('a topic that no PUBLISH can hold is refused where it is asked for', async (t) => {
  const gateway = await gatewayFor(t);
  const long = 'x'.repeat(65500);
  const refusal = {
    name: 'RangeError',
    message: /^the topic of a .* to 'd1' would have 65\d\d\d of at most 65535 /,
  };
  assert.throws(() => gateway.sendC2D('d1', 'body', { properties: { long } }), refusal);
  await assert.rejects(gateway.invokeMethod('d1', long), refusal);
  assert.throws(() => gateway.publish('d1', `a/${long}/${long}`.slice(0, 65536), ''), refusal);
  assert.strictEqual(gateway.publish('d1', long, ''), 0);
});

test('cut: a way that there is not is named', async (t) => {
  const gateway = await gatewayFor(t);
  assert.throws(
    () => gateway.cut('d1', /** @type {any} */ ('RST')),
    /^TypeError: cut: how cannot be 'RST'; it is 'fin' or 'rst'$/,
  );
});

test('close frees the port, whatever is connected', async () => {
  const gateway = await startGateway({
    chain: await chain,
    devices: [{ deviceId: 'd1' }],
    faults: { publish: { delayMs: 60000 } },
  });
  const { host, port } = gateway;
  const connected = await RawDevice.connected(gateway);
  connected.send(publishPacket(EVENTS));
  const undecided = await RawDevice.open(gateway);
  const silent = net.connect(port, host);
  silent.on('error', () => {});
  await once(silent, 'connect');
  await gateway.close();
  assert.match(await connected.end, /^(FIN|ECONNRESET)$/);
  assert.match(await undecided.end, /^(FIN|ECONNRESET)$/);
  const again = await startGateway({ chain: await chain, port });
  assert.strictEqual(again.port, port);
  await again[Symbol.asyncDispose]();
});

test('limits are edgeHub’s by default, but for those that would only cost time or are of this machine', () => {
  const { refusalDelayMs, refusalDelayOfflineMs, lingerMs, storeBytes, twinDelayMs, ...edgeHubs } =
    limitsOf();
  assert.ok(refusalDelayMs > 0 && refusalDelayOfflineMs > 0 && lingerMs > 0 && storeBytes > 0);
  assert.strictEqual(twinDelayMs, 0);
  assert.deepStrictEqual(edgeHubs, {
    connectTimeoutMs: 60_000,
    maxPacketSize: 262_144,
    maxKeepAliveMs: 600_000,
    maxClients: 100,
    maxPendingPublishes: 100,
    sasGraceMs: 5 * 60_000,
    reauthenticateIntervalMs: 5 * 60_000,
    timeToLiveMs: 7_200_000,
    twinOfflineDelayMs: 20_000,
    twinSyncPeriodMs: 120_000,
    methodDeliveryDelayMs: 3_000,
    c2dLockMs: 60_000, // of the hub
    c2dMaxDeliveries: 10, // of the hub
    c2dTimeToLiveMs: 3_600_000, // of the hub
    c2dReceiveMs: 20_000,
    inputAckTimeoutMs: 30_000,
    uploadsPerDevice: 10, // of the hub
    blobSasMs: 3_600_000, // of the hub
    blobBytes: 512 * 1024 * 1024, // of a hub alone
  });
});

test('startGateway names what it cannot use', async (t) => {
  const gateway = await gatewayFor(t);
  await assert.rejects(startGateway({ chain: await chain, port: gateway.port }), { code: 'EADDRINUSE' });
  await assert.rejects(
    startGateway({ chain: await chain, limits: /** @type {any} */ ({ maxclients: 1 }) }),
    /limits: 'maxclients' is unknown; there are connectTimeoutMs, /,
  );
  await assert.rejects(
    startGateway({ chain: await chain, limits: { maxClients: -1 } }),
    /limits: maxClients cannot be -1/,
  );
  await assert.rejects(
    startGateway({ chain: await chain, limits: { c2dLockMs: Infinity } }),
    /limits: c2dLockMs cannot be Infinity/,
  );
  await assert.rejects(
    startGateway({ chain: await chain, devices: [{ deviceId: 'd1' }, { deviceId: 'd1' }] }),
    /device 'd1' exists already/,
  );
  /** @type {Array<[object, string]>} */
  const senseless = [
    [{ host: 5 }, 'host cannot be 5; it is a name or an address'],
    [{ hostname: '' }, "hostname cannot be ''; it is a name or an address"],
    [{ hubHostName: null }, 'hubHostName cannot be null; it is a name'],
    [{ devices: {} }, 'devices cannot be {}; it is an array'],
    [{ keep: -1 }, 'keep cannot be -1; it is a whole number from 0, or Infinity'],
    [{ keep: NaN }, 'keep cannot be NaN; it is a whole number from 0, or Infinity'],
    [{ clockOffsetMs: '5' }, "clockOffsetMs cannot be '5'; it is a number"],
    [{ offline: 'no' }, "offline cannot be 'no'; it is true or false"],
    [{ strict: 1 }, 'strict cannot be 1; it is true or false'],
    [{ cleanClose: 'x' }, "cleanClose cannot be 'x'; it is true or false"],
    [{ maxVersion: 'TLSv1.1' }, 'minVersion TLSv1.2 is above maxVersion TLSv1.1'],
  ];
  for (const [options, message] of senseless) {
    await assert.rejects(startGateway(options), { name: 'TypeError', message: `startGateway: ${message}` });
  }
  for (const limits of [5, { toString: 1 }, { maxClients: '5' }]) {
    await assert.rejects(startGateway({ limits: /** @type {any} */ (limits) }), /^TypeError: limits: /);
  }
});

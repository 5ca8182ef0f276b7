// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const mqtt = require('mqtt-packet');
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

/** @typedef {import('..').Gateway} Gateway */

const EVENTS = 'devices/d1/messages/events/';
const PUBACK = '40020001';
const UNSUBSCRIBE = mqtt.generate({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['a'] });
const C2D_FILTER = 'devices/d1/messages/devicebound/#';

/** Bytes as a TLS client begins with. */
const HELLO = Buffer.from('16030100', 'hex');

/** @typedef {{ point: string, connected?: boolean, ask: (device: RawDevice, gateway: Gateway) => void }} Stage */

/**
 * Stages behind the handshake, and how a device gets there.
 * @type {Stage[]}
 */
const STAGES = [
  { point: 'secure', connected: false, ask: () => {} },
  { point: 'connack', connected: false, ask: (device, gateway) => device.send(connectPacket(gateway)) },
  { point: 'publish', ask: (device) => device.send(publishPacket(EVENTS)) },
  { point: 'suback', ask: (device) => device.send(subscribePacket('a')) },
  { point: 'unsuback', ask: (device) => device.send(UNSUBSCRIBE) },
  { point: 'pingresp', ask: (device) => device.send(PINGREQ) },
  { point: 'delivery', ask: (_, gateway) => gateway.publish('d1', 'topic', 'body') },
];

/**
 * A device at a stage at which the gateway commits a fault. At a publish that is before its PUBACK.
 * @param {import('node:test').TestContext} t
 * @param {Stage} stage
 * @param {string} ending
 */
async function arrive(t, { point, connected = true, ask }, ending) {
  const fault = point === 'publish' ? `${ending}-before-puback` : ending;
  const only = (/** @type {any[]} */ ...circumstances) =>
    circumstances.some((each) => each?.connectionNumber === 1) ? fault : undefined;
  const gateway = await gatewayFor(t, { faults: /** @type {any} */ ({ [point]: only }) });
  const device = await (connected ? RawDevice.connected(gateway) : RawDevice.open(gateway));
  ask(device, gateway);
  return { gateway, device };
}

/**
 * A whole turn of another device: what the gateway would have done for the first one is done by then.
 * @param {Gateway} gateway
 */
async function anotherTurn(gateway) {
  const other = await RawDevice.connected(gateway, { deviceId: 'd2' });
  other.send(PINGREQ);
  assert.strictEqual(await other.bytes(2), PINGRESP);
  other.vanish();
}

/**
 * A TCP connection without TLS.
 * @param {Gateway} gateway
 */
async function openTcp(gateway) {
  const tcp = net.connect(gateway.port, gateway.host);
  const chunks = /** @type {Buffer[]} */ ([]);
  tcp.on('data', (chunk) => chunks.push(chunk));
  const end = new Promise((resolve) => {
    tcp.once('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code));
    tcp.once('end', () => resolve('FIN'));
  });
  await once(tcp, 'connect').catch(() => {});
  return { tcp, end, received: () => Buffer.concat(chunks) };
}

for (const stage of STAGES) {
  const { point } = stage;

  test(`${point}: FIN`, async (t) => {
    const { device } = await arrive(t, stage, 'cut');
    assert.strictEqual(await device.rest(), '');
    assert.strictEqual(await device.end, 'FIN');
  });

  test(`${point}: RST`, async (t) => {
    const { device } = await arrive(t, stage, 'reset');
    assert.strictEqual(await device.end, 'ECONNRESET');
    assert.strictEqual(await device.rest(), '');
  });

  test(`${point}: half-open`, async (t) => {
    const { gateway, device } = await arrive(t, stage, 'freeze');
    device.send(publishPacket(EVENTS, { messageId: 7 }), PINGREQ);
    await anotherTurn(gateway);
    assert.strictEqual(device.input.length, 0);
    assert.strictEqual(device.secure.closed, false);
    assert.strictEqual(gateway.counts.received, point === 'publish' ? 1 : 0);
    device.vanish();
  });
}

test('publish: half-open before the store and after PUBACK', async (t) => {
  const gateway = await gatewayFor(t, { faults: { publish: 'freeze-before-store' } });
  const publishes = [publishPacket(EVENTS), publishPacket(EVENTS, { messageId: 2 })];
  const first = await RawDevice.connected(gateway);
  first.send(...publishes);
  await anotherTurn(gateway);
  assert.strictEqual(first.input.length, 0);
  assert.strictEqual(gateway.counts.received, 0);
  gateway.faults = { publish: 'freeze-after-puback' };
  const second = await RawDevice.connected(gateway);
  second.send(...publishes);
  assert.strictEqual(await second.bytes(4), PUBACK);
  await anotherTurn(gateway);
  assert.strictEqual(second.input.length, 0);
  assert.strictEqual(gateway.counts.received, 1);
  first.vanish();
  second.vanish();
});

test('connected: FIN, RST or half-open behind CONNACK', async (t) => {
  const gateway = await gatewayFor(t, { faults: { connected: 'cut' } });
  const cut = await RawDevice.open(gateway);
  cut.send(connectPacket(gateway));
  assert.strictEqual(await cut.rest(), ACCEPTED);
  assert.strictEqual(await cut.end, 'FIN');

  // Time stands until the CONNACK was seen: where bytes and RST arrive together, libuv shows the bytes and a plain end.
  t.mock.timers.enable({ apis: ['setTimeout'] });
  gateway.faults = { connected: { delayMs: 20, then: 'reset' } };
  const reset = await RawDevice.connected(gateway);
  t.mock.timers.tick(20);
  t.mock.timers.reset();
  assert.strictEqual(await reset.end, 'ECONNRESET');

  gateway.faults = { connected: ({ deviceId }) => (deviceId === 'd1' ? 'freeze' : undefined) };
  const frozen = await RawDevice.open(gateway);
  frozen.send(connectPacket(gateway), PINGREQ);
  await anotherTurn(gateway);
  assert.strictEqual(frozen.input.toString('hex'), ACCEPTED);
  assert.strictEqual(frozen.secure.closed, false);
  frozen.vanish();
});

test('accept and hello: FIN, RST or half-open before there is TLS', async (t) => {
  const gateway = await gatewayFor(t);
  for (const point of ['accept', 'hello']) {
    /** @param {string} ending */
    const commit = async (ending) => {
      const number = gateway.counts.connections + 1;
      const decide = (/** @type {any} */ about) =>
        (about.connectionNumber ?? about) === number ? ending : undefined;
      gateway.faults = /** @type {any} */ ({ [point]: decide });
      const connection = await openTcp(gateway);
      if (!connection.tcp.destroyed) connection.tcp.write(HELLO);
      return connection;
    };
    const failed = once(gateway, 'handshakeFailed');
    const cut = await commit('cut');
    assert.strictEqual(await cut.end, 'FIN', point);
    cut.tcp.end();
    assert.strictEqual((await failed)[0].reason, 'fault: cut', point);
    assert.strictEqual(await (await commit('reset')).end, 'ECONNRESET', point);
    const frozen = await commit('freeze');
    await anotherTurn(gateway);
    assert.strictEqual(frozen.tcp.closed, false, point);
    assert.strictEqual(frozen.received().length, 0, point);
    frozen.tcp.destroy();
  }
});

test('hello: silence, or TLS only after a delay', async (t) => {
  const gateway = await gatewayFor(t, { faults: { hello: 'silent' } });
  const silent = await openTcp(gateway);
  silent.tcp.write(HELLO);
  gateway.faults = { hello: { delayMs: 20 } };
  await anotherTurn(gateway);
  assert.strictEqual(silent.received().length, 0);
  assert.strictEqual(silent.tcp.closed, false);
  silent.tcp.destroy();
});

test('hello: a connection without a first byte ends in time, and when the client leaves', async (t) => {
  const gateway = await gatewayFor(t, { faults: { hello: 'cut' }, limits: { connectTimeoutMs: 50 } });
  const overdue = once(gateway, 'handshakeFailed');
  const first = await openTcp(gateway);
  assert.strictEqual((await overdue)[0].reason, 'no CONNECT within 50 ms');
  assert.strictEqual(await first.end, 'FIN');
  const left = once(gateway, 'handshakeFailed');
  const second = await openTcp(gateway);
  second.tcp.destroy();
  assert.strictEqual((await left)[0].connectionNumber, 2);
});

test('hello: MQTT without TLS', async (t) => {
  const gateway = await gatewayFor(t, { faults: { hello: 'mqtt' } });
  const plain = await openTcp(gateway);
  plain.tcp.write(connectPacket(gateway));
  await once(plain.tcp, 'data');
  assert.strictEqual(plain.received().toString('hex'), ACCEPTED);
  plain.tcp.destroy();
  const refused = once(gateway, 'refused');
  await assert.rejects(RawDevice.open(gateway), { code: 'ECONNRESET' });
  assert.strictEqual((await refused)[0].reason, 'packet type 1 with flags 6');
});

test('hello: the page of an HTTP proxy', async (t) => {
  const gateway = await gatewayFor(t, { faults: { hello: 'http' } });
  const { tcp, end, received } = await openTcp(gateway);
  tcp.write(HELLO);
  assert.strictEqual(await end, 'FIN');
  assert.match(received().toString(), /^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\n\r\n<html>[^]*<\/html>\n$/);
  await assert.rejects(RawDevice.open(gateway), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
});

test('hello: the garbage of a middle box', async (t) => {
  const gateway = await gatewayFor(t, { faults: { hello: 'garbage' } });
  const { tcp, end, received } = await openTcp(gateway);
  tcp.write(HELLO);
  assert.strictEqual(await end, 'FIN');
  assert.strictEqual(received().length, 64);
  await assert.rejects(RawDevice.open(gateway), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
});

test('inject: bytes before TLS, before CONNACK and behind it', async (t) => {
  const gateway = await gatewayFor(t, { faults: { accept: { inject: '0102' } } });
  const early = await openTcp(gateway);
  await once(early.tcp, 'data');
  assert.strictEqual(early.received().toString('hex'), '0102');
  early.tcp.destroy();
  gateway.faults = {
    secure: { inject: 'd000' },
    connack: { inject: Buffer.from([0xff]) },
    connected: { inject: new Uint8Array([0xf0]), then: 'cut' },
  };
  const device = await RawDevice.open(gateway);
  device.send(connectPacket(gateway));
  assert.strictEqual(await device.rest(), `d000ff${ACCEPTED}f0`);
});

test('TCP is truly refused while the gateway is down', async (t) => {
  const gateway = await gatewayFor(t);
  const restarted = gateway.restart({ downtimeMs: 100 });
  // The port is closed as soon as the listener is.
  let refusal;
  while (refusal === undefined) {
    const tcp = net.connect(gateway.port, gateway.host);
    refusal = await once(tcp, 'connect').then(
      () => undefined,
      (error) => error.code,
    );
    tcp.destroy();
  }
  assert.strictEqual(refusal, 'ECONNREFUSED');
  await restarted;
  await anotherTurn(gateway);
});

test('TLS 1.1 alone: whoever wants TLS 1.2 is refused by an alert', async (t) => {
  const gateway = await gatewayFor(t, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' });
  await assert.rejects(RawDevice.open(gateway), { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
  const old = await RawDevice.open(gateway, {
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  assert.strictEqual(old.secure.getProtocol(), 'TLSv1.1');
  old.vanish();
  await assert.rejects(gatewayFor(t, { minVersion: /** @type {any} */ ('TLSv1.4') }), {
    name: 'TypeError',
    message: "startGateway: minVersion cannot be 'TLSv1.4'; it is TLSv1.1, TLSv1.2, TLSv1.3",
  });
});

test('freeze: what comes behind the CONNECT in the same bytes is not taken either', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { connected: ({ deviceId }) => (deviceId === 'd1' ? 'freeze' : undefined) },
  });
  const device = await RawDevice.open(gateway);
  device.send(connectPacket(gateway), publishPacket(EVENTS), subscribePacket(C2D_FILTER));
  await anotherTurn(gateway);
  assert.strictEqual(gateway.counts.received, 0);
  assert.strictEqual(device.input.toString('hex'), ACCEPTED);
  device.vanish();
});

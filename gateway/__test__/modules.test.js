// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const {
  ACCEPTED,
  PINGREQ,
  PINGRESP,
  REFUSED_5,
  RawDevice,
  answer,
  connectPacket,
  gatewayFor,
  keyOf,
  passwordOf,
  publishPacket,
  sas,
  subscribePacket,
} = require('./raw-device');
const { Clock } = require('../cloud/clock');
const { Authenticator } = require('../identity/authenticator');
const { Scope } = require('../identity/scope');

const HUB = 'local.azure-devices.net';
const DEVICES = [
  { deviceId: 'd1', modules: [{ moduleId: 'm1' }, { moduleId: 'm2' }] },
  { deviceId: 'd2', modules: [{ moduleId: 'm1' }] },
];
const OF_MODULE = { resource: `${HUB}/devices/d1/modules/m1` };
const OF_DEVICE = { resource: `${HUB}/devices/d1` };

/**
 * The reasons of the refusals from here on.
 * @param {import('..').Gateway} gateway
 */
function refusalsOf(gateway) {
  /** @type {string[]} */
  const reasons = [];
  gateway.on('refused', ({ reason }) => reasons.push(reason));
  return reasons;
}

/**
 * @param {RawDevice} device
 */
async function isAlive(device) {
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
}

test('C6 module: its own keys and those of its device, for the audience of either', async (t) => {
  const modules = [{ moduleId: 'm1', secondaryKey: 'c2Vjb25k' }];
  const gateway = await gatewayFor(t, { devices: [{ deviceId: 'd1', modules }] });
  const own = keyOf(gateway, 'd1/m1');
  const ofDevice = keyOf(gateway, 'd1');
  const tokens = {
    'own key': sas(own, OF_MODULE),
    'secondary key': sas('c2Vjb25k', OF_MODULE),
    'own key, audience of the device': sas(own, OF_DEVICE),
    'device token': sas(ofDevice, OF_DEVICE),
    'key of the device, audience of the module': sas(ofDevice, OF_MODULE),
    'letter case': sas(own, { resource: `${HUB}/DEVICES/D1/Modules/M1` }),
  };
  for (const [name, token] of Object.entries(tokens)) {
    const changes = { deviceId: 'd1/m1', password: Buffer.from(token) };
    assert.strictEqual(await answer(gateway, changes), ACCEPTED, name);
  }
});

test('C6 module: another audience or key is refused', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const own = keyOf(gateway, 'd1/m1');
  const reasons = refusalsOf(gateway);
  const tokens = [
    sas(own, { resource: `${HUB}/devices/d1/modules/m2` }),
    sas(own, { resource: `${HUB}/devices/d2/modules/m1` }),
    sas(keyOf(gateway, 'd1/m2'), OF_MODULE),
    sas(keyOf(gateway, 'd2'), OF_DEVICE),
  ];
  for (const token of tokens) {
    const changes = { deviceId: 'd1/m1', password: Buffer.from(token) };
    assert.strictEqual(await answer(gateway, changes), REFUSED_5);
  }
  assert.strictEqual(await answer(gateway, { password: Buffer.from(sas(own, OF_MODULE)) }), REFUSED_5);
  assert.strictEqual(await answer(gateway, { password: Buffer.from(sas(own, OF_DEVICE)) }), REFUSED_5);
  assert.deepStrictEqual(reasons, [
    `SAS audience '${HUB}/devices/d1/modules/m2' is not of 'd1/m1'`,
    `SAS audience '${HUB}/devices/d2/modules/m1' is not of 'd1/m1'`,
    "SAS token of 'd1/m1' is not signed by one of its keys",
    "SAS token of 'd1/m1' is not signed by one of its keys",
    `SAS audience '${HUB}/devices/d1/modules/m1' is not of 'd1'`,
    "SAS token of 'd1' is not signed by one of its keys",
  ]);
});

test('C7 module: unknown, disabled, or of a disabled device → CONNACK 5', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const reasons = refusalsOf(gateway);
  const unknown = { deviceId: 'd1/m9', password: Buffer.from(sas(keyOf(gateway, 'd1/m1'), OF_DEVICE)) };
  assert.strictEqual(await answer(gateway, unknown), REFUSED_5);
  gateway.disableDevice('d1/m1');
  assert.strictEqual(await answer(gateway, { deviceId: 'd1/m1' }), REFUSED_5);
  assert.strictEqual(await answer(gateway, { deviceId: 'd1/m2' }), ACCEPTED);
  gateway.enableDevice('d1/m1');
  assert.strictEqual(await answer(gateway, { deviceId: 'd1/m1' }), ACCEPTED);
  gateway.disableDevice('d1');
  assert.strictEqual(await answer(gateway, { deviceId: 'd1/m1' }), REFUSED_5);
  assert.deepStrictEqual(reasons, [
    "'d1/m9' is not a child of this gateway",
    "module 'd1/m1' is disabled",
    "device 'd1' is disabled",
  ]);
});

test('C7 what changed while the hub was asked counts', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, limits: { refusalDelayMs: 300 } });
  const key = Buffer.from('k').toString('base64');
  const tokens = {
    'd1/m9': sas(keyOf(gateway, 'd1'), OF_DEVICE),
    d3: sas(key, { resource: `${HUB}/devices/d3` }),
  };
  const asked = [];
  for (const [deviceId, token] of Object.entries(tokens)) {
    const device = await RawDevice.open(gateway);
    const arrived = new Promise((resolve) => (gateway.faults = { connack: () => void resolve(deviceId) }));
    device.send(connectPacket(gateway, { deviceId, password: Buffer.from(token) }));
    await arrived;
    asked.push(device);
  }
  gateway.removeDevice('d1');
  gateway.addDevice({ deviceId: 'd3', primaryKey: key });
  const [removed, added] = asked;
  assert.strictEqual(await removed.rest(), REFUSED_5);
  assert.strictEqual(await added.bytes(4), ACCEPTED);
  added.vanish();
});

test('C6 module: unknown to the gateway, with a key of its device: accepted, after the look-up', async (t) => {
  const limits = { refusalDelayMs: 200 };
  const gateway = await gatewayFor(t, { devices: DEVICES, limits });
  /** @type {Array<string | undefined>} */
  const order = [];
  gateway.on('connected', ({ clientId }) => order.push(clientId));
  const tokens = [passwordOf(gateway, 'd1'), Buffer.from(sas(keyOf(gateway, 'd1'), OF_MODULE))];
  const [byDevice, byModule] = tokens.map((password, i) =>
    answer(gateway, { deviceId: i === 0 ? 'd1/m9' : 'd1/m1', password }),
  );
  assert.strictEqual(await byModule, ACCEPTED);
  assert.strictEqual(await byDevice, ACCEPTED);
  assert.deepStrictEqual(order, ['d1/m1', 'd1/m9']);
  gateway.disableDevice('d1');
  assert.strictEqual(await answer(gateway, { deviceId: 'd1/m9', password: tokens[0] }), REFUSED_5);
});

test('D4 module: rotating the device’s keys closes the modules that use them, and no others', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const byOwnKey = await RawDevice.connected(gateway, { deviceId: 'd1/m1' });
  const password = Buffer.from(sas(keyOf(gateway, 'd1'), OF_DEVICE));
  const byDeviceKey = await RawDevice.connected(gateway, { deviceId: 'd1/m2', password });
  gateway.rotateKeys('d1');
  assert.strictEqual(await byDeviceKey.rest(), '');
  await isAlive(byOwnKey);
  gateway.rotateKeys('d1/m1');
  assert.strictEqual(await byOwnKey.rest(), '');
});

test('D4 module: disabled or removed alone, or together with its device', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const device = await RawDevice.connected(gateway);
  const first = await RawDevice.connected(gateway, { deviceId: 'd1/m1' });
  const second = await RawDevice.connected(gateway, { deviceId: 'd1/m2' });
  const stranger = await RawDevice.connected(gateway, { deviceId: 'd2/m1' });
  gateway.removeDevice('d1/m1');
  assert.strictEqual(await first.rest(), '');
  await isAlive(device);
  gateway.removeDevice('d1');
  assert.strictEqual(await device.rest(), '');
  assert.strictEqual(await second.rest(), '');
  await isAlive(stranger);
  gateway.disableDevice('d2');
  assert.strictEqual(await stranger.rest(), '');
  assert.throws(() => gateway.connectionString('d1/m2'), /module 'd1\/m2' is not a child of this gateway/);
  gateway.addDevice({ deviceId: 'd1' });
  const { clientId, primaryKey } = gateway.addModule('d1', { moduleId: 'm1' });
  assert.strictEqual(clientId, 'd1/m1');
  assert.strictEqual(keyOf(gateway, 'd1/m1'), primaryKey);
  assert.strictEqual(await answer(gateway, { deviceId: 'd1/m1' }), ACCEPTED);
});

test('C9 a device and its modules are clients of their own; cut and freeze concern one', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const device = await RawDevice.connected(gateway);
  const module = await RawDevice.connected(gateway, { deviceId: 'd1/m1' });
  await isAlive(device);
  const again = await RawDevice.connected(gateway, { deviceId: 'd1/m1' });
  assert.strictEqual(await module.rest(), '');
  await isAlive(device);
  const lost = once(gateway, 'disconnected');
  assert.strictEqual(gateway.cut('d1'), 1);
  const [{ clientId, deviceId, moduleId, reason }] = await lost;
  assert.deepStrictEqual([clientId, deviceId, moduleId, reason], ['d1', 'd1', undefined, 'fault: cut']);
  await isAlive(again);
  assert.strictEqual(gateway.freeze('d1'), 0);
  assert.strictEqual(gateway.cut('d1/m1'), 1);
  assert.strictEqual(await again.rest(), '');
});

test('D1 a module gets no cloud-to-device message, and takes none from its device', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const filter = 'devices/d1/messages/devicebound/#';
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket(filter));
  assert.strictEqual(await device.bytes(5), '9003000101');
  const module = await RawDevice.connected(gateway, { deviceId: 'd1/m1' });
  module.send(subscribePacket(filter));
  assert.strictEqual(await module.bytes(5), '9003000101');
  assert.throws(() => gateway.sendC2D('d1/m1', 'x'), {
    name: 'TypeError',
    message: "'d1/m1' is a module: cloud-to-device messages go to devices only",
  });
  const message = gateway.sendC2D('d1', 'x');
  const packet = await device.packet();
  assert.strictEqual(packet.cmd, 'publish');
  device.send('40020001');
  assert.strictEqual(await message.settled, 'completed');
  await isAlive(module);
});

test('S1 the filter of module inputs is granted', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, strict: true });
  const module = await RawDevice.connected(gateway, { deviceId: 'd1/m1' });
  const subscribed = once(gateway, 'subscribed');
  module.send(subscribePacket('devices/d1/modules/m1/#'));
  assert.strictEqual(await module.bytes(5), '9003000101');
  const [{ kind, moduleId }] = await subscribed;
  assert.deepStrictEqual([kind, moduleId], ['moduleInputs', 'm1']);
});

test('P1 telemetry of a module bears its name; strict: only its own', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, strict: true });
  const topic = 'devices/d1/modules/m1/messages/events/a=b';
  const module = await RawDevice.connected(gateway, { deviceId: 'd1/m1' });
  module.send(publishPacket(topic));
  assert.strictEqual(await module.bytes(4), '40020001');
  const [{ clientId, deviceId, moduleId, properties }] = await gateway.waitForMessages(1);
  assert.deepStrictEqual([clientId, deviceId, moduleId, properties], ['d1/m1', 'd1', 'm1', { a: 'b' }]);
  const others = { 'd1/m2': topic, d1: topic, 'd1/m1': 'devices/d1/messages/events/' };
  for (const [id, foreign] of Object.entries(others)) {
    const client = await RawDevice.connected(gateway, { deviceId: id });
    client.send(publishPacket(foreign));
    assert.strictEqual(await client.rest(), '', id);
  }
});

test('offline: messages of a module that is disabled with its device are lost', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, offline: true });
  const module = await RawDevice.connected(gateway, { deviceId: 'd1/m1' });
  module.send(publishPacket('devices/d1/modules/m1/messages/events/'));
  assert.strictEqual(await module.bytes(4), '40020001');
  gateway.disableDevice('d1');
  const lost = once(gateway, 'lost');
  gateway.offline = false;
  assert.strictEqual((await lost)[0].reason, "device 'd1' is disabled");
});

test('the connection string of a module names it', async (t) => {
  const modules = [{ moduleId: 'm1', primaryKey: 'a2V5' }];
  const gateway = await gatewayFor(t, { devices: [{ deviceId: 'd1', modules }] });
  const { port } = gateway;
  assert.strictEqual(
    gateway.connectionString('d1/m1'),
    `HostName=${HUB};DeviceId=d1;ModuleId=m1;SharedAccessKey=a2V5;GatewayHostName=localhost:${port}`,
  );
  assert.strictEqual(
    gateway.connectionString('d1/m1', { direct: true }),
    `HostName=localhost:${port};DeviceId=d1;ModuleId=m1;SharedAccessKey=a2V5`,
  );
});

test('modules are named in errors, and keys are not shown', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const x509 = /** @type {any} */ ({ moduleId: 'm3', x509: 'ca' });
  assert.throws(
    () => gateway.addModule('d1', { moduleId: 'm1' }),
    /^RangeError: module 'd1\/m1' exists already$/,
  );
  assert.throws(() => gateway.addModule('d9', { moduleId: 'm1' }), /^RangeError: device 'd9' is not a child/);
  assert.throws(
    () => gateway.addModule('d1', { moduleId: 'a/b' }),
    /^TypeError: module id 'a\/b' is not a name/,
  );
  assert.throws(
    () => gateway.addModule('d1/m1', { moduleId: 'm' }),
    /^TypeError: 'd1\/m1' is a module: it has no modules/,
  );
  assert.throws(
    () => gateway.addModule('d1', x509),
    /^TypeError: module 'd1\/m3': modules cannot use X\.509/,
  );
  assert.throws(() => gateway.addModule('d1', { moduleId: 'm3', primaryKey: 'not base64!' }), {
    message: "module 'd1/m3': primaryKey is not base64",
  });
  const typo = /** @type {any} */ ({ moduleId: 'm3', primarykey: 'a2V5' });
  assert.throws(() => gateway.addModule('d1', typo), {
    message: "module 'd1/m3': option 'primarykey' is unknown",
  });
  const one = /** @type {any} */ ({ deviceId: 'd3', modules: { moduleId: 'm' } });
  assert.throws(() => gateway.addDevice(one), { message: "device 'd3': modules is not an array" });
  const twice = { deviceId: 'd3', modules: [{ moduleId: 'm' }, { moduleId: 'm' }] };
  assert.throws(() => gateway.addDevice(twice), /module 'd3\/m' exists already/);
  assert.throws(() => gateway.connectionString('d3'), /device 'd3' is not a child of this gateway/);
});

test('a device vouches for a thousand modules that nobody knows, and for no more', () => {
  const scope = new Scope();
  const key = 'a2V5';
  scope.add({ deviceId: 'd1', primaryKey: key });
  const terms = { scope, hosts: () => [HUB], clock: new Clock(), graceMs: 0, trustBundle: () => [] };
  const authenticator = new Authenticator(terms);
  const password = sas(key, OF_DEVICE);
  const connect = (/** @type {string} */ moduleId) => {
    const identity = { host: HUB, deviceId: 'd1', moduleId, clientId: `d1/${moduleId}`, modelId: undefined };
    return authenticator.authenticate(identity, { password, certificates: [] });
  };
  for (let n = 0; n < 1000; n++) assert.deepStrictEqual(connect(`m${n}`), { slow: true });
  assert.throws(() => connect('m1000'), { returnCode: 5, slow: true });
  assert.deepStrictEqual(connect('m7'), { slow: true });
  assert.throws(() => connect('m'.repeat(129)), { returnCode: 5 });
});

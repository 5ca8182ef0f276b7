// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { createChain, createDeviceCertificate, readFaults, startGateway, startHub } = require('..');
const { RawDevice, chain, gatewayFor, passwordOf, subscribePacket } = require('./raw-device');

/** What cannot be is refused where it is asked for, by its name and its value, and nothing is done. */

const DEVICES = [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }] }];

/** Something that might hold a key. */
const SECRET = 'HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0';

/**
 * @param {() => unknown} action
 * @returns {Promise<string>} name and message of its error, or that there is none
 */
async function refusal(action) {
  try {
    await action();
    return 'accepted';
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    return `${name}: ${message}`;
  }
}

test('options of a running gateway that there are not, or that cannot be', async (t) => {
  const gateway = /** @type {any} */ (await gatewayFor(t, { devices: DEVICES }));
  const before = gateway.connectionString('d1');
  /** @type {Array<[() => unknown, string]>} */
  const refused = [
    [() => gateway.connectionString('d1', { drect: true }), "connectionString: option 'drect' is unknown"],
    [() => gateway.connectionString('d1', { direct: 'no' }), "direct cannot be 'no'; it is true or false"],
    [() => gateway.moduleEnvironment('d1/m1', { kind: 'unix' }), "option 'kind' is unknown"],
    [
      () => gateway.moduleEnvironment('d1/m1', { workload: 'tcp' }),
      "workload cannot be 'tcp'; it is 'unix' or",
    ],
    [() => gateway.mqttCredentials('d1', { lifetime: 1 }), "mqttCredentials: option 'lifetime' is unknown"],
    [() => gateway.mqttCredentials('d1', { lifetimeMs: '1' }), "lifetimeMs cannot be '1'; it is a number"],
    [() => gateway.sendC2D('d1', 'x', { expiryTimeUTC: new Date() }), "sendC2D: option 'expiryTimeUTC' is"],
    [() => gateway.sendC2D('d1', 'x', { expiryTimeUtc: null }), 'expiryTimeUtc cannot be null; it is a time'],
    [() => gateway.sendC2D('d1', 'x', { enqueuedTime: 5 }), 'enqueuedTime cannot be 5; it is a valid Date'],
    [
      () => gateway.sendC2D('d1', 'x', { enqueuedTime: new Date(NaN) }),
      'enqueuedTime cannot be Invalid Date',
    ],
    [
      () => gateway.sendC2D('d1', 'x', { properties: ['a'] }),
      'properties is not an object of texts but an array',
    ],
    [() => gateway.sendC2D('d1', 'x', { properties: { a: '\ud800' } }), "half a character: '\\ud800'"],
    [
      () => gateway.sendInput('d1/m1', 'i', 'x', { mesageId: '1' }),
      "sendInput: option 'mesageId' is unknown",
    ],
    [
      () => gateway.sendInput('d1/m1', 'i', 'x', { from: 5 }),
      'sendInput: from cannot be 5; it is a client id',
    ],
    [
      () => gateway.sendInput('d1/m1', 'i', 'x', { properties: null }),
      'properties is not an object of texts',
    ],
    [
      () => gateway.invokeMethod('d1', 'm', 1, { timeoutMs: 5 }),
      "invokeMethod: option 'timeoutMs' is unknown",
    ],
    [() => gateway.invokeMethod('d1', 'm', 1, { responseTimeoutMs: '5' }), "responseTimeoutMs cannot be '5'"],
    [() => gateway.patchDesired('d1', { a: 1 }, { vesion: 9 }), "patchDesired: option 'vesion' is unknown"],
    [() => gateway.patchDesired('d1', { a: 1 }, { version: '9' }), "desired version '9' is not above"],
    [() => gateway.patchDesired('d1', { a: { b: NaN } }), "patchDesired: property 'b' cannot be NaN"],
    [() => gateway.publish('d1', 't', 'x', { Qos: 0 }), "publish: option 'Qos' is unknown"],
    [() => gateway.waitForMessages('1'), "waitForMessages: count cannot be '1'; it is a whole number from 0"],
    [() => gateway.waitForMessages(-1), 'count cannot be -1'],
    [() => gateway.waitForMessages(1, { timeout: 5 }), "waitForMessages: option 'timeout' is unknown"],
    [() => gateway.waitForMessages(1, { timeoutMs: Infinity }), 'timeoutMs cannot be Infinity'],
    [() => (gateway.route = 'no'), "route cannot be 'no'; it is true or false"],
    [() => (gateway.offline = 'no'), "offline cannot be 'no'; it is true or false"],
    [() => (gateway.clockOffsetMs = NaN), 'clockOffsetMs cannot be NaN; it is a number'],
    [() => gateway.rotateKeys('d1', { primarykey: 'a2V5' }), "device 'd1': option 'primarykey' is unknown"],
    [
      () => gateway.rotateKeys('d1', SECRET),
      "device 'd1': secrets is not an object but a value of type string",
    ],
    [
      () => gateway.addDevice(SECRET),
      'devices: device is not an object with a deviceId but a value of type string',
    ],
    [() => gateway.addModule('d1'), 'module is not an object with a moduleId but a value of type undefined'],
    [
      () => gateway.addDevice({ deviceId: 'x', x509: { primaryThumbprint: 'a'.repeat(40), secondary: 'b' } }),
      "device 'x': x509: option 'secondary' is unknown",
    ],
    [() => gateway.restart({ downTimeMs: 5 }), "restart: option 'downTimeMs' is unknown"],
    [() => gateway.restart({ keepSessions: 'no' }), "keepSessions cannot be 'no'; it is true or false"],
  ];
  for (const [action, words] of refused) {
    const told = await refusal(action);
    assert.match(told, /^(TypeError|RangeError): /, words);
    assert.ok(told.includes(words), `${told} has no: ${words}`);
    assert.ok(!told.includes('c2VjcmV0'), told);
  }
  assert.strictEqual(gateway.connectionString('d1'), before);
  assert.strictEqual(gateway.twin('d1').desired.$version, 1);
  assert.deepStrictEqual([gateway.route, gateway.offline, gateway.clockOffsetMs], [true, false, 0]);
});

test('no client id is none of its children', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  const nobody = /** @type {any} */ (undefined);
  for (const call of [
    () => gateway.connectionString(nobody),
    () => gateway.sendC2D(nobody, 'x'),
    () => gateway.twin(nobody),
    () => gateway.removeDevice(nobody),
  ]) {
    const message = "device 'undefined' is not a child of this gateway";
    assert.throws(call, { name: 'RangeError', message });
  }
});

test('options of a start', async () => {
  /** @type {Array<[any, string]>} */
  const refused = [
    [null, 'options is not an object but null'],
    [SECRET, 'options is not an object but a value of type string'],
    [{ keep: 1.5 }, 'keep cannot be 1.5; it is a whole number from 0, or Infinity'],
    [{ port: 1n }, 'port cannot be 1n; it is 0 to 65535, 0 being any free one'],
    [{ chain: SECRET }, 'chain is not what createChain gives but a value of type string'],
    [{ chain: createChain({ variant: 'p-256' }) }, 'chain.rootPem is not PEM text but undefined'],
  ];
  for (const hostname of ['gw:8883', 'https://gw', 'a b', '[::1]', 'gw/'])
    refused.push([{ hostname }, `hostname cannot be '${hostname}'; it is a name or an address`]);
  for (const [options, words] of refused) {
    assert.strictEqual(await refusal(() => startGateway(options)), `TypeError: startGateway: ${words}`);
    assert.strictEqual(await refusal(() => startHub(options)), `TypeError: startHub: ${words}`);
  }
  const edge = /** @type {any} */ ({ edgeDeviceId: 'd/m' });
  assert.match(await refusal(() => startGateway(edge)), /edgeDeviceId cannot be 'd\/m'; it is the id of a/);
  for (const workloadSocket of [`/tmp/${'s'.repeat(99)}`, `/tmp/${'ä'.repeat(50)}`])
    assert.match(await refusal(() => startGateway({ workloadSocket })), /it is a path of 103 bytes at most$/);
  for (const devices of [[SECRET], [null], [{ deviceId: 'd', modules: ['m'] }]]) {
    const told = await refusal(async () =>
      startGateway(/** @type {any} */ ({ chain: await chain, devices })),
    );
    assert.match(told, /^TypeError: .* is not an object with a (deviceId|moduleId) but /);
    assert.ok(!told.includes('c2VjcmV0'));
  }
});

test('a limit that is undefined is the usual one', async (t) => {
  const gateway = await gatewayFor(t, { limits: { maxClients: undefined, refusalDelayMs: 1 } });
  (await RawDevice.connected(gateway)).vanish();
});

test('options of createChain and createDeviceCertificate', async () => {
  const shared = await chain;
  /** @type {Array<[any, string]>} */
  const refused = [
    [null, 'options is not an object but null'],
    [{ hosts: ['a'] }, "'hosts' is unknown; there are variant, host, "],
    [{ host: [] }, 'host must be a name or an address'],
    [
      { host: 'gw:8883' },
      "host must be a name or an address, or an array of them, without scheme or port, not 'gw:",
    ],
    [{ present: 'server' }, 'present must be an array of certificates'],
    [{ present: [] }, 'present must be an array of certificates'],
    [{ rootName: 5 }, 'rootName must be a string that is not empty'],
    [{ quickStart: 'no' }, 'quickStart must be a boolean'],
    [{ issuer: null }, "issuer must be a chain, not 'null'"],
    [{ certificates: null }, 'certificates must be an object of certificates'],
    [{ certificates: { server: null } }, 'certificates.server is not an object but null'],
    [{ serverKey: 'rsa-100' }, "'rsa-100' is too short"],
    [{ issuer: shared, rootName: 'x' }, "'rootName' would have no effect: 'issuer' has its CAs"],
    [{ issuer: shared, edgeDeviceName: 'x' }, "'edgeDeviceName' would have no effect"],
    [{ issuer: shared, root: shared }, "'root' would have no effect"],
    [{ root: shared, rootName: 'x' }, "'rootName' would have no effect: 'root' has its name"],
    [
      { quickStart: true, rootName: 'x' },
      "'rootName' would have no effect: the CA of a 'quickStart' gateway",
    ],
  ];
  for (const [options, words] of refused) {
    const told = await refusal(() =>
      createChain(options && { caKey: 'P-256', serverKey: 'P-256', ...options }),
    );
    assert.ok(told.includes(words), `${told} has no: ${words}`);
  }
  assert.match(
    await refusal(() => createDeviceCertificate(/** @type {any} */ (undefined))),
    /^TypeError: createDeviceCertificate: options is not an object/,
  );
});

test('faults that are no array, and one that would say nothing', async () => {
  const specs = /** @type {any} */ ('connack=code:3');
  assert.match(
    await refusal(() => readFaults(specs)),
    /^TypeError: readFaults: specs cannot be 'connack=code:3'/,
  );
  assert.match(
    await refusal(() => readFaults(['request=body:x'])),
    /column 9: request\.body says nothing without request\.status$/,
  );
  const faults = { request: { body: 'x' } };
  assert.match(
    await refusal(async () => startGateway({ chain: await chain, faults })),
    /faults: request\.body says nothing without request\.status$/,
  );
});

test('a restart with a chain that cannot be presented stops nothing', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  const good = await chain;
  const other = await createChain({ variant: 'p-256' });
  /** @type {Array<[any, RegExp]>} */
  const chains = [
    [{}, /^TypeError: restart: chain\.rootPem is not PEM text but undefined$/],
    [{ ...good, actualRootPem: 5 }, /^TypeError: restart: chain\.actualRootPem is not PEM text but number$/],
    [
      { ...good, serverKeyPem: other.serverKeyPem },
      /^TypeError: restart: chain cannot be presented: .*mismatch/,
    ],
    [{ ...good, chainPem: 'none' }, /^TypeError: restart: chain cannot be presented: /],
  ];
  for (const [bad, words] of chains) {
    assert.match(await refusal(() => gateway.restart({ chain: bad })), words);
  }
  device.send('c000');
  assert.strictEqual(await device.bytes(2), 'd000');
  assert.strictEqual(gateway.chain, good);
  device.vanish();
});

test('who is no child of the gateway is not cut or frozen, unless it is there', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  for (const action of ['cut', 'freeze']) {
    const told = await refusal(() => /** @type {any} */ (gateway)[action]('nobody'));
    assert.strictEqual(told, "RangeError: device 'nobody' is not a child of this gateway");
  }
  const password = passwordOf(gateway, 'd1');
  const stranger = await RawDevice.connected(gateway, { deviceId: 'd1/m9', password });
  assert.strictEqual(gateway.cut('d1/m9'), 1);
  assert.strictEqual(await stranger.end, 'FIN');
});

test('a bad time of a message does not end the gateway when the device subscribes', async (t) => {
  const gateway = await gatewayFor(t);
  assert.match(
    await refusal(() => gateway.sendC2D('d1', 'x', { enqueuedTime: /** @type {any} */ (Date.now()) })),
    /^TypeError: sendC2D: enqueuedTime cannot be \d+; it is a valid Date$/,
  );
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket('devices/d1/messages/devicebound/#'));
  assert.strictEqual(await device.bytes(5), '9003000101');
  device.vanish();
});

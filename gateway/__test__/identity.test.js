// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const {
  ACCEPTED,
  PINGREQ,
  PINGRESP,
  REFUSED_3,
  REFUSED_5,
  RawDevice,
  answer,
  connectPacket,
  gatewayFor,
  keyOf,
  passwordOf,
  sas,
} = require('./raw-device');

const HUB = 'local.azure-devices.net';

test('C3 bad username form, no api-version, empty client id → CONNACK 3', async (t) => {
  const gateway = await gatewayFor(t);
  const usernames = [
    '',
    'd1',
    `${HUB}/d1`,
    `${HUB}/d1?api-version=2021-04-12`,
    `${HUB}/d1/`,
    `${HUB}/d1/?`,
    `${HUB}/d1/?api-version=`,
    `${HUB}/d1/?api-version=%20`,
    `${HUB}/d1/?DeviceClientType=x`,
    `${HUB}/d1/m?api-version=2021-04-12`,
    `${HUB}//?api-version=2021-04-12`,
    `${HUB}/ /?api-version=2021-04-12`,
    `${HUB}/d1//`,
    `${HUB}/d1/?api-version=2021-04-12&DeviceClientType=node/18/x`,
  ];
  for (const username of usernames) {
    assert.strictEqual(await answer(gateway, { username }), REFUSED_3, username);
  }
  assert.strictEqual(await answer(gateway, { clientId: '' }), REFUSED_3);
  assert.strictEqual(await answer(gateway, { username: undefined, password: undefined }), REFUSED_3);
});

test('C3 good username forms: legacy, any host, encoded properties, first duplicate, blanks, no module', async (t) => {
  const gateway = await gatewayFor(t);
  const usernames = [
    `${HUB}/d1/api-version=2021-04-12`,
    'anything/d1/?api-version=1',
    '/d1/?api-version=1',
    `${HUB}/ d1 /? api-version=2021-04-12 `,
    `${HUB}/d1//?api-version=2021-04-12`,
    `${HUB}/d1/ /?api-version=2021-04-12`,
    `${HUB}/d1//api-version=2021-04-12`,
    `${HUB}/d1/?x=y&api-version=2016-11-14&api-version=&DeviceClientType=a%2Fb`,
  ];
  for (const username of usernames) {
    assert.strictEqual(await answer(gateway, { username }), ACCEPTED, username);
  }
});

test('C3 strict: the username must name hub or gateway', async (t) => {
  const gateway = await gatewayFor(t, { strict: true });
  const username = (/** @type {string} */ host) => `${host}/d1/?api-version=2021-04-12`;
  assert.strictEqual(await answer(gateway, { username: username('anything') }), REFUSED_5);
  assert.strictEqual(await answer(gateway, { username: username('LOCAL.azure-devices.net') }), ACCEPTED);
  assert.strictEqual(await answer(gateway, { username: username('localhost') }), ACCEPTED);
});

test('C4 client id ≠ username → CONNACK 5', async (t) => {
  const gateway = await gatewayFor(t);
  for (const clientId of ['d2', 'D1', 'd1/m', 'd1 ']) {
    assert.strictEqual(await answer(gateway, { clientId }), REFUSED_5, clientId);
  }
});

test('C5 no password → CONNACK 5', async (t) => {
  const gateway = await gatewayFor(t);
  assert.strictEqual(await answer(gateway, { password: undefined }), REFUSED_5);
  assert.strictEqual(await answer(gateway, { password: Buffer.alloc(0) }), REFUSED_5);
});

test('C6 SAS accepted: both keys, both hosts, any order and case of fields, within the grace', async (t) => {
  const primaryKey = Buffer.from('primary').toString('base64');
  const secondaryKey = Buffer.from('secondary').toString('base64');
  const gateway = await gatewayFor(t, { devices: [{ deviceId: 'd1', primaryKey, secondaryKey }] });
  const now = Math.floor(Date.now() / 1000);
  const [scheme, fields] = sas(primaryKey).split(' ');
  const tokens = {
    'primary key': sas(primaryKey),
    'secondary key': sas(secondaryKey),
    'gateway host': sas(primaryKey, { resource: 'localhost/devices/d1' }),
    'gateway host with port': sas(primaryKey, { resource: `localhost:${gateway.port}/devices/d1` }),
    'words that are counted only': sas(primaryKey, { resource: `${HUB}/foo/d1` }),
    'letter case': sas(primaryKey, { resource: 'LOCAL.azure-devices.NET/Devices/D1' }),
    'resource not encoded': sas(primaryKey, { encodedResource: `${HUB}/devices/d1` }),
    'resource encoded twice': sas(primaryKey, {
      encodedResource: encodeURIComponent(encodeURIComponent(`${HUB}/devices/d1`)),
    }),
    'expired within the grace': sas(primaryKey, { expiry: now - 290 }),
    'expiry with a fraction': sas(primaryKey, { expiry: `${now + 100}.25` }),
    'expiry with an exponent': sas(primaryKey, { expiry: '1.9e9' }),
    'expiry with separators': sas(primaryKey, { expiry: '1,900,000,000' }),
    'empty fields': `${scheme} &&${fields.replaceAll('&', '&&')}&`,
    'policy name ignored': `${sas(primaryKey)}&skn=whatever`,
    'empty policy name': `${sas(primaryKey)}&skn=`,
    'order of fields': `${scheme} ${fields.split('&').reverse().join('&')}`,
    'names in capitals': sas(primaryKey).replace('sr=', 'SR=').replace('sig=', 'Sig=').replace('se=', 'SE='),
  };
  for (const [name, token] of Object.entries(tokens)) {
    assert.strictEqual(await answer(gateway, { password: Buffer.from(token) }), ACCEPTED, name);
  }
});

test('C6 SAS refused: key, audience, expiry, encoding, form → CONNACK 5', async (t) => {
  // A key whose signature for this fixed token contains '+': unencoded it must fail.
  const key = Buffer.from('k').toString('base64');
  const gateway = await gatewayFor(t, { devices: [{ deviceId: 'd1', primaryKey: key, secondaryKey: key }] });
  const now = Math.floor(Date.now() / 1000);
  const resource = `${HUB}/devices/d1`;
  let plus = now + 3600;
  while (!decodeURIComponent(sas(key, { expiry: plus })).includes('+')) plus++;
  const raw = (/** @type {string} */ signature) => signature;
  const tokens = {
    'wrong key': sas(Buffer.from('other').toString('base64')),
    'other device': sas(key, { resource: `${HUB}/devices/d2` }),
    'other host': sas(key, { resource: '10.0.0.5/devices/d1' }),
    'hub only': sas(key, { resource: HUB }),
    'four segments': sas(key, { resource: `${resource}/modules` }),
    'module token for a device': sas(key, { resource: `${resource}/modules/m` }),
    'five segments of another device': sas(key, { resource: `${HUB}/devices/d2/modules/m` }),
    'trailing slash': sas(key, { resource: `${resource}/` }),
    expired: sas(key, { expiry: now - 310 }),
    'expiry in milliseconds': sas(key, { expiry: Date.now() + 3600000 }),
    'expiry no number': sas(key, { expiry: 'soon' }),
    'expiry NaN': sas(key, { expiry: 'NaN' }),
    'expiry in hexadecimal': sas(key, { expiry: '0xffffffff' }),
    'expiry with a raw +': sas(key, { expiry: '1.9e+9' }),
    'a field twice': `${sas(key)}&se=${now + 3600}`,
    'a field twice in another case': `${sas(key)}&SKN=a&skn=a`,
    'a newline behind it': `${sas(key)}\n`,
    'a space in front': ` ${sas(key)}`,
    'two spaces': sas(key).replace(' ', '  '),
    'no field at all': 'SharedAccessSignature ',
    'expiry negative': sas(key, { expiry: -1 }),
    'signature unencoded, loses its padding': sas(key, { encodeSignature: raw }),
    'signature with raw +': sas(key, {
      expiry: plus,
      encodeSignature: (signature) => encodeURIComponent(signature).replaceAll('%2B', '+'),
    }),
    'scheme in lower case': sas(key).replace('SharedAccessSignature', 'sharedaccesssignature'),
    'no scheme': sas(key).split(' ')[1],
    'no sr': sas(key).replace(/sr=[^&]*&/, ''),
    'no sig': sas(key).replace(/sig=[^&]*&/, ''),
    'no se': sas(key).replace(/&se=.*/, ''),
    'field without value': `${sas(key)}&skn`,
    'not a token': 'secret',
  };
  for (const [name, token] of Object.entries(tokens)) {
    assert.strictEqual(await answer(gateway, { password: Buffer.from(token) }), REFUSED_5, name);
  }
  assert.strictEqual(await answer(gateway, { password: Buffer.from(sas(key, { expiry: plus })) }), ACCEPTED);
});

test('C7 unknown and disabled devices, and modules, are refused with CONNACK 5 after a delay', async (t) => {
  const gateway = await gatewayFor(t, { limits: { refusalDelayMs: 200 } });
  const key = keyOf(gateway, 'd1');
  gateway.disableDevice('d2');
  const ofD2 = passwordOf(gateway, 'd2');
  const unknown = Buffer.from(sas(key, { resource: `${HUB}/devices/d9` }));
  const username = `${HUB}/d1/m/?api-version=2021-04-12`;
  const slow = [
    { deviceId: 'd9', password: unknown },
    { deviceId: 'd2', password: ofD2 },
    { clientId: 'd1/m', username, password: Buffer.from(sas(Buffer.from('x').toString('base64'))) },
  ];
  /** @type {string[]} */
  const order = [];
  gateway.on('refused', ({ clientId, reason }) => order.push(`${clientId}: ${reason}`));
  const answers = [];
  for (const changes of slow) {
    const device = await RawDevice.open(gateway);
    device.send(connectPacket(gateway, changes));
    answers.push(device.rest());
  }
  // A wrong audience needs no look-up: it is refused while the others still wait.
  assert.strictEqual(await answer(gateway, { password: unknown }), REFUSED_5);
  assert.deepStrictEqual(await Promise.all(answers), [REFUSED_5, REFUSED_5, REFUSED_5]);
  assert.deepStrictEqual(order, [
    `d1: SAS audience '${HUB}/devices/d9' is not of 'd1'`,
    "d9: 'd9' is not a child of this gateway",
    "d2: device 'd2' is disabled",
    "d1/m: 'd1/m' is not a child of this gateway",
  ]);
  gateway.enableDevice('d2');
  assert.strictEqual(await answer(gateway, { deviceId: 'd2' }), ACCEPTED);
});

test('C7 the delay of the refusal has another value while the cloud is out of reach', async (t) => {
  const [never, soon] = [60000, 1];
  const limits = [
    { offline: false, refusalDelayMs: soon, refusalDelayOfflineMs: never },
    { offline: true, refusalDelayMs: never, refusalDelayOfflineMs: soon },
  ];
  for (const { offline, ...delays } of limits) {
    const gateway = await gatewayFor(t, { offline, limits: delays });
    gateway.disableDevice('d1');
    assert.strictEqual(await answer(gateway, {}), REFUSED_5);
    assert.strictEqual(await answer(gateway, { deviceId: 'd2' }), ACCEPTED);
  }
});

test('D4 disable, remove, rotate: the client is closed without a will, CONNACK 5 afterwards', async (t) => {
  const gateway = await gatewayFor(t);
  const will = {
    topic: 'devices/d1/messages/events/',
    payload: Buffer.from('x'),
    qos: /** @type {const} */ (0),
    retain: false,
  };
  const changes = {
    disable: () => gateway.disableDevice('d1'),
    rotate: () => gateway.rotateKeys('d1'),
    remove: () => gateway.removeDevice('d1'),
  };
  for (const [name, change] of Object.entries(changes)) {
    const device = await RawDevice.connected(gateway, { will });
    const bystander = await RawDevice.connected(gateway, { deviceId: 'd2' });
    const password = passwordOf(gateway, 'd1');
    change();
    assert.strictEqual(await device.rest(), '', name);
    assert.strictEqual(await device.end, 'FIN', name);
    assert.strictEqual(await answer(gateway, { password }), REFUSED_5, name);
    bystander.send(PINGREQ);
    assert.strictEqual(await bystander.bytes(2), PINGRESP, name);
    bystander.vanish();
    if (name === 'disable') gateway.enableDevice('d1');
  }
  assert.strictEqual(gateway.counts.received, 0);
  const { primaryKey } = gateway.addDevice({ deviceId: 'd1' });
  assert.strictEqual(keyOf(gateway, 'd1'), primaryKey);
  assert.strictEqual(await answer(gateway, {}), ACCEPTED);
});

test('D4 rotating the key that a client does not use leaves it connected', async (t) => {
  const gateway = await gatewayFor(t);
  const device = await RawDevice.connected(gateway);
  const before = keyOf(gateway, 'd1');
  const { primaryKey, secondaryKey } = gateway.rotateKeys('d1', { secondaryKey: 'bmV3' });
  assert.strictEqual(primaryKey, before);
  assert.strictEqual(secondaryKey, 'bmV3');
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  device.vanish();
});

test('D5 the sweep closes clients whose token has expired, and no others', async (t) => {
  const gateway = await gatewayFor(t, { limits: { sasGraceMs: 0, reauthenticateIntervalMs: 20 } });
  const valid = await RawDevice.connected(gateway, { deviceId: 'd2' });
  const expiry = Math.floor(Date.now() / 1000) + 2;
  const password = Buffer.from(sas(keyOf(gateway, 'd1'), { expiry }));
  const disconnected = once(gateway, 'disconnected');
  const device = await RawDevice.connected(gateway, { password });
  const [{ deviceId, reason }] = await disconnected;
  assert.strictEqual(deviceId, 'd1');
  assert.strictEqual(reason, `SAS token expired at ${new Date(expiry * 1000).toISOString()}`);
  assert.ok(Date.now() > expiry * 1000);
  assert.strictEqual(await device.rest(), '');
  valid.send(PINGREQ);
  assert.strictEqual(await valid.bytes(2), PINGRESP);
  valid.vanish();
});

test('devices are named in errors', async (t) => {
  const gateway = await gatewayFor(t);
  assert.throws(() => gateway.connectionString('d9'), /device 'd9' is not a child of this gateway/);
  assert.throws(() => gateway.addDevice({ deviceId: 'd1' }), /device 'd1' exists already/);
  assert.throws(() => gateway.addDevice({ deviceId: '' }), /device id '' is not a name/);
  assert.throws(() => gateway.removeDevice('d9'), /'d9'/);
  assert.throws(() => gateway.sendC2D('d9', 'x'), /'d9'/);
});

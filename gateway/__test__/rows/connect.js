// @ts-check
'use strict';

const assert = require('node:assert');
const { DISCONNECT, subscribePacket } = require('../raw-device');
const { Checks } = require('./check');

const ACCEPTED = '20020000';
const RESUMED = '20020100';
const REFUSED_3 = '20020003 closed';
const REFUSED_5 = '20020005 closed';

const checks = new Checks();

for (const level of [3, 5]) {
  checks.add('C1', `level ${level}: CONNACK 1, closed`, async (world) => {
    const device = await world.open();
    device.send(`100d00044d5154540${level}02003c000141`);
    assert.strictEqual(await device.bytes(10), '20020001');
  });
}

/** @type {Record<string, string>} */
const MALFORMED = {
  'the protocol name MQIsdp': '100f00064d51497364700302003c000141',
  'PINGREQ first': 'c000',
  'a reserved flag': '100d00044d5154540403003c000141',
  'a password without a username': '101000044d5154540442003c000141000161',
  'will QoS 3': '101000044d515454041e003c000141000161',
  'wrong flags of the first byte': '110d00044d5154540402003c000141',
  'a byte behind the last field': '100e00044d5154540402003c00014100',
  'a field that ends behind the packet': '100d00044d5154540402003c000241',
};
for (const [name, bytes] of Object.entries(MALFORMED)) {
  checks.add('C2', `CONNECT with ${name}: closed without an answer`, async (world) => {
    assert.strictEqual(await world.beforeConnect(bytes), '');
  });
}

/** @type {Record<string, string>} */
const FORBIDDEN = {
  'PINGREQ with a body': 'c00100',
  'PINGREQ with flags': 'c100',
  'DISCONNECT with a body': 'e00100',
  'PUBACK of three bytes': '4003000100',
  'PUBACK with packet id 0': '40020000',
  'PUBREC with flags': '52020001',
  'PUBCOMP of one byte': '700100',
  'SUBSCRIBE with flags 0': '80060001000161' + '01',
  'SUBSCRIBE with packet id 0': '82060000000161' + '01',
  'PUBLISH with QoS 3': '36050001610001',
};
for (const [name, bytes] of Object.entries(FORBIDDEN)) {
  checks.add('C2', `${name}: closed`, async (world) => {
    assert.strictEqual(await world.whenConnected(bytes), '');
  });
}

checks.add('C2', 'a second CONNECT: closed', async (world) => {
  assert.strictEqual(await world.whenConnected(world.connectPacket()), '');
});

/** Of a device `d`, at a hub `h`. @type {Record<string, string>} */
const BAD_USERNAMES = {
  'without properties': 'h/d',
  'with the question mark behind the id': 'h/d?api-version=2021-04-12',
  'without api-version': 'h/d/?DeviceClientType=x',
  'with a blank api-version': 'h/d/?api-version=%20',
  'with a slash in the properties': 'h/d/?api-version=2021-04-12&DeviceClientType=node/18/x',
  'without an id': 'h//?api-version=2021-04-12',
};
const GOOD_USERNAMES = {
  'with any host': 'anything/d/?api-version=2021-04-12',
  'with an empty host': '/d/?api-version=2021-04-12',
  'of the old form': 'h/d/api-version=2021-04-12',
  'with blanks': 'h/ d /? api-version=2021-04-12 ',
  'with an empty module': 'h/d//?api-version=2021-04-12',
  'with api-version twice': 'h/d/?api-version=2021-04-12&api-version=',
};

/**
 * @param {import('./world').World} world
 * @param {string} pattern
 */
const usernameOf = ({ hubHostName, id }, pattern) =>
  pattern
    .split('/')
    .map((segment, i) => (i === 0 && segment === 'h' ? hubHostName : segment.replace(/\bd\b/, id)))
    .join('/');

for (const [name, pattern] of Object.entries(BAD_USERNAMES)) {
  checks.add('C3', `a username ${name}: CONNACK 3`, async (world) => {
    assert.strictEqual(await world.answer({ username: usernameOf(world, pattern) }), REFUSED_3);
  });
}
for (const [name, pattern] of Object.entries(GOOD_USERNAMES)) {
  checks.add('C3', `a username ${name}: CONNACK 0`, async (world) => {
    assert.strictEqual(await world.answer({ username: usernameOf(world, pattern) }), ACCEPTED);
  });
}
checks.add('C3', 'an empty client id: CONNACK 3', async (world) => {
  assert.strictEqual(await world.answer({ clientId: '' }), REFUSED_3);
});

for (const change of ['another letter case', 'a module', 'a blank']) {
  checks.add('C4', `a client id with ${change}: CONNACK 5`, async (world) => {
    const { id } = world;
    const flipped = id === id.toUpperCase() ? id.toLowerCase() : id.toUpperCase();
    const clientId = { 'another letter case': flipped, 'a module': `${id}/m`, 'a blank': `${id} ` }[change];
    assert.strictEqual(await world.answer({ clientId }), REFUSED_5);
  });
}

checks.add('C5', 'no password: CONNACK 5', async (world) => {
  assert.strictEqual(await world.answer({ password: undefined }), REFUSED_5);
});

checks.add(
  'C7',
  'a device that the gateway does not know: CONNACK 5',
  async (world) => {
    const id = `${world.id}-unknown`;
    const password = Buffer.from(world.token({ resource: `${world.hubHostName}/devices/${id}` }));
    assert.strictEqual(await world.answer({ deviceId: id, password }), REFUSED_5);
  },
  { cost: 'slow' },
);

checks.add(
  'C8',
  'a session of clean=0 comes back once something was subscribed; clean=1 ends it',
  async (world) => {
    const connack = async (/** @type {boolean} */ clean, /** @type {string} */ filter = '') => {
      const device = await world.open();
      device.send(world.connectPacket({ clean }));
      const answer = await device.bytes(4);
      if (filter) device.send(subscribePacket(filter));
      if (filter) assert.strictEqual(await device.bytes(5), '9003000101');
      device.send(DISCONNECT);
      await device.rest();
      return answer;
    };
    await connack(true);
    assert.strictEqual(await connack(false), ACCEPTED);
    assert.strictEqual(await connack(false, '$iothub/twin/res/#'), ACCEPTED);
    assert.strictEqual(await connack(false), RESUMED);
    assert.strictEqual(await connack(true), ACCEPTED);
    assert.strictEqual(await connack(false), ACCEPTED);
  },
);

checks.add('C9', 'the same id connects again: CONNACK 0 for the new, the older is closed', async (world) => {
  const older = await world.connected();
  const newer = await world.connected();
  assert.strictEqual(await older.rest(), '');
  newer.send('c000');
  assert.strictEqual(await newer.bytes(2), 'd000');
});

checks.add('C11', 'packets behind CONNECT are answered behind CONNACK', async (world) => {
  const device = await world.open();
  device.send(world.connectPacket(), subscribePacket('a', { messageId: 2 }), 'c000');
  assert.strictEqual(await device.bytes(11), `${ACCEPTED}9003000201d000`);
});

module.exports = checks.all;

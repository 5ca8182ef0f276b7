// @ts-check
'use strict';

const assert = require('node:assert');
const { publishPacket } = require('../raw-device');
const { Checks } = require('./check');

const checks = new Checks();

checks.add(
  'P1',
  'telemetry at QoS 1: PUBACK; several in order',
  async (world) => {
    const device = await world.connected();
    device.send(...[3, 1, 2].map((messageId) => publishPacket(world.events, { messageId })));
    assert.strictEqual(await device.bytes(12), '40020003' + '40020001' + '40020002');
  },
  { cost: 'telemetry' },
);

checks.add(
  'P2',
  'telemetry at QoS 2: closed without PUBREC',
  async (world) => {
    assert.strictEqual(await world.whenConnected(publishPacket(world.events, { qos: 2 })), '');
  },
  { cost: 'telemetry' },
);

/** By topic, `E` being that of telemetry. @type {Record<string, string>} */
const DROPPED = {
  'an unknown topic': 'foo/bar',
  'a misspelt topic': 'devices/d/messages/event/',
  'an empty name': 'E=x',
  'a raw equals sign in a value': 'Ea=b=c',
  'an ampersand too many': 'Ea=b&',
  'names that differ in case': 'Ea=b&A=c',
  'a slash in a value': 'Ea=b/c',
};
for (const [name, pattern] of Object.entries(DROPPED)) {
  checks.add('P3', `${name}: PUBACK nevertheless`, async (world) => {
    const topic = pattern.replace(/^E/, world.events);
    assert.strictEqual(await world.whenConnected(publishPacket(topic)), '4002');
  });
}

checks.add('P3', 'a message just below the size of a packet: PUBACK nevertheless', async (world) => {
  const payload = Buffer.alloc(262144 - 4 - 4 - world.events.length);
  const packet = publishPacket(world.events, { payload });
  assert.strictEqual(packet.length, 262144);
  assert.strictEqual(await world.whenConnected(packet), '4002');
});

checks.add('P4', 'a packet of 262 145 bytes: closed without PUBACK', async (world) => {
  const packet = publishPacket('nowhere', { payload: Buffer.alloc(262145 - 4 - 4 - 'nowhere'.length) });
  assert.strictEqual(packet.length, 262145);
  assert.strictEqual(await world.whenConnected(packet), '');
});

/** @type {Record<string, string>} */
const FORBIDDEN = {
  'packet id 0': '32050001610000',
  'an empty topic': '320400000001',
  'a wildcard in the topic': '320700036123620001',
};
for (const [name, bytes] of Object.entries(FORBIDDEN)) {
  checks.add('P11', `PUBLISH with ${name}: closed`, async (world) => {
    assert.strictEqual(await world.whenConnected(bytes), '');
  });
}

checks.add('P11', 'PUBLISH with a wildcard as its first character passes, a quirk', async (world) => {
  assert.strictEqual(await world.whenConnected('32060002236' + '10001'), '4002');
});

/** By topic. @type {Record<string, string>} */
const ANSWERS = {
  'for no call': '$iothub/methods/res/200/?$rid=none-of-any-call',
  'without $rid': '$iothub/methods/res/200/',
  'with a status that is no number': '$iothub/methods/res/OK/?$rid=none-of-any-call',
};
for (const [name, topic] of Object.entries(ANSWERS)) {
  checks.add('P8', `an answer ${name}: PUBACK`, async (world) => {
    assert.strictEqual(await world.whenConnected(publishPacket(topic)), '4002');
  });
}

module.exports = checks.all;

// @ts-check
'use strict';

const assert = require('node:assert');
const { publishPacket, subscribePacket } = require('../raw-device');
const { Checks } = require('./check');

/** @typedef {import('./world').World} World */

const RESPONSES = '$iothub/twin/res/#';
const GET = '$iothub/twin/GET/?$rid=';
const REPORTED = '$iothub/twin/PATCH/properties/reported/?$rid=';

const checks = new Checks();

/**
 * The response to a request, under a filter.
 * @param {World} world
 * @param {Buffer} request
 * @param {string} [filter]
 */
async function response(world, request, filter = RESPONSES) {
  const device = await world.connected();
  device.send(subscribePacket(filter, { qos: 0 }));
  assert.strictEqual(await device.bytes(5), '9003000100');
  device.send(request);
  const { topic, payload } = await device.publication();
  return { topic, body: payload.toString() };
}

for (const filter of [RESPONSES, '$iothub/#', '$iothub/twin/res/+/#', '#']) {
  checks.add(
    'P5',
    `GET: 200 and the twin, to the filter ${filter}`,
    async (world) => {
      const { topic, body } = await response(world, publishPacket(`${GET}a-1`, { qos: 0 }), filter);
      assert.strictEqual(topic, '$iothub/twin/res/200/?$rid=a-1');
      assert.deepStrictEqual(Object.keys(JSON.parse(body)), ['desired', 'reported']);
    },
    { cloud: true },
  );
}

checks.add(
  'P5',
  'the PUBACK of a GET comes behind its response, and holds up the next',
  async (world) => {
    const device = await world.connected();
    device.send(subscribePacket(RESPONSES, { qos: 0 }));
    assert.strictEqual(await device.bytes(5), '9003000100');
    device.send(publishPacket(`${GET}1`, { messageId: 7 }), publishPacket('nowhere', { messageId: 8 }));
    assert.strictEqual((await device.publication()).topic, '$iothub/twin/res/200/?$rid=1');
    assert.strictEqual(await device.bytes(8), '4002000740020008');
  },
  { cloud: true },
);

const CLOSED = {
  'GET without $rid': '$iothub/twin/GET/',
  'GET with an empty $rid': GET,
  'GET with $rid twice': `${GET}1&$rid=2`,
  'GET with a sub-path': '$iothub/twin/GET/properties/?$rid=1',
  'another twin topic': '$iothub/twin/nonsense',
};
for (const [name, topic] of Object.entries(CLOSED)) {
  checks.add('P6', `${name}: closed`, async (world) => {
    assert.strictEqual(await world.whenConnected(publishPacket(topic, { qos: 0 })), '');
  });
}

/** @type {Record<string, [body: string, status: number]>} */
const REPORTS = {
  nothing: ['', 400],
  null: ['null', 400],
  'no JSON': ['{"a":', 500],
  'an array': ['[1]', 500],
  'null in an array': ['{"rows":[null]}', 400],
  'null in an object in an array': ['{"rows":[{"a":null}]}', 400],
  'a name with a dot': ['{"a.b":1}', 400],
  'a name with a no-break space': ['{"a\u00a0b":1}', 400],
  'the integer 2^52': ['{"rows":4503599627370496}', 400],
  'a string of 4097 bytes': [JSON.stringify({ rows: 'x'.repeat(4097) }), 400],
  'nesting of 11': [`${'{"a":'.repeat(12)}1${'}'.repeat(12)}`, 400],
  'more than 32 768 bytes': [
    JSON.stringify(Object.fromEntries([...'abcdefghi'].map((a) => [a, 'x'.repeat(4000)]))),
    400,
  ],
};
for (const [name, [payload, status]] of Object.entries(REPORTS)) {
  checks.add('P7', `reported: ${status} for ${name}, without a body`, async (world) => {
    const answer = await response(world, publishPacket(`${REPORTED}1`, { payload, qos: 0 }));
    assert.deepStrictEqual(answer, { topic: `$iothub/twin/res/${status}/?$rid=1`, body: '' });
  });
}

checks.add(
  'P7',
  'reported: 204 without a version',
  async (world) => {
    const payload = '{"edgeDownstreamRows":null}';
    const answer = await response(world, publishPacket(`${REPORTED}1`, { payload, qos: 0 }));
    assert.deepStrictEqual(answer, { topic: '$iothub/twin/res/204/?$rid=1', body: '' });
  },
  { cost: 'twin' },
);

module.exports = checks.all;

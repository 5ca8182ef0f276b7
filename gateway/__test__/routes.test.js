// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const { RawDevice, gatewayFor, publishPacket, subscribePacket } = require('./raw-device');

/** @typedef {import('..').Gateway} Gateway */

const DEVICES = [
  { deviceId: 'edge', modules: [{ moduleId: 'a' }, { moduleId: 'b' }] },
  { deviceId: 'd1', modules: [{ moduleId: 'a' }] },
];
const INTO_B = 'INTO BrokeredEndpoint("/modules/b/inputs/in1")';

/**
 * @param {Gateway} gateway
 * @param {string} id
 * @param {string} [bag]
 */
async function publish(gateway, id, bag = '') {
  const device = await RawDevice.connected(gateway, { deviceId: id });
  const topic = `devices/${id.replace('/', '/modules/')}/messages/events/${bag}`;
  device.send(publishPacket(topic, { messageId: 7, payload: `of ${id}` }));
  assert.strictEqual(await device.bytes(4), '40020007');
  device.vanish();
}

/**
 * @param {Gateway} gateway
 * @param {string} [id]
 */
async function inputsOf(gateway, id = 'edge/b') {
  const module = await RawDevice.connected(gateway, { deviceId: id });
  module.send(subscribePacket(`devices/${id.replace('/', '/modules/')}/inputs/#`));
  assert.strictEqual(await module.bytes(5), '9003000101');
  return module;
}

test('R1 by default everything goes to the cloud', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES });
  assert.deepStrictEqual(gateway.routes, { upstream: 'FROM /messages/* INTO $upstream' });
  await publish(gateway, 'd1');
  await publish(gateway, 'edge/a', '%24.on=out');
  assert.strictEqual(gateway.upstream.forwarded, 2);
});

test('R1 what a route is for, as edgeHub compares sources', async (t) => {
  const senders = [
    ['d1', ''],
    ['edge/a', ''],
    ['edge/a', '%24.on=out'],
    ['edge/a', '%24.on=other'],
    ['edge/b', '%24.on=out'],
    ['d1/a', '%24.on=out'],
  ];
  const caught = {
    '/*': [0, 1, 2, 3, 4, 5],
    '/messages/*': [0, 1, 2, 3, 4, 5],
    '/messages': [0, 1, 2, 3, 4, 5],
    '/messages/modules/*': [1, 2, 3, 4, 5],
    '/messages/modules/a/*': [1, 2, 3, 5],
    '/messages/modules/a/outputs/*': [2, 3, 5],
    '/messages/modules/a/outputs/out': [2, 5],
    '/MESSAGES/Modules/A/outputs/OUT': [2, 5],
    '/messages/modules/b/outputs/*': [4],
    '/messages/modules/a/outputs/ou': [],
    '/messages/modules/*/outputs/out': [],
    '/messages/events': [],
  };
  const gateway = await gatewayFor(t, { devices: DEVICES });
  for (const [source, expected] of Object.entries(caught)) {
    gateway.routes = [`from ${source} into $UPSTREAM`];
    const numbers = [];
    for (const [n, [id, bag]] of senders.entries()) {
      const before = gateway.upstream.forwarded;
      await publish(gateway, id, bag);
      if (gateway.upstream.forwarded > before) numbers.push(n);
    }
    assert.deepStrictEqual(numbers, expected, source);
  }
});

test('R1 a message goes into each store once; without a route it is dropped', async (t) => {
  const gateway = await gatewayFor(t, {
    devices: DEVICES,
    routes: {
      one: `FROM /messages/modules/a/outputs/* ${INTO_B}`,
      two: `FROM /messages/* INTO BrokeredEndpoint('modules/b/inputs/in1/')`,
      three: 'FROM /messages/modules/a/* INTO $upstream',
      four: `SELECT * FROM /messages/* INTO brokeredEndpoint ( "/modules/b/inputs/in2" )`,
    },
  });
  const module = await inputsOf(gateway);
  await publish(gateway, 'edge/a', '%24.on=out&k=v');
  const inputs = [];
  for (let i = 0; i < 2; i++) {
    const { topic } = await module.publication();
    inputs.push(topic.split('/')[5]);
    module.send('40020001');
  }
  assert.deepStrictEqual(inputs, ['in1', 'in2']);
  assert.strictEqual(gateway.upstream.forwarded, 1);
  assert.strictEqual(gateway.counts.received, 1);

  gateway.routes = { none: `FROM /messages/modules/c/* ${INTO_B}` };
  const dropped = once(gateway, 'dropped');
  await publish(gateway, 'd1');
  assert.strictEqual((await dropped)[0].reason, 'no route');
  gateway.routes = ['FROM /messages/* INTO $upstream'];
  gateway.route = false;
  await publish(gateway, 'd1');
  assert.strictEqual(gateway.counts.dropped, 2);
  module.vanish();
});

test('R1 between modules: topic, properties and body, also offline', async (t) => {
  const gateway = await gatewayFor(t, {
    devices: DEVICES,
    offline: true,
    routes: [`FROM /messages/modules/a/outputs/out ${INTO_B}`],
  });
  const module = await inputsOf(gateway);
  const bag = '%24.on=out&%24.mid=m%2F1&%24.cid=c&%24.ct=text%2Fplain&%24.ce=utf-8&ack=full&%C3%A4%20b=x%26y';
  await publish(gateway, 'edge/a', bag);
  const { topic, payload, qos, messageId, dup } = await module.publication();
  assert.deepStrictEqual([payload.toString(), qos, messageId, dup], ['of edge/a', 1, 1, false]);
  const [path, properties] = [
    topic.slice(0, topic.lastIndexOf('/')),
    topic.slice(topic.lastIndexOf('/') + 1),
  ];
  assert.strictEqual(path, 'devices/edge/modules/b/inputs/in1');
  assert.deepStrictEqual(Object.fromEntries(new URLSearchParams(properties)), {
    '$.mid': 'm/1',
    '$.cid': 'c',
    '$.ct': 'text/plain',
    '$.ce': 'utf-8',
    ack: 'full',
    '$.cdid': 'edge',
    '$.cmid': 'a',
    'ä b': 'x&y',
  });
  module.send('40020001');
  gateway.routes = [`FROM /messages/* ${INTO_B}`];
  await publish(gateway, 'd1');
  assert.strictEqual((await module.publication()).topic, 'devices/edge/modules/b/inputs/in1/%24.cdid=d1');
  module.vanish();
});

test('R1 the will goes along the routes, too', async (t) => {
  const gateway = await gatewayFor(t, { devices: DEVICES, routes: [`FROM /messages/* ${INTO_B}`] });
  const module = await inputsOf(gateway);
  const will = {
    topic: 'devices/d1/messages/events/',
    payload: Buffer.from('will'),
    qos: /** @type {const} */ (0),
    retain: false,
  };
  (await RawDevice.connected(gateway, { will })).vanish();
  const { topic, payload } = await module.publication();
  assert.strictEqual(payload.toString(), 'will');
  assert.match(topic, /MessageType=Will$/);
  module.vanish();
});

test('R1 stored before the PUBACK; a full store closes the connection', async (t) => {
  const gateway = await gatewayFor(t, {
    devices: DEVICES,
    routes: [`FROM /messages/* ${INTO_B}`],
    limits: { storeBytes: 1 },
  });
  await publish(gateway, 'd1');
  const device = await RawDevice.connected(gateway);
  device.send(publishPacket('devices/d1/messages/events/'));
  assert.strictEqual(await device.rest(), '');
  assert.strictEqual(gateway.counts.received, 1);
});

test('R1 a module that there is not is told as a loss, and so is a topic that none can hold', async (t) => {
  const gateway = await gatewayFor(t, { routes: [`FROM /messages/* ${INTO_B}`] });
  const lost = once(gateway, 'lost');
  await publish(gateway, 'd1');
  assert.strictEqual((await lost)[0].reason, "there is no module 'b'");
  gateway.addDevice({ deviceId: 'edge', modules: [{ moduleId: 'b' }] });
  const tooLong = once(gateway, 'lost');
  await publish(gateway, 'd1', `k=${'x'.repeat(65500)}`);
  assert.match(
    (await tooLong)[0].reason,
    /^the topic of a message to input 'in1' of 'edge\/b' would have \d+ of/,
  );
});

test('R1 a route that cannot be is refused by its name', async (t) => {
  /** @type {Array<[unknown, RegExp]>} */
  const refused = [
    ['FROM /messages/*', /^route 'r' cannot be 'FROM \/messages\/\*'; it is as in FROM /],
    ['FROM messages INTO $upstream', /^route 'r' cannot be /],
    [7, /^route 'r' cannot be 7/],
    ['FROM /messages/* INTO $downstream', /^route 'r' cannot lead into \$downstream/],
    [
      'FROM /messages/* INTO BrokeredEndpoint("/modules/b/inputs")',
      /^route 'r' cannot lead into BrokeredEnd/,
    ],
    ['FROM /messages/* INTO Endpoint("/modules/b/inputs/in1")', /^route 'r' cannot lead into Endpoint/],
    [
      'FROM /messages/* WHERE NOT IS_DEFINED($connectionModuleId) INTO $upstream',
      /^route 'r' has the condition 'WHERE NOT IS_DEFINED\(\$connectionModuleId\)': WHERE is not modelled$/,
    ],
    ['from /messages/* where a = 1\nand b = 2 into $upstream', /has the condition 'where a = 1\nand b = 2'/],
    ['FROM /twinChangeNotifications INTO $upstream', /^route 'r' is for twin change notifications/],
  ];
  for (const [text, message] of refused) {
    const routes = /** @type {any} */ ({ good: 'FROM /* INTO $upstream', r: text });
    await assert.rejects(gatewayFor(t, { routes }), { name: 'TypeError', message });
  }
  const gateway = await gatewayFor(t);
  assert.throws(
    () => (gateway.routes = /** @type {any} */ ('FROM /* INTO $upstream')),
    /^TypeError: routes cannot be/,
  );
  assert.deepStrictEqual(Object.keys(gateway.routes), ['upstream']);
});

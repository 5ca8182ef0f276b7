// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const mqtt = require('mqtt-packet');
const {
  PINGREQ,
  PINGRESP,
  RawDevice,
  connectPacket,
  gatewayFor,
  publishPacket,
  subscribePacket,
} = require('./raw-device');

const EVENTS = 'devices/d1/messages/events/';

/** @param {number} count */
const publishes = (count) =>
  Array.from({ length: count }, (_, i) =>
    publishPacket(EVENTS, { messageId: i + 1, payload: String(i + 1) }),
  );

/** @param {import('..').Gateway} gateway */
const bodies = (gateway) => gateway.received.map(({ body }) => Number(body.toString()));

test('accept: reset at once', async (t) => {
  const gateway = await gatewayFor(t, { faults: { accept: (n) => (n === 1 ? 'refuse' : undefined) } });
  await assert.rejects(RawDevice.open(gateway), { code: 'ECONNRESET' });
  const device = await RawDevice.connected(gateway);
  device.vanish();
});

test('accept: TCP and then silence', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { accept: (n) => (n === 1 ? 'silent' : undefined) },
    limits: { connectTimeoutMs: 300 },
  });
  const tcp = net.connect(gateway.port, gateway.host);
  await once(tcp, 'connect');
  tcp.write(Buffer.alloc(1000));
  const arrived = once(tcp, 'data').then(() => 'data');
  const ended = once(tcp, 'close').then(() => 'close');
  // The time limit of a later connection shows that the silent one has none.
  const device = await RawDevice.open(gateway);
  assert.strictEqual(await device.rest(), '');
  tcp.end();
  assert.strictEqual(await Promise.race([arrived, ended]), 'close');
});

test('connack: any code, also reserved ones, with a delay', async (t) => {
  const gateway = await gatewayFor(t);
  for (const code of [1, 2, 3, 4, 5, 6, 255]) {
    gateway.faults = { connack: { code, delayMs: 5 } };
    const device = await RawDevice.open(gateway);
    const refused = once(gateway, 'refused');
    device.send(connectPacket(gateway));
    assert.strictEqual(await device.rest(), `200200${code.toString(16).padStart(2, '0')}`);
    const [{ returnCode, reason, clientId }] = await refused;
    assert.deepStrictEqual([returnCode, reason, clientId], [code, `fault: CONNACK ${code}`, 'd1']);
  }
});

test('connack: a delay alone, decided by connection', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { connack: ({ connectionNumber }) => (connectionNumber === 1 ? { delayMs: 5 } : { code: 5 }) },
  });
  const first = await RawDevice.connected(gateway);
  const second = await RawDevice.open(gateway);
  second.send(connectPacket(gateway));
  assert.strictEqual(await second.rest(), '20020005');
  first.vanish();
});

test('connack: silence, FIN, RST', async (t) => {
  const gateway = await gatewayFor(t, { faults: { connack: 'cut' } });
  const cut = await RawDevice.open(gateway);
  cut.send(connectPacket(gateway));
  assert.strictEqual(await cut.rest(), '');
  assert.strictEqual(await cut.end, 'FIN');

  gateway.faults = { connack: 'reset' };
  const reset = await RawDevice.open(gateway);
  reset.send(connectPacket(gateway));
  assert.strictEqual(await reset.end, 'ECONNRESET');

  gateway.faults = { connack: ({ connectionNumber }) => (connectionNumber === 3 ? 'silent' : undefined) };
  const silent = await RawDevice.open(gateway);
  silent.send(connectPacket(gateway), PINGREQ);
  const other = await RawDevice.connected(gateway, { deviceId: 'd2' });
  assert.strictEqual(silent.input.length, 0);
  assert.strictEqual(silent.secure.closed, false);
  silent.vanish();
  other.vanish();
});

test('publish: cut at the n-th, before the store, before PUBACK, after PUBACK', async (t) => {
  const expected = /** @type {const} */ ([
    ['before-store', '4002000140020002', [1, 2]],
    ['before-puback', '4002000140020002', [1, 2, 3]],
    ['after-puback', '400200014002000240020003', [1, 2, 3]],
  ]);
  for (const [moment, pubacks, stored] of expected) {
    const gateway = await gatewayFor(t, {
      faults: { publish: (n) => (n === 3 ? `cut-${moment}` : undefined) },
    });
    const device = await RawDevice.connected(gateway);
    device.send(...publishes(5));
    assert.strictEqual(await device.rest(), pubacks, moment);
    assert.strictEqual(await device.end, 'FIN', moment);
    assert.deepStrictEqual(bodies(gateway), stored, moment);
  }
});

test('publish: reset before the store, before PUBACK, after PUBACK', async (t) => {
  // Where bytes and RST arrive together, libuv shows the bytes and a plain end.
  const expected = /** @type {const} */ ([
    ['reset-before-store', '', 'ECONNRESET', []],
    ['reset-before-puback', '', 'ECONNRESET', [1]],
    ['reset-after-puback', '40020001', undefined, [1]],
  ]);
  for (const [fault, pubacks, end, stored] of expected) {
    const gateway = await gatewayFor(t, { faults: { publish: fault } });
    const device = await RawDevice.connected(gateway);
    device.send(...publishes(2));
    assert.strictEqual(await device.rest(), pubacks, fault);
    if (end) assert.strictEqual(await device.end, end, fault);
    assert.deepStrictEqual(bodies(gateway), stored, fault);
  }
});

test('publish: PUBACKs dropped, once or for good; the connection goes on', async (t) => {
  const gateway = await gatewayFor(t, { faults: { publish: (n) => (n === 2 ? 'drop-puback' : undefined) } });
  const device = await RawDevice.connected(gateway);
  device.send(...publishes(3), PINGREQ);
  assert.strictEqual(await device.bytes(10), '4002000140020003' + PINGRESP);
  gateway.faults = { publish: 'drop-puback' };
  device.send(...publishes(2), PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  assert.strictEqual(gateway.counts.received, 5);
  device.vanish();
});

test('publish: a delay holds back what is behind, in order; the packet decides', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { publish: (_, { payload }) => (payload.toString() === '2' ? { delayMs: 20 } : undefined) },
  });
  const device = await RawDevice.connected(gateway);
  device.send(...publishes(3));
  assert.strictEqual(await device.bytes(4), '40020001');
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(10), PINGRESP + '4002000240020003');
  device.vanish();
});

test('publish: a PUBACK delayed alone is overtaken', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { publish: (n) => (n === 1 ? { pubackDelayMs: 20 } : undefined) },
  });
  const device = await RawDevice.connected(gateway);
  device.send(...publishes(3));
  assert.strictEqual(await device.bytes(12), '400200024002000340020001');
  assert.deepStrictEqual(bodies(gateway), [1, 2, 3]);
  device.vanish();
});

test('publish: PUBACKs out of order', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { publish: (n) => (n <= 2 ? { pubackBehind: 3 - n } : undefined) },
  });
  const device = await RawDevice.connected(gateway);
  device.send(...publishes(4));
  assert.strictEqual(await device.bytes(16), '40020003' + '40020002' + '40020001' + '40020004');
  assert.deepStrictEqual(bodies(gateway), [1, 2, 3, 4]);
  device.vanish();
});

test('publish: a PUBACK given twice', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { publish: (n) => (n === 1 ? 'duplicate-puback' : undefined) },
  });
  const device = await RawDevice.connected(gateway);
  device.send(...publishes(2));
  assert.strictEqual(await device.bytes(12), '400200014002000140020002');
  device.vanish();
});

test('publish: a PUBACK with a wrong id', async (t) => {
  const gateway = await gatewayFor(t, { faults: { publish: { pubackId: 0x1234 } } });
  const device = await RawDevice.connected(gateway);
  device.send(...publishes(1));
  assert.strictEqual(await device.bytes(4), '40021234');
  device.vanish();
});

test('publish: a malformed packet in front of the PUBACK, at QoS 0 without one', async (t) => {
  const gateway = await gatewayFor(t, { faults: { publish: { inject: 'ffff' } } });
  const device = await RawDevice.connected(gateway);
  device.send(publishPacket(EVENTS, { qos: 0 }), ...publishes(1));
  assert.strictEqual(await device.bytes(8), 'ffffffff40020001');
  device.vanish();
});

test('publish: n counts per connection', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: {
      publish: (n, _, { connectionNumber }) =>
        n === 2 && connectionNumber === 1 ? 'cut-before-puback' : undefined,
    },
  });
  const first = await RawDevice.connected(gateway);
  first.send(...publishes(2));
  assert.strictEqual(await first.rest(), '40020001');
  const second = await RawDevice.connected(gateway);
  second.send(...publishes(2));
  assert.strictEqual(await second.bytes(8), '4002000140020002');
  second.vanish();
});

test('suback: 0x80 for a filter, or no SUBACK at all', async (t) => {
  const gateway = await gatewayFor(t, {
    faults: { suback: (filter) => (filter.startsWith('devices/') ? 0x80 : undefined) },
  });
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket('devices/d1/messages/devicebound/#'));
  assert.strictEqual(await device.bytes(5), '9003000180');
  device.send(subscribePacket('other', { messageId: 2 }));
  assert.strictEqual(await device.bytes(5), '9003000201');
  assert.deepStrictEqual(gateway.connections()[0].subscriptions, ['other']);
  gateway.faults = { suback: 'silent' };
  device.send(subscribePacket('third', { messageId: 3 }), PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  device.vanish();
});

test('suback: delayed, with a code of its own, and too few codes', async (t) => {
  const gateway = await gatewayFor(t, { faults: { suback: { delayMs: 20, code: 0 } } });
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket('first'), PINGREQ);
  assert.strictEqual(await device.bytes(7), PINGRESP + '9003000100');
  gateway.faults = { suback: (filter) => (filter === 'second' ? 'omit' : undefined) };
  const both = mqtt.generate({
    cmd: 'subscribe',
    messageId: 2,
    subscriptions: [
      { topic: 'second', qos: 1 },
      { topic: 'third', qos: 1 },
    ],
  });
  device.send(both, subscribePacket('second', { messageId: 3 }));
  assert.strictEqual(await device.bytes(5), '9003000201');
  assert.strictEqual(await device.bytes(4), '90020003');
  device.vanish();
});

test('unsuback: none, and delayed', async (t) => {
  const gateway = await gatewayFor(t, { faults: { unsuback: 'silent' } });
  const device = await RawDevice.connected(gateway);
  const unsubscribe = (/** @type {number} */ messageId) =>
    mqtt.generate({ cmd: 'unsubscribe', messageId, unsubscriptions: ['a'] });
  device.send(unsubscribe(1), PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  gateway.faults = { unsuback: { delayMs: 20 } };
  device.send(unsubscribe(2), PINGREQ);
  assert.strictEqual(await device.bytes(6), PINGRESP + 'b0020002');
  device.vanish();
});

test('pingresp: lost', async (t) => {
  const gateway = await gatewayFor(t, { faults: { pingresp: 'silent' } });
  const device = await RawDevice.connected(gateway);
  device.send(PINGREQ, ...publishes(1));
  assert.strictEqual(await device.bytes(4), '40020001');
  device.vanish();
});

test('cut: a connection on demand, by FIN or RST, with its will', async (t) => {
  const gateway = await gatewayFor(t);
  const will = { topic: EVENTS, payload: Buffer.from('9'), qos: /** @type {const} */ (0), retain: false };
  const first = await RawDevice.connected(gateway, { will });
  const other = await RawDevice.connected(gateway, { deviceId: 'd2' });
  assert.strictEqual(gateway.cut('d1'), 1);
  assert.strictEqual(await first.rest(), '');
  assert.strictEqual(await first.end, 'FIN');
  assert.deepStrictEqual(bodies(gateway), [9]);
  const second = await RawDevice.connected(gateway);
  assert.strictEqual(gateway.cut('d1', 'rst'), 1);
  assert.strictEqual(await second.end, 'ECONNRESET');
  assert.strictEqual(gateway.cut('d1'), 0);
  other.send(PINGREQ);
  assert.strictEqual(await other.bytes(2), PINGRESP);
  other.vanish();
});

test('freeze: half-open, until the same id connects again', async (t) => {
  const gateway = await gatewayFor(t);
  const frozen = await RawDevice.connected(gateway);
  assert.strictEqual(gateway.freeze('d1'), 1);
  frozen.send(...publishes(1), PINGREQ);
  gateway.sendC2D('d1', 'lost');
  const other = await RawDevice.connected(gateway, { deviceId: 'd2' });
  other.send(PINGREQ);
  assert.strictEqual(await other.bytes(2), PINGRESP);
  assert.strictEqual(frozen.input.length, 0);
  assert.strictEqual(frozen.secure.closed, false);
  assert.strictEqual(gateway.counts.received, 0);
  const again = await RawDevice.connected(gateway);
  assert.strictEqual(await frozen.rest(), '');
  again.send(...publishes(1));
  assert.strictEqual(await again.bytes(4), '40020001');
  again.vanish();
  other.vanish();
});

test('a malformed fault script says what, where, and what there is', async (t) => {
  const gateway = await gatewayFor(t);
  /** @type {Array<[any, string | RegExp]>} */
  const cases = [
    [
      { publsh: 'drop-puback' },
      "'publsh' is unknown; there are accept, hello, secure, connack, connected, publish, suback, unsuback, " +
        'pingresp, delivery, twin, method, request, output',
    ],
    [
      { publish: 'cut' },
      "publish cannot be 'cut'; it is cut-before-store, reset-before-store, freeze-before-store, " +
        'cut-before-puback, reset-before-puback, freeze-before-puback, cut-after-puback, reset-after-puback, ' +
        'freeze-after-puback, drop-puback, duplicate-puback or an object of delayMs, inject, pubackDelayMs, ' +
        'pubackBehind, pubackId',
    ],
    [{ publish: { delayMs: -1 } }, 'publish.delayMs cannot be -1; it is milliseconds from 0 to 2147483647'],
    [
      { publish: { delayMs: 2 ** 31 } },
      'publish.delayMs cannot be 2147483648; it is milliseconds from 0 to 2147483647',
    ],
    [
      { publish: { pubackBehind: 0 } },
      'publish.pubackBehind cannot be 0; it is a whole number from 1 to 65535',
    ],
    [{ publish: { delay: 1 } }, /^publish.delay is unknown; there are delayMs, inject, pubackDelayMs, /],
    [{ connack: { code: 256 } }, 'connack.code cannot be 256; it is a whole number from 0 to 255'],
    [
      { connack: 5 },
      'connack cannot be 5; it is silent, cut, reset, freeze or an object of code, delayMs, inject, then',
    ],
    [
      { suback: -1 },
      'suback cannot be -1; it is omit, silent, cut, reset, freeze, a whole number from 0 to 255 or an object of ' +
        'code, delayMs, inject, then',
    ],
    [
      { accept: 'close' },
      /^accept cannot be 'close'; it is refuse, silent, cut, reset, freeze or an object of /,
    ],
    [{ pingresp: true }, /^pingresp cannot be true; it is /],
    [{ pingresp: null }, /^pingresp cannot be null; it is /],
    [
      { connected: { inject: 'd00' } },
      "connected.inject cannot be 'd00'; it is bytes, or a string of hexadecimal digits in pairs",
    ],
    [{ connack: {} }, /^connack cannot be {}; it is silent, /],
    [{ twin: { repeat: -1 } }, 'twin.repeat cannot be -1; it is a whole number from 0 to 2147483647'],
    [{ twin: { omitVersion: 1 } }, 'twin.omitVersion cannot be 1; it is true or false'],
    [{ method: { body: 1 } }, 'method.body cannot be 1; it is a string, or bytes'],
    [{ connected: { then: 'fin' } }, "connected.then cannot be 'fin'; it is cut, reset, freeze"],
    [
      { output: 'slow' },
      "output cannot be 'slow'; it is an object of bytesPerSecond, fragmentBytes, gatherMs",
    ],
    [null, 'null is not an object of points'],
  ];
  for (const [faults, message] of cases) {
    const expected =
      typeof message === 'string' ? `faults: ${message}` : new RegExp(`faults: ${message.source.slice(1)}`);
    assert.throws(() => (gateway.faults = faults), { name: 'TypeError', message: expected });
  }
  await assert.rejects(gatewayFor(t, { faults: /** @type {any} */ ({ x: 1 }) }), /faults: 'x' is unknown/);
});

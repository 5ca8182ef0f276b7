// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const mqtt = require('mqtt-packet');
const { PacketReader, ProtocolError } = require('../mqtt/framing');
const packets = require('../mqtt/packets');

/** The packets here are read and written by a library that knows nothing of the gateway. */

/**
 * @param {Buffer} bytes
 */
function read(bytes) {
  const reader = new PacketReader(262144);
  reader.push(bytes);
  const packet = reader.next();
  assert.ok(packet);
  return packet;
}

/**
 * @param {Buffer} bytes
 */
function parsed(bytes) {
  /** @type {mqtt.Packet[]} */
  const all = [];
  const parser = mqtt.parser();
  parser.on('packet', (packet) => all.push(packet));
  parser.parse(bytes);
  return all[0];
}

/**
 * @param {number} first byte
 * @param {Buffer} body
 */
function framed(first, body) {
  const header = [first];
  for (let left = body.length; header.length === 1 || left > 0; left >>= 7)
    header.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  return read(Buffer.concat([Buffer.from(header), body]));
}

/** @param {number} length */
const text = (length) => 'ä'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2);

test('CONNECT: every combination of its fields', () => {
  for (let flags = 0; flags < 64; flags++) {
    const has = (/** @type {number} */ bit) => (flags & (1 << bit)) !== 0;
    const username = has(0) ? text(flags) : undefined;
    const will = { topic: text(9), payload: Buffer.from(text(300)), qos: has(3) ? 1 : 0, retain: has(4) };
    const wanted = {
      clientId: text(23),
      clean: has(1),
      keepalive: 65535 - flags,
      username,
      password: username !== undefined && has(2) ? text(127) : undefined,
      will: has(5) ? will : undefined,
    };
    const bytes = mqtt.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      ...wanted,
      password: wanted.password === undefined ? undefined : Buffer.from(wanted.password),
      will: wanted.will && { ...wanted.will, qos: /** @type {0 | 1} */ (wanted.will.qos) },
    });
    assert.deepStrictEqual(packets.decodeConnect(read(bytes)), wanted);
    const { bodyStart } = read(bytes);
    for (let end = bodyStart; end < bytes.length; end++) {
      const truncated = framed(0x10, bytes.subarray(bodyStart, end));
      assert.throws(() => packets.decodeConnect(truncated), ProtocolError);
    }
  }
});

test('SUBSCRIBE and UNSUBSCRIBE: one filter, several, the longest', () => {
  for (const filters of [['#'], ['a/+/b', '/', '+', 'a/#', '$iothub/twin/res/#'], [text(65535)]]) {
    const subscriptions = filters.map((topic, i) => ({ topic, qos: /** @type {0 | 1 | 2} */ (i % 3) }));
    assert.deepStrictEqual(
      packets.decodeSubscribe(read(mqtt.generate({ cmd: 'subscribe', messageId: 9, subscriptions }))),
      { packetId: 9, subscriptions: subscriptions.map(({ topic, qos }) => ({ filter: topic, qos })) },
    );
    const unsubscribe = mqtt.generate({ cmd: 'unsubscribe', messageId: 65535, unsubscriptions: filters });
    assert.deepStrictEqual(packets.decodeUnsubscribe(read(unsubscribe)), { packetId: 65535, filters });
  }
});

test('PUBLISH and the acknowledgements are what a library reads', () => {
  for (const size of [0, 1, 127, 128, 16383, 16384, 200000]) {
    for (const qos of /** @type {const} */ ([0, 1])) {
      const payload = Buffer.alloc(size, 'p');
      const packet = /** @type {mqtt.IPublishPacket} */ (parsed(packets.publish('ä/b', payload, qos)));
      assert.deepStrictEqual(
        [packet.topic, packet.qos, packet.dup, packet.retain, packet.messageId],
        ['ä/b', qos, false, false, qos ? 1 : undefined],
      );
      assert.ok(payload.equals(/** @type {Buffer} */ (packet.payload)));
    }
  }
  const granted = Array.from({ length: 300 }, (_, i) => i % 2);
  const suback = /** @type {mqtt.ISubackPacket} */ (parsed(packets.suback(258, granted)));
  assert.deepStrictEqual([suback.messageId, suback.granted], [258, granted]);
  assert.strictEqual(parsed(packets.puback(258)).messageId, 258);
  assert.strictEqual(parsed(packets.unsuback(258)).messageId, 258);
});

test('what is malformed is a protocol error, and is named', () => {
  const mqtt311 = '00044d51545404';
  for (const [first, body, message] of /** @type {const} */ ([
    [0x11, `${mqtt311}02003c000141`, /packet type 1 with flags 1/],
    [0x30, '', /packet type 3 before CONNECT/],
    [0x10, `${mqtt311}0200`, /CONNECT is truncated/],
    [0x10, `${mqtt311}01003c000141`, /a reserved flag/],
    [0x10, `${mqtt311}40003c000141`, /a password and no username/],
    [0x10, `${mqtt311}1c003c000141`, /will QoS 3/],
    [0x10, `${mqtt311}20003c000141`, /a will that it does not have/],
    [0x10, `${mqtt311}02003c00014100`, /longer than its fields/],
    [0x10, `${mqtt311}02003c000241`, /truncated/],
    [0x10, '00044d5154580402003c000141', /protocol name 'MQTX'/],
    [0x10, '00044d5154540502003c000141', /protocol level 5/],
  ])) {
    assert.throws(() => packets.decodeConnect(framed(first, Buffer.from(body, 'hex'))), { message });
  }
  const many = '00016101'.repeat(packets.MAX_FILTERS + 1);
  for (const [body, message] of /** @type {const} */ ([
    ['0001', /no topic filters/],
    ['000000016100', /packet id 0/],
    ['000100016103', /QoS 3/],
    ['000100016180', /QoS 128/],
    ['0001000161', /truncated/],
    ['0001000461232f6100', /invalid topic filter 'a#\/a'/],
    ['00010003232f6100', /invalid topic filter '#\/a'/],
    ['0001000000', /invalid topic filter ''/],
    [`0001${many}`, /more than 1000 topic filters/],
  ])) {
    assert.throws(() => packets.decodeSubscribe(framed(0x82, Buffer.from(body, 'hex'))), { message });
  }
  for (const hex of [
    '8002' + '0001',
    '41020001',
    '4003000100',
    '400100',
    'c1' + '00',
    'c00100',
    'e00100',
    '5001ff',
  ]) {
    assert.throws(() => packets.assertShape(read(Buffer.from(hex, 'hex'))), ProtocolError, hex);
  }
  for (const hex of ['40020001', '50020001', '62020001', '70020001', 'c000', 'e000', '3f020001']) {
    packets.assertShape(read(Buffer.from(hex, 'hex')));
  }
});

test('a packet may come in any pieces', () => {
  const bytes = Buffer.concat([
    packets.puback(7),
    packets.publish('a', Buffer.alloc(20000, 1), 1),
    packets.PINGRESP,
    packets.publish('b', Buffer.alloc(0), 0),
  ]);
  for (const size of [1, 2, 3, 5, 100, 19999, bytes.length]) {
    const reader = new PacketReader(262144);
    const all = [];
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size));
      for (let packet = reader.next(); packet; packet = reader.next()) all.push(Buffer.from(packet.bytes));
    }
    assert.strictEqual(all.length, 4);
    assert.ok(Buffer.concat(all).equals(bytes));
    assert.strictEqual(reader.length, 0);
  }
});

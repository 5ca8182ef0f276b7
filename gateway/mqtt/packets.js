// @ts-check
'use strict';

const { Fields } = require('./fields');
const { ProtocolError } = require('./framing');

/** Control packet types that a client may send (MQTT 3.1.1 §2.2.1). */
const TYPE = {
  CONNECT: 1,
  PUBLISH: 3,
  PUBACK: 4,
  PUBREC: 5,
  PUBREL: 6,
  PUBCOMP: 7,
  SUBSCRIBE: 8,
  UNSUBSCRIBE: 10,
  PINGREQ: 12,
  DISCONNECT: 14,
};

const PINGRESP = Buffer.from([0xd0, 0x00]);

/** Of a topic, in bytes of UTF-8 (MQTT 3.1.1 §1.5.3). */
const MAX_TOPIC_SIZE = 65535;

/** Topic filters of one packet. */
const MAX_FILTERS = 1000;

/** Of the first byte, MQTT 3.1.1 §2.2.2; those of PUBLISH have a meaning, and all others are 0. */
const FLAGS = new Map([
  [TYPE.PUBREL, 2],
  [TYPE.SUBSCRIBE, 2],
  [TYPE.UNSUBSCRIBE, 2],
]);

/** Of the body, where it is always the same. */
const LENGTHS = new Map([
  [TYPE.PUBACK, 2],
  [TYPE.PUBREC, 2],
  [TYPE.PUBREL, 2],
  [TYPE.PUBCOMP, 2],
  [TYPE.PINGREQ, 0],
  [TYPE.DISCONNECT, 0],
]);

/** Of the flags of CONNECT (MQTT 3.1.1 §3.1.2.3). */
const CONNECT_FLAG = {
  RESERVED: 0x01,
  CLEAN: 0x02,
  WILL: 0x04,
  RETAIN: 0x20,
  PASSWORD: 0x40,
  USERNAME: 0x80,
};

/**
 * @typedef {import('./framing').Packet} Packet
 * @typedef {import('../index').PublishPacket} PublishPacket
 *
 * @typedef {object} Will
 * @property {string} topic
 * @property {Buffer} payload
 * @property {number} qos
 * @property {boolean} retain
 *
 * @typedef {object} ConnectPacket nothing of it refers to what was read
 * @property {string} clientId
 * @property {boolean} clean
 * @property {number} keepalive seconds
 * @property {string | undefined} username
 * @property {string | undefined} password
 * @property {Will | undefined} will
 */

/**
 * A CONNECT of another level than MQTT 3.1.1's: answered by CONNACK 1.
 */
class UnsupportedLevelError extends ProtocolError {}

/**
 * What holds for every packet of a kind, whatever is in it.
 * @param {Packet} packet
 * @throws {ProtocolError} wrong flags, or a length that it cannot have
 */
function assertShape({ type, flags, bytes, bodyStart }) {
  if (type === TYPE.PUBLISH) return;
  if (flags !== (FLAGS.get(type) ?? 0)) throw new ProtocolError(`packet type ${type} with flags ${flags}`);
  const length = LENGTHS.get(type);
  const actual = bytes.length - bodyStart;
  if (length !== undefined && actual !== length) {
    throw new ProtocolError(`packet type ${type} with ${actual} bytes instead of ${length}`);
  }
}

/**
 * @param {Packet} packet
 * @returns {ConnectPacket}
 * @throws {UnsupportedLevelError}
 * @throws {ProtocolError} not a CONNECT, another protocol name, or malformed
 */
function decodeConnect(packet) {
  if (packet.type !== TYPE.CONNECT) throw new ProtocolError(`packet type ${packet.type} before CONNECT`);
  assertShape(packet);
  const fields = new Fields(packet.bytes, packet.bodyStart, 'CONNECT');
  const name = fields.text();
  if (name !== 'MQTT') throw new ProtocolError(`protocol name '${name}' is not 'MQTT'`);
  const level = fields.octet();
  if (level !== 4) throw new UnsupportedLevelError(`protocol level ${level} is not 4`);
  const flags = fields.octet();
  const has = (/** @type {number} */ flag) => (flags & flag) !== 0;
  const willQos = (flags >> 3) & 0x03;
  if (has(CONNECT_FLAG.RESERVED)) throw new ProtocolError('CONNECT has a reserved flag set');
  if (has(CONNECT_FLAG.PASSWORD) && !has(CONNECT_FLAG.USERNAME)) {
    throw new ProtocolError('CONNECT has a password and no username');
  }
  if (willQos === 3) throw new ProtocolError('CONNECT asks for will QoS 3');
  if (!has(CONNECT_FLAG.WILL) && (willQos !== 0 || has(CONNECT_FLAG.RETAIN))) {
    throw new ProtocolError('CONNECT describes a will that it does not have');
  }
  const keepalive = fields.word();
  const clientId = fields.text();
  const will = has(CONNECT_FLAG.WILL)
    ? {
        topic: fields.text(),
        payload: Buffer.from(fields.data()),
        qos: willQos,
        retain: has(CONNECT_FLAG.RETAIN),
      }
    : undefined;
  const username = has(CONNECT_FLAG.USERNAME) ? fields.text() : undefined;
  const password = has(CONNECT_FLAG.PASSWORD) ? fields.text() : undefined;
  fields.end();
  return { clientId, clean: has(CONNECT_FLAG.CLEAN), keepalive, username, password, will };
}

/**
 * @param {Packet} packet
 * @returns {PublishPacket} topic and payload; the payload is a view
 * @throws {ProtocolError}
 */
function decodePublish({ bytes, bodyStart, flags }) {
  const qos = (flags >> 1) & 0x03;
  if (qos === 3) throw new ProtocolError('PUBLISH with QoS 3');
  const offset = bodyStart + 2;
  if (offset > bytes.length) throw new ProtocolError('PUBLISH is truncated');
  const topicEnd = offset + bytes.readUInt16BE(bodyStart);
  const payloadStart = qos === 0 ? topicEnd : topicEnd + 2;
  if (payloadStart > bytes.length) throw new ProtocolError('PUBLISH is truncated');
  const topic = bytes.toString('utf8', offset, topicEnd);
  // A wildcard as the very first character passes: a quirk of edgeHub's decoder.
  if (topic === '' || topic.indexOf('#', 1) > 0 || topic.indexOf('+', 1) > 0) {
    throw new ProtocolError(`PUBLISH to the invalid topic '${topic}'`);
  }
  const packetId = qos === 0 ? 0 : bytes.readUInt16BE(topicEnd);
  if (qos !== 0 && packetId === 0) throw new ProtocolError('PUBLISH with packet id 0');
  const payload = bytes.subarray(payloadStart);
  return { topic, payload, qos, packetId, dup: (flags & 0x08) !== 0, retain: (flags & 0x01) !== 0 };
}

/**
 * @param {Packet} packet of PUBACK, PUBREC or PUBCOMP
 * @returns {number} packet id
 * @throws {ProtocolError}
 */
function decodeAcknowledgement({ bytes, bodyStart }) {
  const fields = new Fields(bytes, bodyStart, 'an acknowledgement');
  return packetIdOf(fields);
}

/**
 * @param {Packet} packet
 * @returns {{ packetId: number, subscriptions: Array<{ filter: string, qos: number }> }}
 * @throws {ProtocolError}
 */
function decodeSubscribe({ bytes, bodyStart }) {
  const fields = new Fields(bytes, bodyStart, 'SUBSCRIBE');
  const packetId = packetIdOf(fields);
  const subscriptions = listOf(fields, () => {
    const filter = filterOf(fields);
    const qos = fields.octet();
    if (qos > 2) throw new ProtocolError(`SUBSCRIBE with QoS ${qos}`);
    return { filter, qos };
  });
  return { packetId, subscriptions };
}

/**
 * @param {Packet} packet
 * @returns {{ packetId: number, filters: string[] }}
 * @throws {ProtocolError}
 */
function decodeUnsubscribe({ bytes, bodyStart }) {
  const fields = new Fields(bytes, bodyStart, 'UNSUBSCRIBE');
  const packetId = packetIdOf(fields);
  return { packetId, filters: listOf(fields, () => filterOf(fields)) };
}

/**
 * @param {Fields} fields
 */
function packetIdOf(fields) {
  const packetId = fields.word();
  if (packetId === 0) throw new ProtocolError('packet id 0');
  return packetId;
}

/**
 * @template T
 * @param {Fields} fields
 * @param {() => T} next
 * @returns {T[]} one or more
 */
function listOf(fields, next) {
  const list = [];
  while (!fields.atEnd) {
    if (list.length === MAX_FILTERS) throw new ProtocolError(`more than ${MAX_FILTERS} topic filters`);
    list.push(next());
  }
  if (list.length === 0) throw new ProtocolError('no topic filters');
  return list;
}

/**
 * MQTT 3.1.1 §4.7.1: `#` only as the last level, `+` only as a whole level.
 * @param {Fields} fields
 */
function filterOf(fields) {
  const filter = fields.text();
  const levels = filter.split('/');
  const valid = levels.every((level, i) =>
    level.length > 1 ? !/[#+]/.test(level) : level !== '#' || i === levels.length - 1,
  );
  if (filter === '' || !valid) throw new ProtocolError(`invalid topic filter '${filter}'`);
  return filter;
}

/**
 * @param {number} packetId
 */
const puback = (packetId) => Buffer.from([0x40, 0x02, packetId >> 8, packetId & 0xff]);

/**
 * @param {number} returnCode
 * @param {boolean} sessionPresent
 */
const connack = (returnCode, sessionPresent) => Buffer.from([0x20, 0x02, sessionPresent ? 1 : 0, returnCode]);

/**
 * @param {number} packetId
 * @param {number[]} granted none is no valid SUBACK, and can be made nevertheless
 */
const suback = (packetId, granted) => packet(0x90, Buffer.from([packetId >> 8, packetId & 0xff, ...granted]));

/**
 * @param {number} packetId
 */
const unsuback = (packetId) => Buffer.from([0xb0, 0x02, packetId >> 8, packetId & 0xff]);

/**
 * To be called before a message is taken on: later nobody could be told.
 * @param {string} what goes to the topic
 * @param {string} topic
 * @throws {RangeError} too long for a PUBLISH
 */
function assertTopicFits(what, topic) {
  const size = Buffer.byteLength(topic);
  if (size > MAX_TOPIC_SIZE) {
    throw new RangeError(`the topic of ${what} would have ${size} of at most ${MAX_TOPIC_SIZE} bytes`);
  }
}

/**
 * A PUBLISH as edgeHub sends it: packet id 1, never DUP nor RETAIN.
 * @param {string} topic at most 65 535 bytes
 * @param {Buffer} payload
 * @param {0 | 1} qos
 */
function publish(topic, payload, qos, packetId = 1) {
  const name = Buffer.from(topic);
  const size = Buffer.from([name.length >> 8, name.length & 0xff]);
  const id = qos === 0 ? [] : [Buffer.from([packetId >> 8, packetId & 0xff])];
  return packet(0x30 | (qos << 1), size, name, ...id, payload);
}

/**
 * @param {number} first byte
 * @param {...Buffer} parts of the body
 */
function packet(first, ...parts) {
  const header = [first];
  let left = parts.reduce((sum, { length }) => sum + length, 0);
  do {
    header.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.concat([Buffer.from(header), ...parts]);
}

module.exports = {
  MAX_FILTERS,
  MAX_TOPIC_SIZE,
  PINGRESP,
  TYPE,
  UnsupportedLevelError,
  assertShape,
  assertTopicFits,
  connack,
  decodeAcknowledgement,
  decodeConnect,
  decodePublish,
  decodeSubscribe,
  decodeUnsubscribe,
  puback,
  publish,
  suback,
  unsuback,
};

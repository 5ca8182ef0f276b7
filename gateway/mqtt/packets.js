// @ts-check
'use strict';

const mqtt = require('mqtt-packet');
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

/** Types whose first byte has other flags than 0 (MQTT 3.1.1 §2.2.2); those of PUBLISH have meanings. */
const FLAGS = new Map([
  [TYPE.PUBREL, 2],
  [TYPE.SUBSCRIBE, 2],
  [TYPE.UNSUBSCRIBE, 2],
]);

const PINGRESP = Buffer.from([0xd0, 0x00]);

/** Of a topic, in bytes of UTF-8 (MQTT 3.1.1 §1.5.3). */
const MAX_TOPIC_SIZE = 65535;

/**
 * @typedef {import('./framing').Packet} Packet
 * @typedef {import('../index').PublishPacket} PublishPacket
 */

/**
 * A CONNECT of another level than MQTT 3.1.1's: answered by CONNACK 1.
 */
class UnsupportedLevelError extends ProtocolError {}

/**
 * @param {Packet} packet
 * @throws {ProtocolError} the first byte is none of a client's packet
 */
function assertFlags({ type, flags }) {
  if (type === TYPE.PUBLISH || flags === (FLAGS.get(type) ?? 0)) return;
  throw new ProtocolError(`packet type ${type} with flags ${flags}`);
}

/**
 * @param {Packet} packet
 * @returns {mqtt.IConnectPacket}
 * @throws {UnsupportedLevelError}
 * @throws {ProtocolError} not a CONNECT, another protocol name, or malformed
 */
function decodeConnect(packet) {
  if (packet.type !== TYPE.CONNECT) throw new ProtocolError(`packet type ${packet.type} before CONNECT`);
  assertFlags(packet);
  const body = packet.bytes.subarray(packet.bodyStart);
  const nameEnd = body.length < 2 ? 0 : 2 + body.readUInt16BE(0);
  const name = body.toString('utf8', 2, nameEnd);
  if (name !== 'MQTT') throw new ProtocolError(`protocol name '${name}' is not 'MQTT'`);
  if (body.length < nameEnd + 2) throw new ProtocolError('CONNECT is truncated');
  if (body[nameEnd] !== 4) throw new UnsupportedLevelError(`protocol level ${body[nameEnd]} is not 4`);
  const flags = body[nameEnd + 1];
  if (flags & 0x40 && !(flags & 0x80)) throw new ProtocolError('CONNECT has a password and no username');
  if ((flags & 0x18) === 0x18) throw new ProtocolError('CONNECT asks for will QoS 3');
  assertNothingBehind(body, nameEnd + 4, flags);
  return /** @type {mqtt.IConnectPacket} */ (decode(packet));
}

/**
 * The library passes over what follows the last field of a CONNECT; edgeHub's decoder does not.
 * @param {Buffer} body
 * @param {number} start of the client id
 * @param {number} flags which fields there are: will topic and payload, username, password
 */
function assertNothingBehind(body, start, flags) {
  const fields = 1 + (flags & 0x04 ? 2 : 0) + (flags & 0x80 ? 1 : 0) + (flags & 0x40 ? 1 : 0);
  let end = start;
  for (let i = 0; i < fields; i++) {
    if (end + 2 > body.length) throw new ProtocolError('CONNECT is truncated');
    end += 2 + body.readUInt16BE(end);
  }
  if (end > body.length) throw new ProtocolError('CONNECT is truncated');
  if (end < body.length) throw new ProtocolError(`${body.length - end} bytes behind the fields of CONNECT`);
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
 * Of a PUBACK, PUBREC or PUBCOMP.
 * @param {Packet} packet
 * @returns {number} packet id
 * @throws {ProtocolError}
 */
function decodeAcknowledgement({ type, bytes, bodyStart }) {
  if (bytes.length !== bodyStart + 2) throw new ProtocolError(`packet type ${type} of a wrong length`);
  const packetId = bytes.readUInt16BE(bodyStart);
  if (packetId === 0) throw new ProtocolError('packet id 0');
  return packetId;
}

/**
 * Of a PINGREQ or DISCONNECT.
 * @param {Packet} packet
 * @throws {ProtocolError}
 */
function assertNoBody({ type, bytes, bodyStart }) {
  if (bytes.length > bodyStart) throw new ProtocolError(`packet type ${type} with a body`);
}

/**
 * @param {Packet} packet
 * @returns {mqtt.ISubscribePacket}
 */
function decodeSubscribe(packet) {
  const decoded = /** @type {mqtt.ISubscribePacket} */ (decode(packet));
  assertFilters(decoded.subscriptions.map(({ topic }) => topic));
  return decoded;
}

/**
 * @param {Packet} packet
 * @returns {mqtt.IUnsubscribePacket}
 */
function decodeUnsubscribe(packet) {
  const decoded = /** @type {mqtt.IUnsubscribePacket} */ (decode(packet));
  assertFilters(decoded.unsubscriptions);
  return decoded;
}

/**
 * At least one filter, and MQTT 3.1.1 §4.7.1: `#` only as the last level, `+` only as a whole level.
 * @param {string[]} filters
 */
function assertFilters(filters) {
  if (filters.length === 0) throw new ProtocolError('no topic filters');
  for (const filter of filters) {
    const levels = filter.split('/');
    const valid = levels.every((level, i) =>
      level.length > 1 ? !/[#+]/.test(level) : level !== '#' || i === levels.length - 1,
    );
    if (filter === '' || !valid) throw new ProtocolError(`invalid topic filter '${filter}'`);
  }
}

/**
 * @param {Packet} packet
 * @returns {mqtt.Packet}
 */
function decode({ bytes }) {
  /** @type {mqtt.Packet | undefined} */
  let decoded;
  const parser = mqtt.parser();
  parser.on('packet', (packet) => (decoded = packet));
  parser.on('error', (error) => {
    throw new ProtocolError(error.message);
  });
  parser.parse(bytes);
  if (!decoded) throw new ProtocolError('packet is truncated');
  const { messageId } = decoded;
  if (messageId === 0) throw new ProtocolError('packet id 0');
  return decoded;
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
 * @param {number} messageId
 * @param {number[]} granted none is no valid SUBACK, and can be made nevertheless
 */
const suback = (messageId, granted) =>
  granted.length === 0
    ? Buffer.from([0x90, 0x02, messageId >> 8, messageId & 0xff])
    : mqtt.generate({ cmd: 'suback', messageId, granted });

/**
 * @param {number} messageId
 */
const unsuback = (messageId) => Buffer.from([0xb0, 0x02, messageId >> 8, messageId & 0xff]);

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
 * A PUBLISH as edgeHub sends it: packet id 1, never DUP nor RETAIN (§2.7b).
 * @param {string} topic
 * @param {Buffer} payload
 * @param {0 | 1} qos
 */
const publish = (topic, payload, qos) =>
  mqtt.generate({ cmd: 'publish', topic, payload, qos, messageId: 1, dup: false, retain: false });

module.exports = {
  MAX_TOPIC_SIZE,
  PINGRESP,
  TYPE,
  UnsupportedLevelError,
  assertFlags,
  assertNoBody,
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

// @ts-check
'use strict';

const mqtt = require('mqtt-packet');
const { Random } = require('./random');
const { RawDevice, connectPacket, passwordOf, publishPacket, subscribePacket } = require('./raw-device');
const { OPCODE, frame, upgradeRequest } = require('./raw_web_socket');

/**
 * @typedef {import('..').Gateway} Gateway
 */

/** How long a peer waits for the gateway to answer, or to end the connection. Milliseconds. */
const PATIENCE_MS = 5;

/** Bytes at which parsers go wrong. */
const EDGES = [
  0, 1, 2, 3, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x23, 0x2b, 0x2f, 0x25, 0x26, 0x3d, 0x24, 0x22, 0x5b,
];

/**
 * What clients send, all of it in order.
 * @param {Gateway} gateway
 */
function packetsOf(gateway) {
  const will = {
    topic: 'devices/d1/messages/events/a=b',
    payload: Buffer.from('w'),
    qos: /** @type {1} */ (1),
  };
  return [
    connectPacket(gateway),
    connectPacket(gateway, { clean: false, will: { ...will, retain: true } }),
    connectPacket(gateway, { deviceId: 'd1/m1' }),
    publishPacket('devices/d1/messages/events/'),
    publishPacket('devices/d1/messages/events/%24.mid=1&%24.ct=a%2Fb&x=%C3%A4&y'),
    publishPacket('devices/d1/messages/events/a=b&deviceId=x', { qos: 0, dup: false }),
    publishPacket('devices/d1/modules/m1/messages/events/a=b/', { qos: 1, dup: true, retain: true }),
    publishPacket('devices/d1/messages/events/', { qos: 2, messageId: 77 }),
    publishPacket('$iothub/twin/GET/?$rid=1', { qos: 0 }),
    publishPacket('$iothub/twin/PATCH/properties/reported/?$rid=2', {
      payload: '{"a":{"b":[1,2.5,"x",{"c":null}],"d":null},"e":4503599627370496}',
    }),
    publishPacket('$iothub/methods/res/200/?$rid=3', { payload: '{"a":[1]}' }),
    ...['$iothub/methods/POST/#', '$iothub/twin/res/#', '$iothub/twin/PATCH/properties/desired/#'].map(
      (filter) => subscribePacket(filter),
    ),
    subscribePacket('devices/d1/messages/devicebound/#', { qos: 2 }),
    subscribePacket('devices/d1/modules/m1/#'),
    subscribePacket('+/a/+/#'),
    mqtt.generate({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['$iothub/twin/res/#', 'x'] }),
    Buffer.from('40020001', 'hex'),
    Buffer.from('50020001', 'hex'),
    Buffer.from('c000', 'hex'),
    Buffer.from('e000', 'hex'),
  ];
}

/**
 * @param {Gateway} gateway
 */
function requestsOf(gateway) {
  const body = '{"methodName":"m","payload":{"a":[1]},"responseTimeoutInSeconds":5}';
  const proof = `x-ms-edge-moduleId: d1/m1\r\nauthorization: ${passwordOf(gateway, 'd1/m1')}\r\n`;
  const head = `POST /twins/d1/methods?api-version=1 HTTP/1.1\r\nhost: x\r\n${proof}`;
  return [
    upgradeRequest(),
    Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'),
    Buffer.from(`${head}content-length: ${body.length}\r\n\r\n${body}`),
    Buffer.from(
      `${head}transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ),
    Buffer.from('POST /devices/d1/messages/events HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}'),
  ];
}

/**
 * Changes some bytes, or how many there are.
 * @param {Random} random
 * @param {Buffer} bytes
 * @param {Buffer[]} others
 * @returns {Buffer}
 */
function mutated(random, bytes, others) {
  let result = Buffer.from(bytes);
  for (let changes = random.below(4); changes >= 0 && result.length > 0; changes--) {
    const at = random.below(result.length);
    const rest = result.subarray(at);
    const some = rest.subarray(random.below(rest.length) + 1);
    const start = result.subarray(0, at);
    switch (random.below(8)) {
      case 0:
        result[at] ^= 1 << random.below(8);
        break;
      case 1:
        result[at] = random.one(EDGES);
        break;
      case 2:
        // The length of an MQTT packet, and of most of its fields.
        result[Math.min(random.below(4), result.length - 1)] = random.below(256);
        break;
      case 3:
        result = Buffer.concat([start, some]);
        break;
      case 4:
        result = Buffer.concat([start, rest, rest.subarray(0, random.below(40)), some]);
        break;
      case 5: {
        const other = random.one(others);
        result = Buffer.concat([start, other.subarray(random.below(other.length)), some]);
        break;
      }
      case 6:
        result = Buffer.concat([start, Buffer.alloc(random.below(2000), random.one(EDGES)), rest]);
        break;
      default:
        result = result.subarray(0, at + 1);
    }
  }
  return result;
}

/**
 * What a peer sends on one connection.
 * @typedef {object} Visit
 * @property {boolean} http to the port of HTTP
 * @property {Buffer} begin sent as it is
 * @property {Buffer[]} pieces
 */

/** Peers that send what clients send, changed by chance: the n-th of a seed sends always the same. */
class MutatingPeers {
  #gateway;
  #seed;
  #packets;
  #requests;
  /** Connections made, and pieces sent, each of several packets or requests. */
  counts = { connections: 0, pieces: 0 };

  /**
   * @param {Gateway} gateway
   * @param {number} seed
   */
  constructor(gateway, seed) {
    this.#gateway = gateway;
    this.#seed = seed;
    this.#packets = packetsOf(gateway);
    this.#requests = requestsOf(gateway);
  }

  /** The next connection, from its beginning to its end. */
  async visit() {
    const { http, begin, pieces } = this.#next(new Random(this.#seed + this.counts.connections++));
    const port = http ? this.#gateway.webSocketPort : this.#gateway.port;
    const device = await RawDevice.open(this.#gateway, { port });
    device.secure.on('error', () => {});
    device.secure.write(begin);
    for (const piece of pieces) {
      if (device.secure.closed) break;
      this.counts.pieces++;
      device.secure.write(piece);
      await heard(device);
    }
    device.vanish();
  }

  /**
   * @param {Random} random
   * @returns {Visit}
   */
  #next(random) {
    if (random.below(4)) return this.#mqttVisit(random);
    return random.below(2) ? this.#httpVisit(random) : this.#webSocketVisit(random);
  }

  /**
   * CONNECT as it should be, three times out of four, and whatever behind it.
   * @param {Random} random
   * @returns {Visit}
   */
  #mqttVisit(random) {
    const begin = random.below(4) ? random.one(this.#packets.slice(0, 3)) : Buffer.alloc(0);
    const pieces = piecesOf(random, () => {
      const packet = random.one(this.#packets);
      return random.below(3) ? mutated(random, packet, this.#packets) : packet;
    });
    return { http: false, begin, pieces };
  }

  /**
   * @param {Random} random
   * @returns {Visit}
   */
  #httpVisit(random) {
    const pieces = piecesOf(random, () => mutated(random, random.one(this.#requests), this.#requests));
    return { http: true, begin: Buffer.alloc(0), pieces };
  }

  /**
   * @param {Random} random
   * @returns {Visit}
   */
  #webSocketVisit(random) {
    const begin = Buffer.concat([upgradeRequest(), frame(this.#packets[0])]);
    const pieces = piecesOf(random, () => {
      const packet = random.one(this.#packets);
      const payload = random.below(2) ? mutated(random, packet, this.#packets) : packet;
      const opcode = random.below(6) ? OPCODE.BINARY : random.one(Object.values(OPCODE));
      const bytes = frame(payload, { opcode, fin: random.below(8) > 0 });
      return random.below(4) ? bytes : mutated(random, bytes, this.#packets);
    });
    return { http: true, begin, pieces };
  }
}

/**
 * @param {Random} random
 * @param {() => Buffer} next packet or request
 * @returns {Buffer[]} several of them each, some in halves
 */
function piecesOf(random, next) {
  return Array.from({ length: 1 + random.below(6) }, () => {
    const bytes = Buffer.concat(Array.from({ length: 1 + random.below(12) }, next));
    const cut = random.below(2) ? random.below(bytes.length + 1) : bytes.length;
    return [bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0);
  }).flat();
}

/**
 * @param {RawDevice} device
 */
function heard({ secure }) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      secure.off('more', done);
      resolve(undefined);
    };
    const timer = setTimeout(done, PATIENCE_MS);
    secure.on('more', done);
  });
}

module.exports = { MutatingPeers };

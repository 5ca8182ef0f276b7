// @ts-check
'use strict';

const { createHash, randomBytes } = require('node:crypto');
const { ACCEPTED, RESUMED, RawDevice, connectPacket } = require('./raw-device');

/**
 * @typedef {import('..').Gateway} Gateway
 *
 * @typedef {object} Frame
 * @property {number} opcode
 * @property {string} payload hexadecimal
 */

const OPCODE = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 };

/** Close frame of code 1000 and 1002, as the gateway sends them. */
const CLOSED = '880203e8';
const OBJECTED = '880203ea';

/**
 * @param {object} [changes]
 * @param {string} [changes.method]
 * @param {string} [changes.path]
 * @param {string} [changes.protocols]
 * @param {string} [changes.key]
 * @param {Record<string, string>} [changes.headers]
 */
function upgradeRequest({
  method = 'GET',
  path = '/$iothub/websocket',
  protocols = 'mqtt',
  key = randomBytes(16).toString('base64'),
  headers = {},
} = {}) {
  const all = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Protocol': protocols,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

/**
 * A frame as a client sends it, masked unless said otherwise.
 * @param {Buffer} payload
 * @param {{ opcode?: number, fin?: boolean, masked?: boolean }} [options]
 */
function frame(payload, { opcode = OPCODE.BINARY, fin = true, masked = true } = {}) {
  const { length } = payload;
  const size = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const header = Buffer.alloc(2 + size);
  header[0] = opcode | (fin ? 0x80 : 0);
  header[1] = (size === 0 ? length : size === 2 ? 126 : 127) | (masked ? 0x80 : 0);
  if (size === 2) header.writeUInt16BE(length, 2);
  if (size === 8) header.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([header, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([header, mask, payload.map((octet, i) => octet ^ mask[i % 4])]);
}

/** A WebSocket to the gateway, down to its bytes. */
class RawWebSocket {
  /** Bytes of MQTT that came and were not asked for yet. */
  #mqtt = Buffer.alloc(0);

  /**
   * @param {RawDevice} device upgraded
   */
  constructor(device) {
    this.device = device;
  }

  /**
   * @param {Gateway} gateway
   * @param {Parameters<typeof upgradeRequest>[0]} [changes]
   * @param {Buffer} [behind] sent in one piece with the request
   */
  static async open(gateway, changes = {}, behind = Buffer.alloc(0)) {
    const device = await RawDevice.open(gateway, { port: gateway.webSocketPort });
    const key = randomBytes(16).toString('base64');
    device.send(upgradeRequest({ key, ...changes }), behind);
    const head = await httpHead(device);
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const expected =
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`;
    if (head !== expected) throw new Error(`upgrade answered with ${head}`);
    return new RawWebSocket(device);
  }

  /**
   * Opens and connects.
   * @param {Gateway} gateway
   * @param {Parameters<typeof connectPacket>[1]} [changes]
   */
  static async connected(gateway, changes) {
    const socket = await RawWebSocket.open(gateway);
    socket.send(connectPacket(gateway, changes));
    const connack = await socket.bytes(4);
    if (connack !== ACCEPTED && connack !== RESUMED) throw new Error(`CONNACK ${connack}`);
    return socket;
  }

  /**
   * @param {...(Buffer | string)} pieces of one binary frame; bytes, or hexadecimal
   */
  send(...pieces) {
    const buffers = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'hex') : piece));
    this.device.send(frame(Buffer.concat(buffers)));
  }

  /**
   * The next frame. It must be whole and unmasked.
   * @returns {Promise<Frame>}
   */
  async frame() {
    const [first, second] = Buffer.from(await this.device.bytes(2), 'hex');
    if (!(first & 0x80) || second > 127) throw new Error(`frame begins with ${first}, ${second}`);
    let length = second;
    if (length === 126) length = parseInt(await this.device.bytes(2), 16);
    else if (length === 127) length = parseInt(await this.device.bytes(8), 16);
    return { opcode: first & 0x0f, payload: await this.device.bytes(length) };
  }

  /**
   * The next bytes of MQTT, hexadecimal. They must come in binary frames.
   * @param {number} count
   */
  async bytes(count) {
    while (this.#mqtt.length < count) {
      const { opcode, payload } = await this.frame();
      if (opcode !== OPCODE.BINARY) throw new Error(`frame of opcode ${opcode} with ${payload}`);
      this.#mqtt = Buffer.concat([this.#mqtt, Buffer.from(payload, 'hex')]);
    }
    const bytes = this.#mqtt.subarray(0, count);
    this.#mqtt = this.#mqtt.subarray(count);
    return bytes.toString('hex');
  }

  /** Everything until the connection ends, frames included, hexadecimal. */
  rest() {
    return this.device.rest();
  }

  get end() {
    return this.device.end;
  }

  vanish() {
    this.device.vanish();
  }
}

/**
 * The head of an HTTP response.
 * @param {RawDevice} device
 */
async function httpHead(device) {
  let head = '';
  while (!head.endsWith('\r\n\r\n')) {
    const octet = await device.bytes(1);
    if (octet === '') break;
    head += Buffer.from(octet, 'hex').toString('latin1');
  }
  return head;
}

module.exports = { CLOSED, OBJECTED, OPCODE, RawWebSocket, frame, httpHead, upgradeRequest };

// @ts-check
'use strict';

const { Receiver, Sender } = require('ws');

/** Of a WebSocket message, which is taken whole; a real gateway takes it piece by piece. Bytes. */
const MAX_MESSAGE = 16 * 1024 * 1024;

const OPCODE = { BINARY: 2, CLOSE: 8, PONG: 10 };

/** Codes of close frames (RFC 6455 §7.4.1). */
const NORMAL = 1000;
const PROTOCOL_ERROR = 1002;

/**
 * @typedef {import('../connection/wire').Framing} Framing
 *
 * @typedef {object} FramesEvents
 * @property {(chunk: Buffer) => void} onData bytes of MQTT
 * @property {(frame: Buffer) => void} onReply to be written at once
 * @property {(reason: Error) => void} onEnd nothing more comes; at most once
 */

/**
 * The frames of a WebSocket around the byte stream of MQTT (contract edge-gateway.md §1.1): where a frame begins and
 * ends means nothing. Pings are answered, never sent.
 * @implements {Framing}
 */
class Frames {
  #events;
  #receiver = new Receiver({ isServer: true, maxPayload: MAX_MESSAGE, skipUTF8Validation: true });
  /** @type {Buffer[]} of the chunk that is being decoded */
  #payloads = [];
  /** @type {Error | undefined} */
  #end;

  /** edgeHub closes with code 1000 whatever the reason; .NET itself objects to a frame with 1002. */
  farewell = closeFrame(NORMAL);

  /**
   * @param {FramesEvents} events
   */
  constructor(events) {
    this.#events = events;
    this.#receiver.on('message', (payload, isBinary) => {
      if (this.#end) return;
      if (isBinary) this.#payloads.push(payload);
      else this.#end = new Error('WebSocket: text frame; MQTT goes in binary frames');
    });
    this.#receiver.on('ping', (payload) => events.onReply(frame(OPCODE.PONG, payload)));
    this.#receiver.on('conclude', (code) => {
      this.#end ??= new Error(`WebSocket: closed by the client with code ${code}`);
    });
    this.#receiver.on('error', ({ message }) => {
      if (this.#end) return;
      this.#end = new Error(`WebSocket: ${message}`);
      this.farewell = closeFrame(PROTOCOL_ERROR);
      events.onEnd(this.#end);
    });
  }

  /**
   * @param {Buffer} chunk
   */
  decode(chunk) {
    if (this.#end) return;
    this.#receiver.write(chunk);
    const bytes = this.#payloads.length === 1 ? this.#payloads[0] : Buffer.concat(this.#payloads);
    this.#payloads = [];
    // Without bytes, too: answers to pings may have piled up.
    this.#events.onData(bytes);
    if (this.#end) this.#events.onEnd(this.#end);
  }

  /**
   * @param {Buffer} bytes
   */
  encode(bytes) {
    return frame(OPCODE.BINARY, bytes);
  }
}

/**
 * @param {number} opcode
 * @param {Buffer} payload
 */
function frame(opcode, payload) {
  return Buffer.concat(
    Sender.frame(payload, { opcode, fin: true, mask: false, readOnly: true, rsv1: false }),
  );
}

/**
 * @param {number} code
 */
function closeFrame(code) {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return frame(OPCODE.CLOSE, payload);
}

module.exports = { Frames };

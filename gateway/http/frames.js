// @ts-check
'use strict';

/** RFC 6455 §5.2. */
const OPCODE = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 };
const OPCODES = new Set(Object.values(OPCODE));

/** Codes of close frames (RFC 6455 §7.4.1). */
const NORMAL = 1000;
const PROTOCOL_ERROR = 1002;
/** What a close frame without a code means; it is never sent. */
const NO_CODE = 1005;

/** Of the payload of a control frame (RFC 6455 §5.5), in bytes. */
const MOST_OF_CONTROL = 125;

/** Of a header, with the longest length and a mask, in bytes. */
const LONGEST_HEADER = 14;

/**
 * @typedef {import('../connection/wire').Framing} Framing
 *
 * @typedef {object} FramesEvents
 * @property {(chunk: Buffer) => void} onData bytes of MQTT; without any, too
 * @property {(frames: Buffer) => void} onReply to be written at once
 * @property {(reason: Error) => void} onEnd nothing more comes; at most once
 *
 * @typedef {object} Frame the one that is being read
 * @property {number} opcode
 * @property {number} left bytes of its payload that have not come
 * @property {number} taken bytes of its payload that have
 */

/** A frame that must not be. */
class FrameError extends Error {}

/**
 * The frames of a WebSocket around the byte stream of MQTT: where a frame begins and ends means nothing, so payload
 * is handed on as it comes and nothing but a control frame is ever kept. Pings are answered, never sent.
 * @implements {Framing}
 */
class Frames {
  #events;
  #header = Buffer.alloc(LONGEST_HEADER);
  #headerLength = 0;
  #mask = Buffer.alloc(4);
  /** @type {Frame | undefined} undefined: a header comes next */
  #frame;
  /** Whether the last data frame goes on in continuations. */
  #fragmented = false;
  #control = Buffer.alloc(MOST_OF_CONTROL);
  /** Of the chunk that is being decoded: payloads, and answers to pings. */
  #payloads = /** @type {Buffer[]} */ ([]);
  #replies = /** @type {Buffer[]} */ ([]);
  /** @type {Error | undefined} */
  #end;

  /** edgeHub closes with code 1000 whatever the reason; .NET itself objects to a frame with 1002. */
  farewell = closeFrame(NORMAL);

  /**
   * @param {FramesEvents} events
   */
  constructor(events) {
    this.#events = events;
  }

  /**
   * @param {Buffer} chunk unmasked in place
   */
  decode(chunk) {
    if (this.#end) return;
    try {
      for (let at = 0; at < chunk.length && !this.#end;) {
        at += this.#frame ? this.#takePayload(this.#frame, chunk, at) : this.#takeHeader(chunk, at);
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#end = new Error(`WebSocket: ${error.message}`);
      this.farewell = closeFrame(PROTOCOL_ERROR);
    }
    const payloads = this.#payloads.splice(0);
    const replies = this.#replies.splice(0);
    if (replies.length > 0) this.#events.onReply(Buffer.concat(replies));
    // Without bytes, too: answers to pings may have piled up.
    this.#events.onData(payloads.length === 1 ? payloads[0] : Buffer.concat(payloads));
    if (this.#end) this.#events.onEnd(this.#end);
  }

  /**
   * @param {Buffer} bytes
   */
  encode(bytes) {
    return frame(OPCODE.BINARY, bytes);
  }

  /**
   * @param {Buffer} chunk
   * @param {number} at
   * @returns {number} bytes taken
   */
  #takeHeader(chunk, at) {
    const wanted = lengthOfHeader(this.#header, this.#headerLength) - this.#headerLength;
    const taken = chunk.copy(this.#header, this.#headerLength, at, at + wanted);
    this.#headerLength += taken;
    if (this.#headerLength === lengthOfHeader(this.#header, this.#headerLength)) this.#begin();
    return taken;
  }

  /** A header is complete. */
  #begin() {
    const [first, second] = this.#header;
    const opcode = first & 0x0f;
    const fin = (first & 0x80) !== 0;
    const left = payloadLength(this.#header);
    if (first & 0x70) throw new FrameError('a reserved bit is set');
    if (!(second & 0x80)) throw new FrameError('a frame of a client is not masked');
    this.#checkOrder(opcode, fin, left);
    if (opcode === OPCODE.TEXT) {
      this.#end = new Error('WebSocket: text frame; MQTT goes in binary frames');
      return;
    }
    this.#header.copy(this.#mask, 0, this.#headerLength - 4, this.#headerLength);
    this.#headerLength = 0;
    this.#frame = { opcode, left, taken: 0 };
    if (left === 0) this.#finish(this.#frame);
  }

  /**
   * RFC 6455 §5.4, §5.5.
   * @param {number} opcode
   * @param {boolean} fin
   * @param {number} length
   */
  #checkOrder(opcode, fin, length) {
    if (!OPCODES.has(opcode)) throw new FrameError(`opcode ${opcode} is unknown`);
    if (opcode >= OPCODE.CLOSE) {
      if (!fin) throw new FrameError('a control frame in fragments');
      if (length > MOST_OF_CONTROL) throw new FrameError(`a control frame of ${length} bytes`);
      return;
    }
    if (this.#fragmented !== (opcode === OPCODE.CONTINUATION)) {
      throw new FrameError(
        this.#fragmented ? 'a message begins within another' : 'a continuation of no message',
      );
    }
    this.#fragmented = !fin;
  }

  /**
   * @param {Frame} frame
   * @param {Buffer} chunk
   * @param {number} at
   * @returns {number} bytes taken
   */
  #takePayload(frame, chunk, at) {
    const piece = chunk.subarray(at, at + Math.min(frame.left, chunk.length - at));
    for (let i = 0; i < piece.length; i++) piece[i] ^= this.#mask[(frame.taken + i) & 3];
    if (frame.opcode >= OPCODE.CLOSE) piece.copy(this.#control, frame.taken);
    else this.#payloads.push(piece);
    frame.taken += piece.length;
    frame.left -= piece.length;
    if (frame.left === 0) this.#finish(frame);
    return piece.length;
  }

  /**
   * A frame is complete.
   * @param {Frame} frame
   */
  #finish({ opcode, taken }) {
    this.#frame = undefined;
    const payload = this.#control.subarray(0, taken);
    if (opcode === OPCODE.PING) this.#replies.push(frame(OPCODE.PONG, payload));
    if (opcode === OPCODE.CLOSE) {
      this.#end = new Error(`WebSocket: closed by the client with code ${closeCode(payload)}`);
    }
  }
}

/**
 * @param {Buffer} header
 * @param {number} known bytes of it
 */
function lengthOfHeader(header, known) {
  if (known < 2) return 2;
  const masked = header[1] & 0x80 ? 4 : 0;
  const length = header[1] & 0x7f;
  return 2 + masked + (length === 127 ? 8 : length === 126 ? 2 : 0);
}

/**
 * @param {Buffer} header
 */
function payloadLength(header) {
  const length = header[1] & 0x7f;
  if (length < 126) return length;
  if (length === 126) return header.readUInt16BE(2);
  if (header[2] & 0x80) throw new FrameError('a length of more than 63 bits');
  return Number(header.readBigUInt64BE(2));
}

/**
 * @param {Buffer} payload of a close frame
 */
function closeCode(payload) {
  if (payload.length === 0) return NO_CODE;
  if (payload.length === 1) throw new FrameError('half a code in a close frame');
  const code = payload.readUInt16BE();
  const defined = code >= 1000 && code <= 1014 && ![1004, NO_CODE, 1006].includes(code);
  if (!defined && (code < 3000 || code > 4999)) throw new FrameError(`code ${code} in a close frame`);
  return code;
}

/**
 * @param {number} opcode
 * @param {Buffer} payload copied
 */
function frame(opcode, payload) {
  const { length } = payload;
  const size = length < 126 ? 2 : length < 65536 ? 4 : 10;
  const header = Buffer.alloc(size);
  header[0] = 0x80 | opcode;
  header[1] = size === 2 ? length : size === 4 ? 126 : 127;
  if (size === 4) header.writeUInt16BE(length, 2);
  if (size === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
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

// @ts-check
'use strict';

/** The header that asks for SASL in AMQP 1.0 (AMQP 1.0 §5.3.2). */
const SASL_HEADER = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1');
/** Of sasl-mechanisms (AMQP 1.0 §5.3.3.1), as a described type. */
const MECHANISMS = Buffer.from([0x00, 0x53, 0x40]);
const FRAME_HEADER = 8;
const SASL_FRAME = 1;
const LONG_HEADER = 9;

/** Constructors of lists and arrays, and how many bytes size and count have; of symbols, and their length. */
const COMPOUND = new Map([
  [0xc0, 1],
  [0xd0, 4],
  [0xe0, 1],
  [0xf0, 4],
]);
const SYMBOL = new Map([
  [0xa3, 1],
  [0xb3, 4],
]);

/**
 * What answers a greeting of AMQP.
 *
 * @param {Buffer} answer
 * @returns {import('../..').GreetingFacts}
 */
function readAnswer(answer) {
  const text = answer.toString('latin1');
  if (text.startsWith('AMQP')) {
    if (answer[4] === 3 && answer[5] === 1)
      return { speaks: 'amqp', mechanisms: mechanismsOf(answer.subarray(8)) };
    return { speaks: answer[5] === 1 || answer.length < 8 ? 'amqp-without-sasl' : 'amqp-old' };
  }
  if (/^(HTTP\/|\s*<)/.test(text)) return { speaks: 'http' };
  if (answer[0] === 0x20 && answer[1] === 2) return { speaks: 'mqtt' };
  return { speaks: answer.length === 0 ? 'nothing' : 'other' };
}

/**
 * @param {Buffer} frame
 * @returns {string[]} None where it is no frame of mechanisms, or not all of it.
 */
function mechanismsOf(frame) {
  if (frame.length < LONG_HEADER || frame[5] !== SASL_FRAME) return [];
  const body = frame.subarray(Math.max(FRAME_HEADER, frame[4] * 4), frame.readUInt32BE(0));
  if (!body.subarray(0, 3).equals(MECHANISMS)) return [];
  const size = COMPOUND.get(body[3]);
  return size === undefined ? [] : symbolsOf(body.subarray(4 + 2 * size));
}

/**
 * @param {Buffer} bytes One symbol, or an array of them.
 * @returns {string[]}
 */
function symbolsOf(bytes) {
  const size = COMPOUND.get(bytes[0]);
  const [constructor, content] =
    size === undefined ? [bytes[0], bytes.subarray(1)] : [bytes[1 + 2 * size], bytes.subarray(2 + 2 * size)];
  const digits = SYMBOL.get(constructor);
  if (digits === undefined) return [];
  const most = size === undefined ? 1 : Infinity;
  const found = [];
  for (let at = 0; at + digits <= content.length && found.length < most;) {
    const end = at + digits + content.readUIntBE(at, digits);
    if (end > content.length || end === at + digits) break;
    found.push(content.toString('latin1', at + digits, end));
    at = end;
  }
  return found;
}

module.exports = { SASL_HEADER, readAnswer };

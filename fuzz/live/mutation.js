// @ts-check
'use strict';

/** @typedef {ReturnType<typeof import('../../__test__/model/random').randomOf>} Random */

/** Values at which lengths and types change their meaning. */
const TELLING = [0x00, 0x01, 0x02, 0x7f, 0x80, 0xff, 0x0d, 0x0a, 0x30, 0x32, 0x40];

/** @type {((random: Random, bytes: Buffer) => Buffer)[]} */
const WAYS = [
  // A byte becomes another.
  (random, bytes) => {
    const copy = Buffer.from(bytes);
    copy[random.below(copy.length)] = random.below(2) ? random.below(256) : random.of(TELLING);
    return copy;
  },
  // A bit.
  (random, bytes) => {
    const copy = Buffer.from(bytes);
    copy[random.below(copy.length)] ^= 1 << random.below(8);
    return copy;
  },
  // Bytes come in,
  (random, bytes) => spliced(random, bytes, bytesOf(random, 1 + random.below(8)), 0),
  // go out,
  (random, bytes) => spliced(random, bytes, Buffer.alloc(0), 1 + random.below(8)),
  // or come again.
  (random, bytes) => {
    const from = random.below(bytes.length);
    return spliced(random, bytes, bytes.subarray(from, from + 1 + random.below(64)), 0);
  },
  // The end is missing.
  (random, bytes) => bytes.subarray(0, random.below(bytes.length) + 1),
];

/**
 * @param {Random} random
 * @param {number} length
 */
function bytesOf(random, length) {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

/**
 * @param {Random} random
 * @param {Buffer} bytes At least one.
 * @param {number} times
 * @returns {Buffer} At least one byte.
 */
function mutated(random, bytes, times) {
  let changed = bytes;
  for (let n = 0; n < times; n += 1) {
    const next = random.of(WAYS)(random, changed);
    if (next.length > 0) changed = next;
  }
  return changed;
}

/**
 * @param {Random} random
 * @param {Buffer} bytes
 * @param {Buffer} come
 * @param {number} go
 */
function spliced(random, bytes, come, go) {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), come, bytes.subarray(at + go)]);
}

/**
 * @param {Random} random
 * @param {Buffer} bytes
 * @returns {Buffer[]} The same, in up to four pieces.
 */
function inPieces(random, bytes) {
  const cuts = Array.from({ length: random.below(4) }, () => random.below(bytes.length + 1));
  const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, at) => bytes.subarray(places[at], end));
}

module.exports = { bytesOf, inPieces, mutated };

// @ts-check
'use strict';

const assert = require('node:assert');
const { EventEmitter } = require('node:events');
const { test } = require('node:test');
const v8 = require('node:v8');
const vm = require('node:vm');
const { Body } = require('../http/body');
const { HttpStream } = require('../http/stream');
const { PacketReader } = require('../mqtt/framing');

/** Who sends byte by byte makes nobody keep more than the bytes. */

const PIECES = 100_000;

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

/** What is kept, in bytes for each of the pieces. */
function memory() {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / PIECES;
}

/**
 * As they come from TLS: each with memory of its own.
 * @param {(piece: Buffer) => void} take
 */
function drip(take) {
  for (let n = 0; n < PIECES; n++) take(Buffer.from(new ArrayBuffer(1)));
}

test('a packet that comes byte by byte', () => {
  const reader = new PacketReader(262_144);
  const before = memory();
  reader.push(Buffer.from([0x30, 0xff, 0xff, 0x0e]));
  drip((piece) => {
    reader.push(piece);
    assert.strictEqual(reader.next(), undefined);
  });
  const kept = memory() - before;
  assert.ok(kept < 5, `${kept} bytes for each`);
  assert.strictEqual(reader.length, 4 + PIECES);
});

test('a packet that goes no further, and pieces without a byte in it', () => {
  const reader = new PacketReader(262_144);
  reader.push(Buffer.from([0x30, 0xff, 0xff, 0x0e]));
  assert.strictEqual(reader.next(), undefined);
  const before = memory();
  for (let n = 0; n < PIECES; n++) reader.push(Buffer.alloc(0));
  const kept = memory() - before;
  assert.ok(kept < 1, `${kept} bytes for each`);
  assert.strictEqual(reader.next(), undefined);
});

test('the body of a request that comes byte by byte', async () => {
  const request = Object.assign(new EventEmitter(), { headers: {} });
  const patience = { watchBody: () => () => {} };
  const body = new Body(/** @type {any} */ (request), /** @type {any} */ (patience), () => {});
  const whole = body.read(PIECES);
  const before = memory();
  drip((piece) => request.emit('data', piece));
  const kept = memory() - before;
  assert.ok(kept < 5, `${kept} bytes for each`);
  request.emit('end');
  assert.strictEqual((await whole)?.length, PIECES);
});

test('HTTP that comes byte by byte is handed on in slices, and nothing of it is lost', async () => {
  const connection = { wire: { pause() {}, resume() {} }, end() {} };
  const patience = { heard() {}, stop() {} };
  const stream = new HttpStream(/** @type {any} */ (connection), /** @type {any} */ (patience));
  /** @type {Buffer[]} */
  const slices = [];
  stream.on('data', (slice) => slices.push(slice));
  const sent = Buffer.from(Array.from({ length: 6000 }, (_, n) => n & 0xff));
  sent.forEach((octet) => stream.feed(Buffer.from([octet])));
  stream.feed(sent);
  while (Buffer.concat(slices).length < 2 * sent.length) await new Promise(setImmediate);
  assert.deepStrictEqual(Buffer.concat(slices), Buffer.concat([sent, sent]));
  assert.ok(slices.length < 10, `${slices.length} slices`);
  stream.destroy();
});

// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { RawDevice, publishPacket, subscribePacket } = require('../raw-device');
const { WatchedGateway } = require('../watched');

const BATCH = 1000;
const MILLION = 1_000_000;
const CONNECTIONS = 500;

/** What may be left over when everything is as it was: caches of Node, compiled code. Bytes. */
const LEFT_OVER = 6 * 1024 * 1024;
/** What the operating system may not yet have got back, and the allocator's waste. Bytes. */
const SLACK = 40 * 1024 * 1024;

const BODY = Buffer.alloc(200, 'x');

/**
 * Messages for one write, and what acknowledges them.
 * @param {string} topic
 * @param {number} count
 */
function batchOf(topic, count) {
  const ids = Array.from({ length: count }, (_, i) => i + 1);
  return {
    bytes: Buffer.concat(ids.map((messageId) => publishPacket(topic, { messageId, payload: BODY }))),
    acknowledgements: ids.map((id) => `4002${id.toString(16).padStart(4, '0')}`).join(''),
  };
}

test('memory stays bounded over a million messages of one connection, all acknowledged in order', async (t) => {
  const watched = await WatchedGateway.start(t);
  const device = await RawDevice.connected(watched.gateway);
  const { bytes, acknowledgements } = batchOf('devices/d1/messages/events/', BATCH);
  let early = await watched.state();
  for (let sent = 0; sent < MILLION; sent += BATCH) {
    device.send(bytes);
    assert.ok((await device.bytes(4 * BATCH)) === acknowledgements, `acknowledged up to ${sent}`);
    if (sent === MILLION / 10) early = await watched.state();
  }
  const late = await watched.state();
  assert.strictEqual(late.received, MILLION);
  assert.ok(late.rss - early.rss < SLACK, `${early.rss} bytes grew to ${late.rss}`);
  device.vanish();
});

test('five hundred connections at once and a million messages: memory is back where it was', async (t) => {
  const ids = Array.from({ length: CONNECTIONS }, (_, n) => `device${n}`);
  const devices = ids.map((deviceId) => ({ deviceId }));
  const watched = await WatchedGateway.start(t, {
    devices,
    limits: { maxClients: 2 * CONNECTIONS },
    keep: 0,
  });
  const round = async () => {
    const all = await Promise.all(ids.map((deviceId) => RawDevice.connected(watched.gateway, { deviceId })));
    assert.strictEqual((await watched.state()).open, CONNECTIONS);
    await Promise.all(
      all.map(async (device, n) => {
        device.send(subscribePacket(`devices/${ids[n]}/messages/devicebound/#`));
        assert.strictEqual(await device.bytes(5), '9003000101');
        const { bytes, acknowledgements } = batchOf(`devices/${ids[n]}/messages/events/a=b&c=d`, 100);
        for (let sent = 0; sent < MILLION / CONNECTIONS; sent += 100) {
          device.send(bytes);
          assert.ok((await device.bytes(4 * 100)) === acknowledgements, `${ids[n]}, up to ${sent}`);
        }
      }),
    );
    all.forEach((device, n) => (n % 2 ? device.vanish() : device.send('e000')));
    while ((await watched.state()).open > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    // Until the last lingering socket is gone.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    all.forEach((device) => device.vanish());
    return watched.state();
  };
  const before = await watched.state();
  const first = await round();
  const second = await round();
  assert.strictEqual(second.received, 2 * MILLION);
  const heap = (/** @type {import('../watched').State} */ state) => state.heapUsed + state.external;
  assert.ok(heap(first) - heap(before) < LEFT_OVER, `${heap(before)} bytes grew to ${heap(first)}`);
  assert.ok(heap(second) - heap(first) < LEFT_OVER / 4, `${heap(first)} bytes grew to ${heap(second)}`);
  assert.ok(second.rss - first.rss < SLACK, `${first.rss} bytes grew to ${second.rss}`);
  t.diagnostic(`heap ${heap(before)} → ${heap(first)} → ${heap(second)}, rss ${before.rss} → ${second.rss}`);
});

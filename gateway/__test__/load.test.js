// @ts-check
'use strict';

const assert = require('node:assert');
const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');
const { RawDevice, publishPacket } = require('./raw-device');

const EVENTS = 'devices/d1/messages/events/';
const BATCH = 1000;
const MILLION = 1_000_000;
/** What the process may grow by between the first tenth and the end. A message body alone has 200 bytes. */
const GROWTH = 40 * 1024 * 1024;

test('memory stays bounded over a million messages of one connection, all acknowledged in order', async (t) => {
  const child = fork(path.join(__dirname, 'load_gateway.js'), { execArgv: ['--expose-gc'] });
  t.after(() => child.kill());
  const [ready] = await once(child, 'message');
  const gateway = /** @type {any} */ ({ ...ready, connectionString: () => ready.connectionString });
  const device = await RawDevice.connected(gateway);
  const state = async () => {
    child.send('state');
    return (await once(child, 'message'))[0];
  };

  const body = Buffer.alloc(200, 'x');
  const ids = Array.from({ length: BATCH }, (_, i) => i + 1);
  const batch = Buffer.concat(ids.map((messageId) => publishPacket(EVENTS, { messageId, payload: body })));
  const acknowledgements = ids.map((id) => `4002${id.toString(16).padStart(4, '0')}`).join('');
  let early;
  for (let sent = 0; sent < MILLION; sent += BATCH) {
    device.send(batch);
    assert.ok((await device.bytes(4 * BATCH)) === acknowledgements, `acknowledged up to ${sent}`);
    if (sent === MILLION / 10) early = await state();
  }
  const late = await state();
  assert.strictEqual(late.received, MILLION);
  assert.ok(late.rss - early.rss < GROWTH, `${early.rss} bytes grew to ${late.rss}`);
  device.vanish();
});

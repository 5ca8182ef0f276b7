'use strict';

const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { describe, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { Message } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { LocalGateway, LocalGatewayWs } = require('./local_gateway');
const { newDevice } = require('./brokers');
const { openClient, next } = require('./client');

/** Sleep that is longer than the token lives: the device comes back once, with a new token. */

const VALID_S = 6;
const MARGIN_S = 2;

/** A gateway that ends connections, and refuses devices, as soon as their token has expired. */
const EXACT = { sasGraceMs: 0, reauthenticateIntervalMs: 100 };

describe('a process that was stopped until its token had expired', { concurrency: true }, () => {
  for (const [what, limits] of Object.entries({
    'finds its connection, and makes it anew once': {},
    'finds its connection ended, and makes one with a new token': EXACT,
  })) {
    test(what, async (t) => {
      const chain = await createChain({ host: 'localhost', caKey: 'P-256', serverKey: 'P-256' });
      const gateway = await startGateway({ chain, limits, devices: [{ deviceId: 'd1' }] });
      let connected = 0;
      const refused = [];
      gateway.on('connected', () => (connected += 1));
      gateway.on('refused', ({ returnCode }) => refused.push(returnCode));
      const given = JSON.stringify([gateway.connectionString('d1'), chain.rootPem, VALID_S, MARGIN_S]);
      const device = fork(path.join(__dirname, 'sleeping_device.js'), [given]);
      t.after(async () => {
        device.kill('SIGKILL');
        await gateway.close();
      });
      await once(device, 'message');
      device.kill('SIGSTOP');
      await sleep((VALID_S + 1) * 1000);
      assert.equal(connected, 1);
      const again = once(gateway, 'connected');
      device.kill('SIGCONT');
      await again;
      device.send('send');
      await once(device, 'message');
      // A second connection would follow at once.
      await sleep(300);
      assert.equal(connected, 2);
      assert.deepEqual(refused, []);
    });
  }
});

/** Timers of a machine that sleeps stand still, and its clock goes on. */
for (const Broker of [LocalGateway, LocalGatewayWs]) {
  test(`${Broker.label}: a machine that slept for two hours comes back with a new token, once`, async (t) => {
    const broker = new Broker({ limits: EXACT });
    await broker.start(await createChain({ host: 'localhost', caKey: 'P-256', serverKey: 'P-256' }));
    t.after(() => broker.stop());
    const device = newDevice(broker);
    const client = await openClient(t, broker, device);
    const now = Date.now;
    t.after(() => (Date.now = now));
    Date.now = () => now() + 2 * 3600 * 1000;
    // The gateway sees that the token is over.
    await next(client, 'connect');
    await client.sendEvent(new Message('awake'));
    await broker.until('it was read', () => device.publishes.length === 1);
    assert.equal(device.connects.length, 2);
    assert.equal(broker.refusals.length, 0);
  });
}

'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { Message } = require('../..');
const { createChain } = require('../../gateway');
const { newDevice, onEachBroker } = require('./brokers');
const { counting, next, openClient, quickly, when } = require('./client');

onEachBroker((broker) => {
  test('a root replaced on disk serves at the next reconnect', async (t) => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-ca-'));
    t.after(() => fs.rmSync(directory, { recursive: true }));
    const ca = path.join(directory, 'root.pem');
    fs.writeFileSync(ca, broker.chain.rootPem);
    const device = newDevice(broker);
    const client = await openClient(t, broker, device, { ca });
    client.setRetryPolicy(quickly);
    const counts = counting(client, 'connect', 'disconnect');

    // The new root has the name of the old one, and another key.
    const chain = await createChain({ host: 'localhost', caKey: 'P-256', serverKey: 'P-256' });
    const distrusted = when(client, 'state', ({ reason }) => /^ERR_IOT_CERT/.test(reason?.code ?? ''));
    await broker.restart({ chain });
    const { reason } = await distrusted;
    assert.equal(reason.name, 'NotConnectedError');

    const connected = next(client, 'connect');
    fs.writeFileSync(ca, chain.rootPem);
    await connected;
    await client.sendEvent(new Message('trusted again'));
    await broker.until('the message arrived', () => device.messages.length === 1);
    assert.deepEqual(counts, { connect: 1, disconnect: 0 });
  });

  test('old and new root may stand together while the gateway changes', async (t) => {
    const chain = await createChain({ host: 'localhost', caKey: 'P-256', serverKey: 'P-256' });
    const device = newDevice(broker);
    const client = await openClient(t, broker, device, { ca: [broker.chain.rootPem, chain.rootPem] });
    client.setRetryPolicy(quickly);
    const connected = next(client, 'connect');
    await broker.restart({ chain });
    await connected;
    await client.sendEvent(new Message('trusted'));
    await broker.until('the message arrived', () => device.messages.length === 1);
    assert.equal(device.connects.length, 2);
  });
});

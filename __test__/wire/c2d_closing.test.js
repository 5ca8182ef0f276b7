'use strict';

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { createChain, startGateway } = require('edge-downstream-gateway');
const { Client, Mqtt } = require('../..');

let gateway;

before(async () => {
  gateway = await startGateway({
    chain: await createChain({ caKey: 'P-256' }),
    devices: [{ deviceId: 'closing' }],
  });
});

after(() => gateway.close());

for (const [title, close] of [
  ['close() in the listener', (client, message, done) => client.close(done)],
  [
    'close() in the callback of complete()',
    (client, message, done) => client.complete(message, () => client.close(done)),
  ],
]) {
  test(`the message is acknowledged before the connection ends: ${title}`, async () => {
    for (let round = 0; round < 10; round++) {
      const client = Client.fromConnectionString(gateway.connectionString('closing'), Mqtt);
      await client.setOptions({ ca: gateway.rootPem });
      const closed = new Promise((resolve) => {
        client.on('message', (message) => close(client, message, resolve));
      });
      await client.open();
      const sent = gateway.sendC2D('closing', `round ${round}`);
      await closed;
      assert.equal(sent.status, 'completed', `round ${round}`);
    }
  });
}

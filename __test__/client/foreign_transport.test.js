'use strict';

// A transport that knows nothing of this package, under our Client and with our providers: Microsoft's own over MQTT,
// against the local gateway. What holds for it holds for azure-iot-device-amqp, which uses the same seam.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { after, before, test } = require('node:test');
const { Mqtt } = require('azure-iot-device-mqtt');
const { startGateway } = require('edge-downstream-gateway');
const { Client } = require('../../lib/client/client');
const { Message } = require('../../lib/message/message');

let gateway;
before(async () => {
  gateway = await startGateway({ devices: [{ deviceId: 'dev' }] });
});
after(() => gateway.close());

test('sending, receiving, losing the connection and closing', async () => {
  const client = Client.fromConnectionString(gateway.connectionString('dev'), Mqtt);
  await client.setOptions({ ca: gateway.rootPem });
  await client.setOptions({ keepalive: 30 });
  assert.equal((await client.open()).constructor.name, 'Connected');

  const message = new Message(JSON.stringify({ temperature: 21 }));
  message.properties.add('alert', 'false');
  assert.equal((await client.sendEvent(message)).constructor.name, 'MessageEnqueued');
  const [stored] = await gateway.waitForMessages(1);
  assert.deepEqual([stored.body.toString(), stored.properties.alert], ['{"temperature":21}', 'false']);

  const subscribed = once(gateway, 'subscribed');
  const received = once(client, 'message');
  await subscribed;
  gateway.sendC2D('dev', 'hello');
  const [c2d] = await received;
  assert.equal(c2d.getData().toString(), 'hello');
  assert.equal((await client.complete(c2d)).constructor.name, 'MessageCompleted');

  const reconnected = once(client, 'connect');
  client.on('message', () => {});
  gateway.cut('dev');
  await reconnected;
  assert.equal((await client.sendEvent(new Message('after'))).constructor.name, 'MessageEnqueued');

  assert.equal((await client.close()).constructor.name, 'Disconnected');
  await assert.rejects(client.sendEvent(new Message('late')), { code: 'ERR_IOT_CLIENT_CLOSED' });
});

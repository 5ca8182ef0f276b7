// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const https = require('node:https');
const { test } = require('node:test');
const { Client, Message, ModuleClient } = require('azure-iot-device');
const { Mqtt, MqttWs } = require('azure-iot-device-mqtt');
const { chain, gatewayFor } = require('./raw-device');
const { createDeviceCertificate } = require('..');

/**
 * @typedef {import('..').Gateway} Gateway
 *
 * How the original client gets to the gateway.
 * @type {Record<string, (gateway: Gateway) => Promise<Client>>}
 */
const ways = {
  MQTT: async (gateway) => {
    const client = Client.fromConnectionString(gateway.connectionString('d1'), Mqtt);
    await client.setOptions({ ca: gateway.rootPem });
    return client;
  },
  // It always asks for port 443 of a bare host name; what an agent is made with goes before that.
  WebSocket: async (gateway) => {
    const bare = gateway.connectionString('d1').replace(/:\d+$/, '');
    const client = Client.fromConnectionString(bare, MqttWs);
    const webSocketAgent = new https.Agent({ port: gateway.webSocketPort });
    await client.setOptions({ ca: gateway.rootPem, mqtt: { webSocketAgent } });
    return client;
  },
};

for (const [way, strict] of /** @type {const} */ ([
  ['MQTT', false],
  ['MQTT', true],
  ['WebSocket', false],
  ['WebSocket', true],
])) {
  test(`azure-iot-device over ${way} connects, sends, receives and completes; strict: ${strict}`, async (t) => {
    const gateway = await gatewayFor(t, { strict });
    const client = await ways[way](gateway);
    await client.open();
    assert.strictEqual(gateway.connections()[0].protocol, way.toLowerCase());

    const message = new Message(JSON.stringify({ temperature: 21 }));
    message.messageId = 'm 1';
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.properties.add('alert', 'false');
    message.properties.add('ä&=/?+', '100 %');
    const result = await client.sendEvent(message);
    assert.strictEqual(result.constructor.name, 'MessageEnqueued');
    const [received] = await gateway.waitForMessages(1);
    assert.strictEqual(received.deviceId, 'd1');
    assert.strictEqual(received.body.toString(), '{"temperature":21}');
    assert.deepStrictEqual(received.properties, { alert: 'false', 'ä&=/?+': '100 %' });
    assert.deepStrictEqual(received.systemProperties, {
      messageId: 'm 1',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
    });

    const arrived = once(client, 'message');
    const sent = gateway.sendC2D('d1', 'on', { messageId: 'c1', properties: { lamp: 'left/2' } });
    const [down] = await arrived;
    assert.strictEqual(down.messageId, 'c1');
    assert.strictEqual(down.getData().toString(), 'on');
    assert.strictEqual(down.properties.getValue('lamp'), 'left/2');
    await client.complete(down);
    assert.strictEqual(await sent.settled, 'completed');

    const ended = once(gateway, 'disconnected');
    await client.close();
    assert.strictEqual((await ended)[0].reason, 'DISCONNECT');
    assert.deepStrictEqual(gateway.counts, { received: 1, dropped: 0, connections: 1 });
  });
}

for (const strict of [false, true]) {
  test(`azure-iot-device connects with X.509, directly, and as a module; strict: ${strict}`, async (t) => {
    const own = await createDeviceCertificate({ deviceId: 'd1' });
    const issued = await createDeviceCertificate({ deviceId: 'd2', issuer: await chain });
    const devices = [
      { deviceId: 'd1', x509: { primaryThumbprint: own.thumbprintSha1 } },
      { deviceId: 'd2', x509: /** @type {const} */ ('ca'), modules: [{ moduleId: 'm1' }] },
    ];
    const gateway = await gatewayFor(t, { strict, devices });
    for (const [deviceId, { certPem: cert, keyPem: key }] of Object.entries({ d1: own, d2: issued })) {
      // With X.509 it does not heed GatewayHostName.
      const client = Client.fromConnectionString(gateway.connectionString(deviceId, { direct: true }), Mqtt);
      await client.setOptions({ ca: gateway.rootPem, cert, key });
      await client.open();
      await client.sendEvent(new Message(deviceId));
      await client.close();
    }
    const module = ModuleClient.fromConnectionString(gateway.connectionString('d2/m1'), Mqtt);
    await module.setOptions({ ca: gateway.rootPem });
    await module.open();
    await module.sendEvent(new Message('d2/m1'));
    await module.close();
    const messages = await gateway.waitForMessages(3);
    assert.deepStrictEqual(
      messages.map(({ clientId, body }) => [clientId, body.toString()]),
      ['d1', 'd2', 'd2/m1'].map((clientId) => [clientId, clientId]),
    );
  });
}

test('azure-iot-device is refused with a wrong key', async (t) => {
  const gateway = await gatewayFor(t);
  const wrong = gateway.connectionString('d1').replace(/SharedAccessKey=[^;]+/, 'SharedAccessKey=d3Jvbmc=');
  const client = Client.fromConnectionString(wrong, Mqtt);
  await client.setOptions({ ca: gateway.rootPem });
  const refused = once(gateway, 'refused');
  await assert.rejects(client.open(), { name: 'UnauthorizedError' });
  const [{ returnCode, reason }] = await refused;
  assert.strictEqual(returnCode, 5);
  assert.strictEqual(reason, "SAS token of 'd1' is not signed by one of its keys");
});

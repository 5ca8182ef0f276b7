'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { test } = require('node:test');
const { Message, ModuleClient } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');
const { createChain, startGateway } = require('edge-downstream-gateway');

/**
 * The original client as a module finds its gateway: by its environment and the workload API alone.
 */
async function moduleOf(t, gateway, workload) {
  const before = { ...process.env };
  Object.assign(process.env, gateway.moduleEnvironment('edge/filter', { workload }));
  t.after(() => (process.env = before));
  const client = await ModuleClient.fromEnvironment(Mqtt);
  t.after(() => client.close());
  await client.open();
  return client;
}

async function subscribedTo(gateway, kind) {
  for (;;) {
    const [subscription] = await once(gateway, 'subscribed');
    if (subscription.kind === kind) return;
  }
}

for (const workload of ['unix', 'http']) {
  test(`fromEnvironment of the original client, with the workload API by ${workload}`, async (t) => {
    const gateway = await startGateway({
      chain: await createChain({ variant: 'p-256' }),
      devices: [{ deviceId: 'edge', modules: [{ moduleId: 'filter' }] }, { deviceId: 'pump' }],
      workloadPort: 0,
    });
    t.after(() => gateway.close());
    const client = await moduleOf(t, gateway, workload);
    assert.deepStrictEqual(
      gateway.connections().map(({ clientId, authentication }) => [clientId, authentication]),
      [['edge/filter', 'key']],
    );

    const message = new Message('hot');
    message.properties.add('k', 'v');
    await client.sendOutputEvent('alerts', message);
    const [sent] = await gateway.waitForMessages(1);
    assert.deepStrictEqual(
      [sent.deviceId, sent.moduleId, sent.systemProperties.outputName, sent.properties, sent.body.toString()],
      ['edge', 'filter', 'alerts', { k: 'v' }, 'hot'],
    );

    const arrived = once(client, 'inputMessage');
    await subscribedTo(gateway, 'moduleInputs');
    const input = gateway.sendInput('edge/filter', 'commands', 'cool', { properties: { a: 'b' } });
    const [name, received] = await arrived;
    assert.deepStrictEqual(
      [name, received.data.toString(), received.properties.getValue('a')],
      ['commands', 'cool', 'b'],
    );
    await client.complete(received);
    assert.strictEqual(await input.settled, 'completed');

    const twin = await client.getTwin();
    const desired = new Promise((resolve) =>
      twin.on('properties.desired', ({ limit }) => limit === undefined || resolve(limit)),
    );
    await subscribedTo(gateway, 'desired');
    gateway.patchDesired('edge/filter', { limit: 7 });
    assert.strictEqual(await desired, 7);

    client.onMethod('reset', (request, response) => response.send(200, { was: request.payload }));
    await subscribedTo(gateway, 'methods');
    assert.deepStrictEqual(await gateway.invokeMethod('edge/filter', 'reset', 1), {
      status: 200,
      payload: { was: 1 },
    });
  });
}

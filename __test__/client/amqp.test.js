'use strict';

// The original's transport over AMQP under our Client, as it runs under its own: against a server that speaks AMQP 1.0.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { Amqp } = require('azure-iot-device-amqp');
const { createChain } = require('../../gateway');
const { AmqpServer } = require('./amqp_server');

const LIBRARIES = {
  'azure-iot-device': require('azure-iot-device'),
  'edge-downstream': require('../../lib/compat/azure_iot_device'),
};
const KEY = Buffer.alloc(32).toString('base64');
const chain = createChain({ caKey: 'P-256', serverKey: 'P-256' });

/** @param {import('node:test').TestContext} t */
async function settingOf(t, library) {
  const { rootPem } = await chain;
  const server = new AmqpServer(await chain);
  await server.listen();
  const client = library.Client.fromConnectionString(
    `HostName=hub.example;DeviceId=d1;SharedAccessKey=${KEY};GatewayHostName=localhost:${server.port}`,
    Amqp,
  );
  t.after(async () => {
    await client.close().catch(() => {});
    await server.close();
  });
  await client.setOptions({ ca: rootPem });
  return { library, server, client };
}

/**
 * The original's transport loses what comes before it listens on a link that it has attached: asks until there is an
 * answer.
 *
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T>}
 */
async function answered(ask) {
  /** @type {T | undefined} */
  let answer;
  while (answer === undefined) answer = await Promise.race([ask(), delay(500)]);
  return answer;
}

/** @type {Record<string, (setting: any) => Promise<void>>} */
const SCENARIOS = {
  telemetry: async ({ library, server, client }) => {
    assert.equal((await client.open()).constructor.name, 'Connected');
    const told = once(server, 'telemetry');
    const message = new library.Message('{"temperature":21}');
    message.messageId = 'm1';
    message.properties.add('alert', 'false');
    assert.equal((await client.sendEvent(message)).constructor.name, 'MessageEnqueued');
    const [{ text, message_id, application_properties }] = await told;
    assert.deepEqual([text, message_id, application_properties.alert], ['{"temperature":21}', 'm1', 'false']);
    assert.equal((await client.close()).constructor.name, 'Disconnected');
  },

  'messages from the cloud, and all three ways to settle them': async ({ server, client }) => {
    const settle = { 1: 'complete', 2: 'reject', 3: 'abandon' };
    const results = {};
    client.on('message', (message) => {
      const id = message.messageId;
      assert.equal(String(message.getData()), 'hello');
      client[settle[id]](message, (error, result) => {
        results[id] = error?.message ?? result.constructor.name;
      });
    });
    await server.attached('c2d');
    const outcomes = [];
    for (const id of ['1', '2', '3']) outcomes.push(await answered(() => server.sendC2D('hello', id)));
    assert.deepEqual(outcomes.slice(0, 2), ['accepted', 'rejected']);
    // The original's transport abandons as one that may be delivered again.
    assert.match(outcomes[2], /^(released|modified)$/);
    while (Object.keys(results).length < 3) await delay(5);
    assert.deepEqual(results, { 1: 'MessageCompleted', 2: 'MessageRejected', 3: 'MessageAbandoned' });
  },

  'the twin: fetched, reported, desired': async ({ server, client }) => {
    server.twin.desired.interval = 5;
    const twin = await client.getTwin();
    assert.equal(twin.properties.desired.interval, 5);
    const reported = once(server, 'reported');
    const failed = await new Promise((resolve) =>
      twin.properties.reported.update({ firmware: '1.0' }, resolve),
    );
    assert.equal(failed ?? null, null);
    assert.deepEqual((await reported)[0], { firmware: '1.0' });
    assert.equal(twin.properties.reported.firmware, '1.0');
    const subscribed = once(server, 'subscribed');
    const changed = new Promise((resolve) =>
      twin.on('properties.desired.interval', (value) => value === 9 && resolve(value)),
    );
    await subscribed;
    server.patchDesired({ interval: 9 });
    assert.equal(await changed, 9);
    assert.deepEqual(twin.properties.desired, { interval: 9, $version: 2 });
  },

  'a twin request that is refused': async ({ server, client }) => {
    await client.getTwin();
    server.status = 404;
    await assert.rejects(client.getTwin(), { name: 'Error', message: 'could not get twin' });
  },

  'direct methods': async ({ server, client }) => {
    client.onDeviceMethod('reboot', ({ payload, methodName }, response) =>
      response.send(202, { after: payload.seconds, methodName }, () => {}),
    );
    await server.attached('methods');
    assert.deepEqual(await answered(() => server.invokeMethod('reboot', { seconds: 5 })), {
      status: 202,
      payload: { after: 5, methodName: 'reboot' },
    });
  },

  'after a loss all that is listened to comes again': async ({ server, client }) => {
    client.onDeviceMethod('m', (_, response) => response.send(200, 'here', () => {}));
    const messages = [];
    client.on('message', (message) => messages.push(String(message.getData())));
    const twin = await client.getTwin();
    const heard = [];
    twin.on('properties.desired.x', (value) => heard.push(value));
    await once(server, 'subscribed');
    await server.attached('methods', 'c2d', 'twin');
    const again = once(server, 'subscribed');
    const methods = new Promise((resolve) =>
      server.on('link', (kind) => kind === 'methods' && resolve(undefined)),
    );
    const c2d = new Promise((resolve) => server.on('link', (kind) => kind === 'c2d' && resolve(undefined)));
    server.cut();
    await Promise.all([again, methods, c2d]);
    const answers = [];
    for (let n = 1; answers.length === 0 || heard.length === 0 || messages.length === 0; n += 1) {
      server.invokeMethod('m', n).then(({ payload }) => answers.push(payload));
      server.sendC2D('hello', String(n));
      server.patchDesired({ x: n });
      await delay(200);
    }
    assert.deepEqual([answers[0], messages[0]], ['here', 'hello']);
    assert.ok(server.counts.connections >= 2);
  },

  'a token that is refused': async ({ server, client }) => {
    server.tokenStatus = 401;
    await assert.rejects(client.open(), { name: 'UnauthorizedError' });
  },
};

for (const [name, library] of Object.entries(LIBRARIES)) {
  for (const [scenario, play] of Object.entries(SCENARIOS)) {
    test(`${name} over Amqp: ${scenario}`, { timeout: 30_000 }, async (t) =>
      play(await settingOf(t, library)),
    );
  }
}

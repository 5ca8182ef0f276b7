'use strict';

// A module as the original connects it, and as ours does: by its environment (the workload API on a socket and on a port, or a
// connection string and a file), and over WebSocket. What the app sees and what the gateway is sent is the same.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { createChain, startGateway } = require('../../gateway');
const { LIBRARIES, agentTo } = require('./libraries');

const chain = createChain({ variant: 'p-256' });
/** The same in every run, so that what is signed and sent is, too. */
const KEY = Buffer.from('the key of a module in the tests').toString('base64');

const ROUTES = {
  alerts: 'FROM /messages/modules/filter/outputs/alerts INTO BrokeredEndpoint("/modules/filter/inputs/echo")',
  upstream: 'FROM /messages/* INTO $upstream',
};

/** How a client is made; with what in the environment. */
const WAYS = {
  'the workload API by socket': (gateway) => gateway.moduleEnvironment('edge/filter', { workload: 'unix' }),
  'the workload API by port': (gateway) => gateway.moduleEnvironment('edge/filter', { workload: 'http' }),
  'a connection string and a file': (gateway, t) => ({
    EdgeHubConnectionString: gateway.connectionString('edge/filter'),
    EdgeModuleCACertificateFile: rootFile(t, gateway),
  }),
  'a connection string for the hub, and a file': (gateway, t) => ({
    IotHubConnectionString: gateway.connectionString('edge/filter'),
    EdgeModuleCACertificateFile: rootFile(t, gateway),
  }),
};

function rootFile(t, gateway) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'module-root-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'root.pem');
  fs.writeFileSync(file, gateway.rootPem);
  return file;
}

async function gatewayOf(t) {
  const gateway = await startGateway({
    chain: await chain,
    devices: [
      { deviceId: 'edge', modules: [{ moduleId: 'filter', primaryKey: KEY }, { moduleId: 'other' }] },
      { deviceId: 'pump', primaryKey: KEY },
    ],
    workloadPort: 0,
    routes: ROUTES,
    keep: Infinity,
  });
  t.after(() => gateway.close());
  return gateway;
}

/** @param {Record<string, string>} variables */
async function inEnvironment(t, variables, act) {
  const before = { ...process.env };
  t.after(() => (process.env = before));
  Object.assign(process.env, variables);
  try {
    return await act();
  } finally {
    process.env = { ...before };
  }
}

/** What the gateway is sent, but for what is made up anew each time. */
function recorded(gateway) {
  const publishes = [];
  gateway.faults = {
    publish: (_, { topic, qos, dup, retain, payload }) => {
      const kept = /^devices|reported|methods/.test(topic);
      if (kept)
        publishes.push([
          topic.replace(/\$rid=.*/, '$rid'),
          qos,
          dup,
          retain,
          Buffer.from(payload).toString(),
        ]);
      return undefined;
    },
  };
  const subscriptions = new Set();
  gateway.on('subscribed', ({ filter, qos }) => subscriptions.add(`${filter} ${qos}`));
  return () => ({ publishes, subscriptions: [...subscriptions].sort() });
}

async function subscribedTo(gateway, clientId, filter) {
  const has = () =>
    gateway
      .connections()
      .some((each) => each.clientId === clientId && each.subscriptions.some((one) => one.startsWith(filter)));
  while (!has()) await once(gateway, 'subscribed');
}

const nameOf = (error) => error?.name;

/** All that a module does, but for calling others. */
async function live(gateway, client, Message) {
  const seen = [];
  const sent = recorded(gateway);
  client.on('error', (error) => seen.push(`error ${error.name}`));
  await client.open();
  const [{ clientId, authentication }] = gateway.connections();
  seen.push([clientId, authentication]);

  const arrivals = [];
  client.on('inputMessage', (name, message) => arrivals.push([name, message]));
  await subscribedTo(gateway, 'edge/filter', 'devices/edge/modules/filter/inputs/#');

  seen.push((await client.sendEvent(new Message('plain'))).constructor.name);
  const message = new Message(Buffer.from('hot'));
  message.messageId = 'm 1';
  message.correlationId = 'c/1';
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('k&', 'ä=/');
  seen.push((await client.sendOutputEvent('alerts', message)).constructor.name);
  seen.push((await client.sendOutputEvent('al erts', new Message('x'))).constructor.name);
  for (const method of ['sendEventBatch', 'reject', 'abandon'])
    seen.push([method, nameOf(await client[method](message).catch((error) => error))]);
  seen.push(nameOf(await client.sendOutputEventBatch('alerts', [message]).catch((error) => error)));

  const input = gateway.sendInput('edge/filter', 'comm.ands', 'cool', {
    properties: { a: 'b', 'ü ': '1/2' },
    messageId: 'i1',
    contentType: 'text/plain',
    from: 'edge/other',
  });
  const bare = gateway.sendInput('edge/filter', 'bare', '');
  seen.push(await input.settled, await bare.settled);
  for (const [name, received] of arrivals) {
    const { data, properties, messageId, correlationId, contentType, contentEncoding } = received;
    const fields = { messageId, correlationId, contentType, contentEncoding, lockToken: received.lockToken };
    seen.push([name, Buffer.isBuffer(data), data.toString(), properties.propertyList, fields]);
    seen.push([received instanceof Message, Object.keys(received).sort(), JSON.stringify(received)]);
    seen.push((await client.complete(received)).constructor.name);
  }

  const twin = await client.getTwin();
  const desired = new Promise((resolve) =>
    twin.on('properties.desired', ({ limit }) => limit === undefined || resolve(limit)),
  );
  await subscribedTo(gateway, 'edge/filter', '$iothub/twin/PATCH/properties/desired/');
  gateway.patchDesired('edge/filter', { limit: 7 });
  seen.push(await desired);
  await new Promise((resolve, reject) =>
    twin.properties.reported.update({ limit: 7 }, (error) => (error ? reject(error) : resolve())),
  );
  seen.push(gateway.twin('edge/filter').reported.limit);

  client.onMethod('reset', (request, response) => response.send(202, { was: request.payload }));
  await subscribedTo(gateway, 'edge/filter', '$iothub/methods/');
  seen.push(await gateway.invokeMethod('edge/filter', 'reset', 1));
  const taken = await Promise.resolve()
    .then(() => client.onMethod('reset', () => {}))
    .catch((error) => error);
  seen.push(nameOf(taken));
  seen.push((await client.close()).constructor.name);
  return { seen, ...sent() };
}

for (const [name, environmentOf] of Object.entries(WAYS)) {
  test(`a module made from its environment, by ${name}: the same on both`, async (t) => {
    const lives = [];
    for (const { exports } of LIBRARIES) {
      const gateway = await gatewayOf(t);
      const client = await inEnvironment(t, environmentOf(gateway, t), () =>
        exports.ModuleClient.fromEnvironment(exports.Mqtt),
      );
      lives.push(await live(gateway, client, exports.Message));
      assert.equal(gateway.dropped.length, 0);
    }
    const [theirs, ours] = lives;
    assert.deepEqual(ours.seen, theirs.seen);
    assert.deepEqual(ours.publishes, theirs.publishes);
    assert.deepEqual(ours.subscriptions, theirs.subscriptions);
    assert.ok(ours.publishes.some(([topic]) => topic.endsWith('/events/%24.on=al%20erts/')));
  });
}

/** Over WebSocket both get to HTTPS of the gateway: an agent says by which port. */
async function callerOf(t, gateway, { ModuleClient, MqttWs }) {
  const connectionString = gateway.connectionString('edge/filter').replace(/:\d+(?=;|$)/, '');
  const client = ModuleClient.fromConnectionString(connectionString, MqttWs);
  t.after(() => client.close());
  const agent = agentTo(gateway);
  Object.assign(agent.options, { ca: gateway.rootPem });
  await client.setOptions({
    ca: gateway.rootPem,
    mqtt: { webSocketAgent: agentTo(gateway) },
    http: { agent },
  });
  return client;
}

test('a module calls methods of devices and modules, by HTTPS: the same on both', async (t) => {
  const outcomes = [];
  for (const { exports } of LIBRARIES) {
    const gateway = await gatewayOf(t);
    const client = await callerOf(t, gateway, exports);
    const requests = [];
    gateway.on('request', ({ method, path: asked, status }) => requests.push([method, asked, status]));
    const pump = exports.Client.fromConnectionString(
      gateway.connectionString('pump').replace(/:\d+(?=;|$)/, ''),
      exports.MqttWs,
    );
    t.after(() => pump.close());
    await pump.setOptions({ ca: gateway.rootPem, mqtt: { webSocketAgent: agentTo(gateway) } });
    pump.onDeviceMethod('set', ({ payload }, response) => response.send(207, { set: payload }));
    pump.onDeviceMethod('silent', () => {});
    client.onMethod('own', ({ payload }, response) => response.send(200, payload));
    await subscribedTo(gateway, 'pump', '$iothub/methods/');
    await subscribedTo(gateway, 'edge/filter', '$iothub/methods/');
    const call = (...args) =>
      client.invokeMethod(...args).then(
        (result) => result,
        (error) => error.name,
      );
    const params = { methodName: 'set', payload: { speed: 1.5, text: 'ä' } };
    // It waits for five seconds.
    const silent = call('pump', {
      methodName: 'silent',
      payload: 1,
      responseTimeoutInSeconds: 5,
      connectTimeoutInSeconds: 0,
    });
    const byCallback = (...args) =>
      new Promise((resolve) => client.invokeMethod(...args, (_, result) => resolve(result)));
    const seen = [
      await call('pump', params),
      await call('edge', 'filter', { methodName: 'own', payload: null }),
      await call('pump', { methodName: 'set' }),
      await call('nobody', params),
      await call('edge', 'other', params),
      await call('pump', { ...params, responseTimeoutInSeconds: 1 }),
      await byCallback('pump', params),
      await byCallback('edge', 'filter', { methodName: 'own', payload: [] }),
      await silent,
    ];
    outcomes.push({ seen, requests });
  }
  const [theirs, ours] = outcomes;
  assert.deepEqual(ours, theirs);
  assert.deepEqual(ours.seen.slice(0, 2), [
    { status: 207, payload: { set: { speed: 1.5, text: 'ä' } } },
    { status: 200, payload: null },
  ]);
});

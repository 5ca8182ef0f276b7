'use strict';

// A module of connect(), and what ModuleClient does beyond the original. That both do what the original does is in
// __test__/reference/modules.test.js.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const https = require('node:https');
const { test } = require('node:test');
const { inspect } = require('node:util');
const { createChain } = require('../../gateway');
const { Client, Message, ModuleClient, Mqtt, MqttWs, connect } = require('../..');
const { randomOf } = require('../model/random');
const { until } = require('./cloud_setting');
const { INPUTS, moduleOf, pumpOf, startEdge, subscribedTo } = require('./module_setting');
const { assertNothingLost, moduleChaos } = require('./module_chaos');

async function clientOf(t, gateway, { id = 'edge/filter', Transport = Mqtt, options = {} } = {}) {
  const client = ModuleClient.fromConnectionString(gateway.connectionString(id), Transport);
  t.after(() => client.close());
  await client.setOptions({ ca: gateway.rootPem, ...options });
  return client;
}

test('connect() with a ModuleId gives a module that sends by outputs', async (t) => {
  const gateway = await startEdge(t);
  const module = await moduleOf(t, gateway);
  assert.equal('messages' in module, false);
  const { id, latencyMs } = await module.outputs.send('alerts', { hot: true }, { properties: { k: 'ä' } });
  assert.ok(latencyMs > 0);
  await module.sendEvent('plain');
  const [alert, plain] = await gateway.waitForMessages(2);
  assert.deepEqual(
    [alert.clientId, alert.systemProperties.outputName, alert.systemProperties.messageId],
    ['edge/filter', 'alerts', id],
  );
  assert.deepEqual([alert.properties, alert.body.toString()], [{ k: 'ä' }, '{"hot":true}']);
  assert.equal(alert.systemProperties.contentType, 'application/json');
  assert.deepEqual([plain.systemProperties.outputName, plain.body.toString()], [undefined, 'plain']);
  await assert.rejects(module.outputs.send('', 'x'), { code: 'ERR_IOT_OPTION' });
  await assert.rejects(module.outputs.send('alerts', 'x', { prioperties: {} }), {
    code: 'ERR_IOT_OPTION_UNKNOWN',
  });
});

test('its inputs are one stream: each message is acknowledged when the next one is asked for', async (t) => {
  const gateway = await startEdge(t);
  const module = await moduleOf(t, gateway);
  const reading = (async () => {
    const seen = [];
    for await (const message of module.inputs) {
      assert.ok(message instanceof Message);
      seen.push([message.input, message.data.toString(), message.properties.getValue('k')]);
      assert.equal(JSON.stringify(message).includes('input'), false);
      if (seen.length === 3) {
        module.inputs.complete(message);
        return seen;
      }
    }
  })();
  await subscribedTo(gateway, 'edge/filter', INPUTS);
  const sent = ['a', 'b', 'c'].map((input, i) =>
    gateway.sendInput('edge/filter', input, `m${i}`, { properties: { k: String(i) } }),
  );
  assert.deepEqual(await reading, [
    ['a', 'm0', '0'],
    ['b', 'm1', '1'],
    ['c', 'm2', '2'],
  ]);
  assert.deepEqual(await Promise.all(sent.map(({ settled }) => settled)), [
    'completed',
    'completed',
    'completed',
  ]);
  assert.deepEqual(
    sent.map(({ deliveryCount }) => deliveryCount),
    [1, 1, 1],
  );

  const iterator = module.inputs[Symbol.asyncIterator]();
  const waiting = iterator.next();
  await module.close();
  assert.deepEqual(await waiting, { done: true, value: undefined });
});

test('twin and methods of a module are those of a device', async (t) => {
  const gateway = await startEdge(t);
  const module = await moduleOf(t, gateway);
  gateway.patchDesired('edge/filter', { limit: 7 });
  const twin = await module.twin();
  assert.equal(twin.desired.limit, 7);
  await twin.report({ limit: 7 });
  assert.equal(gateway.twin('edge/filter').reported.limit, 7);
  module.onMethod('reset', (payload) => ({ was: payload }));
  await subscribedTo(gateway, 'edge/filter', '$iothub/methods/POST/#');
  assert.deepEqual(await gateway.invokeMethod('edge/filter', 'reset', 1), {
    status: 200,
    payload: { was: 1 },
  });
  assert.equal(module.stats().state, 'connected');
});

test('a message that two routes bring to two inputs comes to both, held at first', async (t) => {
  const gateway = await startEdge(t, {
    routes: {
      a: 'FROM /messages/modules/other/outputs/o INTO BrokeredEndpoint("/modules/filter/inputs/a")',
      b: 'FROM /messages/modules/other/outputs/o INTO BrokeredEndpoint("/modules/filter/inputs/b")',
    },
  });
  const client = await clientOf(t, gateway);
  const inputs = [];
  const listener = (input, { messageId }) => inputs.push([input, messageId]);
  client.on('inputMessage', listener);
  await subscribedTo(gateway, 'edge/filter', INPUTS);
  client.off('inputMessage', listener);
  const other = await moduleOf(t, gateway, { id: 'edge/other' });
  await other.outputs.send('o', 'x', { messageId: 'same' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(inputs, [], 'it is held while nobody listens');
  client.on('inputMessage', listener);
  await until('both came', () => inputs.length === 2);
  assert.deepEqual(inputs, [
    ['a', 'same'],
    ['b', 'same'],
  ]);
});

test('what the other kind of identity has is told as an error event', async (t) => {
  const gateway = await startEdge(t);
  const asDevice = Client.fromConnectionString(gateway.connectionString('edge/filter'), Mqtt);
  t.after(() => asDevice.close());
  await asDevice.setOptions({ ca: gateway.rootPem });
  asDevice.on('message', () => {});
  const [noDevice] = await once(asDevice, 'error');
  assert.equal(noDevice.code, 'ERR_IOT_NOT_A_DEVICE');
  assert.match(noDevice.message, /"edge\/filter" is a module/);

  const asModule = await clientOf(t, gateway, { id: 'pump' });
  asModule.on('inputMessage', () => {});
  const [noModule] = await once(asModule, 'error');
  assert.equal(noModule.code, 'ERR_IOT_NOT_A_MODULE');
  await assert.rejects(asModule.invokeMethod('edge', { methodName: 'x' }), { code: 'ERR_IOT_NOT_A_MODULE' });
  // The connection is not the worse for it.
  await asModule.sendEvent(new Message('still there'));
});

test('methods of others are called over the port of the string, for devices and modules', async (t) => {
  const gateway = await startEdge(t, { webSocketPort: 'same' });
  await pumpOf(t, gateway);
  const module = await moduleOf(t, gateway);
  assert.deepEqual(await module.invokeMethod('pump', 'set', { speed: 1 }), {
    status: 207,
    payload: { speed: 1 },
  });
  assert.deepEqual(await module.invokeMethod('pump', 'set'), { status: 207, payload: null });
  module.onMethod('own', (payload) => payload);
  await subscribedTo(gateway, 'edge/filter', '$iothub/methods/POST/#');
  assert.deepEqual(await module.invokeMethod('edge/filter', 'own', [1]), { status: 200, payload: [1] });
  const client = await clientOf(t, gateway, { id: 'edge/other' });
  const result = await client.invokeMethod('pump', { methodName: 'set', payload: 'x' });
  assert.deepEqual(result, { status: 207, payload: 'x' });
  assert.equal(
    gateway.connections().some(({ clientId }) => clientId === 'edge/other'),
    false,
  );
});

test('an agent leads them to another port, and a signal ends them', async (t) => {
  const gateway = await startEdge(t);
  await pumpOf(t, gateway);
  const agent = new https.Agent({ port: gateway.webSocketPort });
  const client = await clientOf(t, gateway, { options: { http: { agent } } });
  const call = { methodName: 'set', payload: 1 };
  assert.deepEqual(await client.invokeMethod('pump', call), { status: 207, payload: 1 });

  const over = await moduleOf(t, gateway, {
    connectionString: gateway
      .connectionString('edge/filter')
      .replace(/:\d+(?=;|$)/, `:${gateway.webSocketPort}`),
    transport: MqttWs,
  });
  assert.deepEqual(await over.invokeMethod('pump', 'set', 2), { status: 207, payload: 2 });
  const signals = new AbortController();
  const silent = over.invokeMethod('pump', 'silent', null, { signal: signals.signal });
  setTimeout(() => signals.abort(), 50);
  await assert.rejects(silent, { code: 'ERR_IOT_ABORTED' });
});

test('the gateway is verified before it is asked anything', async (t) => {
  const gateway = await startEdge(t, { webSocketPort: 'same' });
  await pumpOf(t, gateway);
  const stranger = await createChain({ variant: 'p-256', rootName: 'Somebody else' });
  const asked = [];
  gateway.on('request', ({ path }) => asked.push(path));
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  t.after(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  });
  const call = { methodName: 'set', payload: 1 };
  for (const options of [
    { ca: stranger.rootPem },
    { ca: stranger.rootPem, http: { agent: new https.Agent({ rejectUnauthorized: false }) } },
  ]) {
    const client = await clientOf(t, gateway, { options });
    await assert.rejects(client.invokeMethod('pump', call), {
      name: 'NotConnectedError',
      code: 'ERR_IOT_CERT_UNKNOWN_ISSUER',
    });
  }
  const named = ModuleClient.fromConnectionString(
    gateway.connectionString('edge/filter').replace('=localhost:', '=127.0.0.1:'),
    Mqtt,
  );
  await named.setOptions({ ca: gateway.rootPem });
  await assert.rejects(named.invokeMethod('pump', call), { code: 'ERR_IOT_CERT_NAME' });
  assert.deepEqual(asked, []);
});

test('what the gateway says of a call is told, by the class of its status', async (t) => {
  const gateway = await startEdge(t, { webSocketPort: 'same' });
  await pumpOf(t, gateway);
  const client = await clientOf(t, gateway);
  const failure = (...call) => client.invokeMethod(...call).then(assert.fail, (error) => error);
  const nobody = await failure('nobody', { methodName: 'set', payload: 1 });
  assert.deepEqual([nobody.name, nobody.code, nobody.statusCode], ['Error', 'ERR_IOT_METHOD_INVOKE', 404]);
  assert.match(nobody.message, /the method "set" of "nobody" failed \(HTTP 404\): \S/);
  const bodiless = await failure('pump', { methodName: 'set' });
  assert.deepEqual([bodiless.name, bodiless.statusCode], ['ArgumentError', 400]);
  gateway.rotateKeys('edge/filter');
  gateway.rotateKeys('edge');
  const unauthorized = await failure('pump', { methodName: 'set', payload: 1 });
  assert.deepEqual([unauthorized.name, unauthorized.statusCode], ['UnauthorizedError', 401]);
  assert.ok(!inspect(unauthorized).includes('sig='));

  const direct = ModuleClient.fromConnectionString(
    gateway.connectionString('edge/filter', { direct: true }),
    Mqtt,
  );
  await assert.rejects(direct.invokeMethod('pump', { methodName: 'set', payload: 1 }), {
    name: 'ArgumentError',
    code: 'ERR_IOT_METHOD_GATEWAY',
  });
  const bare = new ModuleClient(new Mqtt({ type: 1, on() {}, stop() {}, getDeviceCredentials() {} }));
  await assert.rejects(bare.invokeMethod('pump', { methodName: 'set' }), { code: 'ERR_IOT_METHOD_CALLER' });
});

test('calls of a module that cannot be made are refused by name', async (t) => {
  const gateway = await startEdge(t);
  const module = await moduleOf(t, gateway);
  for (const [args, code] of [
    [['', 'set'], 'ERR_IOT_OPTION'],
    [['pump', ''], 'ERR_IOT_OPTION'],
    [['pump', 'set', 1, { timeout: 1 }], 'ERR_IOT_OPTION_UNKNOWN'],
    [['pump', 'set', 1, { responseTimeout: 0 }], 'ERR_IOT_OPTION'],
    [['pump', 'set', 1, { connectTimeout: -1 }], 'ERR_IOT_OPTION'],
    [['pump', 'set', 1, { responseTimeout: 3e8 }], 'ERR_IOT_OPTION'],
    [['pump', 'set', 1, { connectTimeout: Infinity }], 'ERR_IOT_OPTION'],
    [['pump', 'set', 1, { signal: 'x' }], 'ERR_IOT_OPTION'],
    [['pump', 'set', Promise.resolve(1)], 'ERR_IOT_BODY'],
  ])
    await assert.rejects(module.invokeMethod(...args), { code });
});

test('who connects is said once, and strictly', async (t) => {
  const gateway = await startEdge(t);
  const connectionString = gateway.connectionString('edge/filter');
  const refused = (options, code) => assert.rejects(connect(options), { code });
  await refused({ connectionString, environment: true }, 'ERR_IOT_OPTION');
  await refused({ environment: 'process.env' }, 'ERR_IOT_OPTION');
  await refused({ environment: {} }, 'ERR_IOT_ENVIRONMENT');
  await refused(
    { connectionString: `${connectionString};ModuleId=x` },
    'ERR_IOT_CONNECTION_STRING_FIELD_DUPLICATE',
  );
  await refused(
    { connectionString: 'HostName=h;DeviceId=d;ModuleId=m;x509=true' },
    'ERR_IOT_MODULE_CREDENTIAL',
  );
  await refused(
    { connectionString: 'HostName=h;DeviceId=d;ModuleId=m/1;SharedAccessKey=c2VjcmV0' },
    'ERR_IOT_DEVICE_ID_INVALID',
  );
});

test('numbered messages go out of one module and into the other, through cuts on both lines', async (t) => {
  assertNothingLost(await moduleChaos(t, { count: 3000, random: randomOf(1) }));
});

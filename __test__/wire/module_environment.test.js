'use strict';

// A module as its environment makes it: what is missing is named; tokens and roots come by the workload API, also when that
// was away for a while.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { createChain } = require('../../gateway');
const { IotEdgeAuthenticationProvider, Message, ModuleClient, Mqtt } = require('../..');
const { until } = require('./cloud_setting');
const { numbered, quickly, soon, upTo } = require('./client');
const { moduleOf, startEdge } = require('./module_setting');
const { WorkloadRelay } = require('./workload_relay');

/** Tokens end when they say so, and who has no other is put out soon after. */
const STRICT = { sasGraceMs: 0, reauthenticateIntervalMs: 100 };
/** Tokens of four seconds, renewed each second. */
const SHORT = { tokenValidTimeInSeconds: 4, tokenRenewalMarginInSeconds: 3 };

/** The environment of `edge/filter`, with the workload API behind a relay. */
async function relayed(t, gateway) {
  const environment = gateway.moduleEnvironment('edge/filter');
  const relay = await new WorkloadRelay(environment.IOTEDGE_WORKLOADURI).listen();
  t.after(() => relay.close());
  return { relay, environment: { ...environment, IOTEDGE_WORKLOADURI: relay.uri } };
}

/** A ModuleClient made with that in the environment of the process. */
async function clientFrom(t, environment) {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    const client = await ModuleClient.fromEnvironment(Mqtt);
    t.after(() => client.close());
    client.setRetryPolicy(quickly);
    return client;
  } finally {
    process.env = before;
  }
}

const failureFrom = (t, environment) =>
  clientFrom(t, environment).then(
    () => assert.fail('a client was made'),
    (error) => error,
  );

test('each variable that is missing is named, and so is a scheme that is not known', async (t) => {
  const gateway = await startEdge(t);
  const whole = gateway.moduleEnvironment('edge/filter');
  const required = Object.keys(whole).filter(
    (name) => !['IOTEDGE_GATEWAYHOSTNAME', 'IOTEDGE_APIVERSION'].includes(name),
  );
  assert.equal(required.length, 6);
  for (const name of required) {
    const { [name]: _, ...rest } = whole;
    const error = await failureFrom(t, rest);
    assert.deepEqual([error.name, error.code], ['ReferenceError', 'ERR_IOT_ENVIRONMENT']);
    assert.equal(error.message, `The environment variable ${name} is missing`);
    await assert.rejects(moduleOf(t, gateway, { environment: rest }), { message: error.message });
  }
  const { IOTEDGE_DEVICEID: _, IOTEDGE_MODULEID: __, ...rest } = whole;
  const two = await failureFrom(t, rest);
  assert.equal(two.message, 'The environment variables IOTEDGE_DEVICEID, IOTEDGE_MODULEID are missing');
  assert.match((await failureFrom(t, {})).hint, /EdgeHubConnectionString/);
  const scheme = await failureFrom(t, { ...whole, IOTEDGE_AUTHSCHEME: 'x509' });
  assert.match(scheme.message, /IOTEDGE_AUTHSCHEME is "x509"/);
  const uri = await failureFrom(t, { ...whole, IOTEDGE_WORKLOADURI: 'tcp://1.2.3.4' });
  assert.equal(uri.code, 'ERR_IOT_WORKLOAD_URI');
  const byCallback = await new Promise((resolve) => ModuleClient.fromEnvironment(undefined, resolve));
  assert.equal(byCallback.name, 'ReferenceError');
});

test('a file of roots that cannot be read is told, whatever the transport', async (t) => {
  const gateway = await startEdge(t);
  const environment = {
    EdgeHubConnectionString: gateway.connectionString('edge/filter'),
    EdgeModuleCACertificateFile: '/nowhere/root.pem',
  };
  assert.equal((await failureFrom(t, environment)).code, 'ERR_IOT_CA_NOT_FOUND');
  await assert.rejects(moduleOf(t, gateway, { environment }), { code: 'ERR_IOT_CA_NOT_FOUND' });
});

test('connect() takes the environment in both its forms', async (t) => {
  const gateway = await startEdge(t, { workloadPort: 0 });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'module-root-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'root.pem');
  fs.writeFileSync(file, gateway.rootPem);
  for (const environment of [
    gateway.moduleEnvironment('edge/filter'),
    gateway.moduleEnvironment('edge/filter', { workload: 'http' }),
    { EdgeHubConnectionString: gateway.connectionString('edge/filter'), EdgeModuleCACertificateFile: file },
  ]) {
    const module = await moduleOf(t, gateway, { environment });
    await module.outputs.send('o', 'x');
    assert.equal((await gateway.waitForMessages(1))[0].clientId, 'edge/filter');
    await module.close();
  }
});

test('what the workload API says, or does not say, is told', async (t) => {
  const gateway = await startEdge(t);
  const { relay, environment } = await relayed(t, gateway);
  const stranger = await startEdge(t);
  const other = { ...environment, IOTEDGE_MODULEGENERATIONID: '1' };
  const client = await clientFrom(t, other);
  await assert.rejects(client.open(), { name: 'Error', code: 'ERR_IOT_WORKLOAD_REFUSED', statusCode: 404 });
  await relay.kill();
  const away = await failureFrom(t, environment);
  assert.deepEqual([away.name, away.code], ['NotConnectedError', 'ERR_IOT_WORKLOAD_UNREACHABLE']);
  assert.match(away.message, /ENOENT, there is no such socket/);
  // Something that speaks HTTP, and is no workload API.
  const web = `http://127.0.0.1:${stranger.webSocketPort}`;
  const wrong = await failureFrom(t, { ...environment, IOTEDGE_WORKLOADURI: web });
  assert.match(wrong.code, /^ERR_IOT_WORKLOAD_/);

  const make = (config, ...more) => new IotEdgeAuthenticationProvider(config, ...more);
  const config = {
    workloadUri: relay.uri,
    moduleId: 'm',
    generationId: '1',
    deviceId: 'd',
    iothubHostName: 'h',
  };
  for (const broken of [
    undefined,
    { ...config, workloadUri: '' },
    { ...config, moduleId: '' },
    { ...config, generationId: '' },
  ])
    assert.throws(() => make(broken), ReferenceError);
  assert.throws(() => make(config, 10, 20), { name: 'ArgumentError' });
  assert.throws(() => make(config).getTrustBundle(), ReferenceError);
});

/** Sends numbered messages without a pause until told to stop. */
function load(t, send) {
  let working = true;
  t.after(() => (working = false));
  const sends = [];
  const done = (async () => {
    for (let n = 0; working; n += 1) {
      sends.push(send(n));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  return async () => {
    working = false;
    await done;
    await Promise.all(sends);
    return sends.length;
  };
}

/** The numbers that the gateway stored, each once, in their order. */
function stored(gateway) {
  const numbers = gateway.received.map(({ properties }) => Number(properties.n));
  return [...new Set(numbers)];
}

for (const kind of ['a module of connect()', 'a ModuleClient']) {
  test(`${kind} renews its tokens under load, and stays while the workload API is away`, async (t) => {
    const gateway = await startEdge(t, { limits: STRICT });
    const { relay, environment } = await relayed(t, gateway);
    let send;
    if (kind === 'a ModuleClient') {
      const client = await clientFrom(t, environment);
      await client.setOptions({ tokenRenewal: SHORT });
      await client.open();
      send = (n) => client.sendOutputEvent('o', numbered(n));
    } else {
      const module = await moduleOf(t, gateway, { environment, tokenRenewal: SHORT });
      send = (n) => module.outputs.send('o', `${n}`, { properties: { n } });
    }
    const renewals = [];
    gateway.on('connected', () => renewals.push('connected'));
    const ends = [];
    gateway.on('disconnected', ({ reason }) => ends.push(reason));
    const stop = load(t, send);

    await until('two tokens were renewed', () => renewals.length >= 2);
    // Away for less than a token lives: killed, and another socket in its place.
    await relay.kill();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await relay.listen();
    const before = renewals.length;
    await until('tokens are renewed again', () => renewals.length > before);
    assert.ok(
      ends.every((reason) => reason === 'DISCONNECT'),
      ends.join(),
    );

    // Away for longer: the gateway puts the module out, and it comes back by itself.
    await relay.kill();
    const [{ reason }] = await soon('it was put out', once(gateway, 'disconnected'));
    assert.match(reason, /expired/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await relay.listen();
    await soon('it came back', once(gateway, 'connected'));
    const again = renewals.length;
    await until('tokens are renewed once more', () => renewals.length > again);

    const count = await stop();
    assert.ok(count > 1000, `${count} messages`);
    assert.deepEqual(stored(gateway), upTo(count));
  });
}

test('a workload API that hangs holds up nobody for longer than a token lives', async (t) => {
  const gateway = await startEdge(t, { limits: STRICT });
  const { relay, environment } = await relayed(t, gateway);
  const module = await moduleOf(t, gateway, { environment, tokenRenewal: SHORT });
  relay.hangs = true;
  const before = relay.connections;
  await until('it was asked', () => relay.connections > before);
  await module.outputs.send('o', 'meanwhile');
  relay.hangs = false;
  await relay.kill();
  await relay.listen();
  await soon('its token was renewed', once(gateway, 'connected'));
  await module.outputs.send('o', 'afterwards');
  assert.deepEqual(
    gateway.received.map(({ body }) => body.toString()),
    ['meanwhile', 'afterwards'],
  );
});

test('a connection that is lost while the workload API is away is made again with the token there is', async (t) => {
  const gateway = await startEdge(t, { limits: STRICT });
  const { relay, environment } = await relayed(t, gateway);
  const module = await moduleOf(t, gateway, { environment });
  await relay.kill();
  const again = once(gateway, 'connected');
  gateway.cut('edge/filter', 'rst');
  await soon('it came back', again);
  await module.outputs.send('o', 'x');
});

for (const kind of ['a module of connect()', 'a ModuleClient']) {
  test(`${kind} comes back when the gateway was made anew, with another root`, async (t) => {
    const gateway = await startEdge(t);
    const { environment } = await relayed(t, gateway);
    const client =
      kind === 'a ModuleClient'
        ? await clientFrom(t, environment)
        : await moduleOf(t, gateway, { environment });
    if (kind === 'a ModuleClient') await client.open();
    const send = (text) =>
      kind === 'a ModuleClient'
        ? client.sendOutputEvent('o', new Message(text))
        : client.outputs.send('o', text);
    await send('before');
    const again = once(gateway, 'connected');
    await gateway.restart({ chain: await createChain({ variant: 'p-256', rootName: 'The next root' }) });
    await soon('it came back', again);
    await send('after');
    const [one, two] = gateway.received;
    assert.deepEqual([String(one.body), String(two.body)], ['before', 'after']);
    // So are methods called.
    if (kind === 'a ModuleClient') {
      const agent = new (require('node:https').Agent)({ port: gateway.webSocketPort });
      await client.setOptions({ http: { agent } });
      const refused = await client
        .invokeMethod('pump', { methodName: 'set', payload: 1 })
        .catch((error) => error);
      assert.equal(refused.code, 'ERR_IOT_METHOD_INVOKE');
    }
  });
}

test('who gives roots of his own follows the workload API no more', async (t) => {
  const gateway = await startEdge(t);
  const { environment } = await relayed(t, gateway);
  const client = await clientFrom(t, environment);
  await client.setOptions({ ca: gateway.rootPem });
  await client.open();
  const asked = [];
  gateway.on('workload', ({ path: what }) => asked.push(what));
  const lost = new Promise((resolve) =>
    client.on('state', ({ reason }) => reason?.code?.startsWith('ERR_IOT_CERT') && resolve(reason)),
  );
  await gateway.restart({ chain: await createChain({ variant: 'p-256', rootName: 'Not mine' }) });
  assert.equal((await lost).code, 'ERR_IOT_CERT_UNKNOWN_ISSUER');
  assert.ok(asked.length > 0 && asked.every((what) => what.endsWith('/sign')), asked.join());
});

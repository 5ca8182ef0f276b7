'use strict';

// The examples that live with their cloud: each runs on this package, and those for azure-iot-device on the originals as
// well. What counts is what the cloud saw.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const typescript = require('typescript');
const { until } = require('../wire/cloud_setting');
const { ROOT, emptyProject, run } = require('./runner');

const EXAMPLES = path.join(ROOT, 'examples');

/** The cloud of an example, and what it must have seen. @type {Record<string, (gateway: any, shown: any) => Promise<void>>} */
const CLOUDS = {
  async device_twin(gateway, shown) {
    const reported = () => gateway.twin('d1').reported.climate;
    await until('it reported its defaults', () => reported()?.maxTemperature === 30);
    await shown('Reported');
    await subscribed(gateway, '$iothub/twin/PATCH/properties/desired/#');
    gateway.patchDesired('d1', { climate: { minTemperature: 18, maxTemperature: 25 } });
    await until('it obeyed', () => reported().maxTemperature === 25 && reported().minTemperature === 18);
    gateway.patchDesired('d1', { climate: { minTemperature: null } });
    await until('null is the default', () => reported().minTemperature === 15);
    assert.equal(reported().maxTemperature, 25);
  },

  async device_methods(gateway) {
    const call = caller(gateway);
    assert.deepEqual(await call('lockDoor', { locked: true }), { status: 200, payload: { locked: true } });
    assert.equal((await call('getState')).payload.locked, true);
    assert.equal((await call('lockDoor', 'now')).status, 400);
    assert.equal((await call('lockDoor')).status, 400);
    assert.equal((await call('getState')).payload.locked, true);
  },

  async reboot(gateway) {
    const states = statesOf(gateway, 'reboot');
    assert.equal((await caller(gateway)('reboot')).status, 202);
    await until('it was back', () => states.at(-1) === 'running');
    assert.deepEqual(states, ['rebooting', 'running']);
    const { startedAt, finishedAt } = gateway.twin('d1').reported.reboot;
    assert.ok(new Date(finishedAt) >= new Date(startedAt));
  },

  async firmware_update(gateway) {
    const states = statesOf(gateway, 'firmware');
    const call = caller(gateway);
    assert.equal((await call('firmwareUpdate', { url: 'ftp://x', version: '2' })).status, 400);
    const update = { url: 'https://example.com/2', version: '2' };
    assert.deepEqual(await call('firmwareUpdate', update), { status: 202, payload: { version: '2' } });
    assert.equal((await call('firmwareUpdate', update)).status, 409);
    await until('it was current', () => states.at(-1) === 'current');
    assert.deepEqual(states, ['downloading', 'applying', 'current']);
    assert.equal(gateway.twin('d1').reported.firmware.version, '2');
  },

  async device_management(gateway) {
    const reboot = statesOf(gateway, 'reboot');
    const firmware = statesOf(gateway, 'firmware');
    const call = caller(gateway);
    assert.equal((await call('reboot')).status, 202);
    assert.equal((await call('firmwareUpdate', { url: 'https://x', version: '2' })).status, 409);
    await until('it was back', () => reboot.at(-1) === 'running');
    let answer;
    do answer = await call('firmwareUpdate', { url: 'https://x', version: '2' });
    while (answer.status === 409);
    assert.equal(answer.status, 202);
    await until('it was current', () => firmware.at(-1) === 'current');
    assert.deepEqual(
      [reboot, firmware],
      [
        ['rebooting', 'running'],
        ['downloading', 'applying', 'current'],
      ],
    );
  },

  async remote_monitoring(gateway) {
    const readings = () => gateway.received.map(({ body }) => JSON.parse(body));
    await until('it introduced itself', () => readings().length > 0);
    assert.deepEqual(readings()[0].commands, ['SetTemperature', 'SetHumidity']);
    await until('it sent readings', () => readings().at(-1).temperature === 6);
    const nonsense = gateway.sendC2D('d1', 'no command');
    const sent = gateway.sendC2D('d1', '{"name":"SetTemperature","parameters":{"temperature":4}}');
    await until('it obeyed', () => readings().at(-1).temperature === 4);
    assert.deepEqual([await nonsense.settled, await sent.settled], ['completed', 'completed']);
    assert.equal(gateway.received[0].systemProperties.contentType, 'application/json');
  },

  async thermostat(gateway) {
    await until('it sent a reading', () => gateway.received.length > 0);
    assert.equal(gateway.received[0].systemProperties.modelId, 'dtmi:com:example:Thermostat;1');
    const call = caller(gateway);
    const target = () => gateway.twin('d1').reported.targetTemperature;
    await subscribed(gateway, '$iothub/twin/PATCH/properties/desired/#');
    const version = gateway.patchDesired('d1', { targetTemperature: 50 });
    await until('it acknowledged', () => target()?.av === version);
    assert.deepEqual([target().value, target().ac], [50, 200]);
    await until('it became warm', () => gateway.twin('d1').reported.maxTempSinceLastReboot >= 49);
    const { status, payload } = await call('getMaxMinReport', new Date(0).toISOString());
    assert.equal(status, 200);
    assert.ok(payload.maxTemp >= 49 && payload.minTemp <= 21, JSON.stringify(payload));
    assert.ok(new Date(payload.endTime) >= new Date(payload.startTime));
    const none = await call('getMaxMinReport', new Date(Date.now() + 1e9).toISOString());
    assert.equal(none.status, 404);
  },

  async temperature_controller(gateway) {
    await until('it sent a reading', () => gateway.received.length > 0);
    assert.equal(gateway.received[0].systemProperties.modelId, 'dtmi:com:example:TemperatureController;1');
    const call = caller(gateway);
    const reported = () => gateway.twin('d1').reported;
    await until('it told its serial number', () => reported().serialNumber === 'alpha-1');
    assert.deepEqual(
      [reported().deviceInformation.__t, reported().deviceInformation.model],
      ['c', 'Controller'],
    );
    await until('both components sent', () => {
      const components = gateway.received.map(({ properties, systemProperties }) =>
        String(systemProperties.subject ?? properties['$.sub'] ?? properties['dt-subject']),
      );
      return components.includes('thermostat1') && components.includes('thermostat2');
    });
    await subscribed(gateway, '$iothub/twin/PATCH/properties/desired/#');
    const version = gateway.patchDesired('d1', { thermostat1: { __t: 'c', targetTemperature: 50 } });
    await until('it acknowledged', () => reported().thermostat1?.targetTemperature?.av === version);
    assert.deepEqual(reported().thermostat1, {
      __t: 'c',
      targetTemperature: { value: 50, ac: 200, av: version },
    });
    assert.equal(reported().thermostat2, undefined);
    const { status, payload } = await call('thermostat1*getMaxMinReport', null);
    assert.equal(status, 200);
    assert.ok(payload.maxTemp >= payload.minTemp);
    assert.deepEqual(await call('reboot', 5), { status: 200, payload: { seconds: 5 } });
  },
};

/** The same of modules, which find the gateway by their environment. @type {typeof CLOUDS} */
const CLOUDS_OF_MODULES = {
  async module(gateway, shown) {
    await shown('Connected');
    await subscribed(gateway, 'devices/edge/modules/m1/inputs/#');
    const other = gateway.sendInput('edge/m1', 'other', 'is not for it');
    const input = gateway.sendInput('edge/m1', 'input1', 'hot', { properties: { k: 'ä' } });
    assert.deepEqual([await other.settled, await input.settled], ['completed', 'completed']);
    await shown('Sent on: hot');
    assert.deepEqual(
      gateway.received.map(({ systemProperties, properties, body }) => [
        systemProperties.outputName,
        properties,
        String(body),
      ]),
      [['output1', { k: 'ä' }, 'hot']],
    );
  },

  async module_method(gateway, shown) {
    const options = { connectTimeoutMs: 20_000, from: 'module' };
    assert.deepEqual(await gateway.invokeMethod('edge/m1', 'doSomethingInteresting', [1], options), {
      status: 200,
      payload: { received: [1] },
    });
    await shown('Answered');
  },

  async module_twin(gateway) {
    const reported = () => gateway.twin('edge/m1').reported;
    await until('it reported its start', () => reported().startedAt !== undefined);
    await subscribed(gateway, '$iothub/twin/PATCH/properties/desired/#');
    gateway.patchDesired('edge/m1', { threshold: 30 });
    await until('it obeyed', () => reported().threshold === 30);
  },

  async edge_module(gateway, shown) {
    await subscribed(gateway, 'devices/edge/modules/m1/inputs/#');
    gateway.patchDesired('edge/m1', { threshold: 30 });
    // What is desired has come when it is as old as this.
    await subscribed(gateway, '$iothub/twin/PATCH/properties/desired/#');
    const send = (input, temperature) =>
      gateway.sendInput('edge/m1', input, JSON.stringify({ temperature }), { properties: { room: '7' } });
    send('other', 99);
    send('temperatures', 29);
    send('temperatures', 31);
    await shown('31 °C was passed on');
    const [{ systemProperties, properties, body }] = gateway.received.slice(-1);
    assert.deepEqual(
      [systemProperties.outputName, properties, String(body)],
      ['alerts', { room: '7' }, '{"temperature":31}'],
    );
    await until('it reported', () => gateway.twin('edge/m1').reported.passedOn >= 1);
  },
};

const ALL = { ...CLOUDS, ...CLOUDS_OF_MODULES };

/** Compiled once, beside what they import. */
let compiled;
let remove;
after(() => remove());
before(() => {
  compiled = emptyProject({ after: (/** @type {() => void} */ act) => (remove = act) });
  fs.mkdirSync(path.join(compiled, 'node_modules', '@types'));
  const types = path.join('node_modules', '@types', 'node');
  fs.symlinkSync(path.join(ROOT, types), path.join(compiled, types));
  const sources = Object.keys(ALL)
    .map((name) => `${name}.ts`)
    .filter((name) => fs.existsSync(path.join(EXAMPLES, name)));
  for (const name of sources) fs.copyFileSync(path.join(EXAMPLES, name), path.join(compiled, name));
  const program = typescript.createProgram(
    sources.map((name) => path.join(compiled, name)),
    {
      strict: true,
      module: typescript.ModuleKind.Node16,
      moduleResolution: typescript.ModuleResolutionKind.Node16,
      target: typescript.ScriptTarget.ES2022,
      typeRoots: [path.join(compiled, 'node_modules', '@types')],
      types: ['node'],
      noEmitOnError: true,
    },
  );
  const { diagnostics } = program.emit();
  const complaints = [...typescript.getPreEmitDiagnostics(program), ...diagnostics];
  assert.deepEqual(
    complaints.map(({ messageText }) => typescript.flattenDiagnosticMessageText(messageText, '\n')),
    [],
  );
});

process.env.STEP_MS = '100';

for (const [name, cloud] of Object.entries(ALL)) {
  const module = name in CLOUDS_OF_MODULES;
  const script = path.join(EXAMPLES, `${name}.js`);
  const ways = {
    ...(fs.existsSync(script) && {
      [`${name}.js on the originals`]: { script: () => script, ranOn: 'originals' },
      [`${name}.js`]: { script: () => script, flags: ['-r', 'edge-downstream/register'], ranOn: 'ours' },
    }),
    ...(fs.existsSync(path.join(EXAMPLES, `${name}.ts`)) && {
      [`${name}.ts`]: { script: () => path.join(compiled, `${name}.js`), ranOn: 'ours' },
    }),
  };
  for (const [title, { script: file, flags, ranOn }] of Object.entries(ways)) {
    test(title, { timeout: 60_000 }, async (t) => {
      const ended = await run(t, file(), { flags, module, cloud, cwd: ranOn === 'ours' ? compiled : ROOT });
      assert.deepEqual([ended.code, ended.signal, ended.stderr, ended.ranOn], [0, null, '', ranOn]);
    });
  }
}

// The original takes the port of GatewayHostName for a part of the name, so that no test can have it call anybody.
test('module_invoke_method.js', { timeout: 60_000 }, async (t) => {
  const onGateway = (gateway) => callees(t, gateway);
  const ended = await run(t, path.join(EXAMPLES, 'module_invoke_method.js'), {
    flags: ['-r', 'edge-downstream/register'],
    args: ['d1', 'edge/m2'],
    module: true,
    onGateway,
    cwd: compiled,
  });
  assert.deepEqual([ended.code, ended.stderr, ended.ranOn], [0, '', 'ours']);
  assert.deepEqual(ended.stdout.trim().split('\n'), [
    'd1 answered 207: {"by":"d1","from":"a module"}',
    'edge/m2 answered 207: {"by":"edge/m2","from":"a module"}',
  ]);
});

/** A device and a module that can be called. */
function callees(t, gateway) {
  const { connect } = require('../..');
  for (const id of ['d1', 'edge/m2']) {
    connect({ connectionString: gateway.connectionString(id), ca: gateway.rootPem }).then((device) => {
      t.after(() => device.close());
      device.onMethod('doSomethingInteresting', (payload, call) => call.reply(207, { by: id, ...payload }));
    });
  }
}

/** Calls methods, as soon as the device takes them. */
function caller(gateway) {
  return (/** @type {string} */ name, /** @type {any} */ payload = null) =>
    gateway.invokeMethod('d1', name, payload, { connectTimeoutMs: 20_000, from: 'module' });
}

/** What it reports as its status, in order. */
function statesOf(gateway, name) {
  const states = [];
  gateway.on('reported', ({ patch }) => patch?.[name]?.status && states.push(patch[name].status));
  return states;
}

async function subscribed(gateway, filter) {
  const filters = () => gateway.connections().flatMap(({ subscriptions }) => subscriptions);
  await until(`it subscribed to ${filter}`, () => filters().includes(filter));
}

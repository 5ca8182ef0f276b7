'use strict';

// The seam of transports (device-sdk.md §1.1, §2): each scenario runs on the Client of the original and on ours, over the
// same fake, and what the app and the transport see is the same. So it is with the ModuleClient.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const original = { ...require('azure-iot-common'), ...require('azure-iot-device') };
const ours = {
  ...require('../../lib/compat/azure_iot_common'),
  ...require('../../lib/compat/azure_iot_device'),
};
const { ClassicTransport, QuickPolicy } = require('./fake_transport');

const turns = async (count = 5) => {
  for (let i = 0; i < count; i += 1) await new Promise(setImmediate);
};

/** What differs between the two. */
const KINDS = {
  Client: {
    onMethod: 'onDeviceMethod',
    event: 'message',
    received: (args) => args[0],
    arrived: (message) => [message],
  },
  ModuleClient: {
    onMethod: 'onMethod',
    event: 'inputMessage',
    received: ([input, message]) => (assert.equal(input, 'in'), message),
    arrived: (message) => ['in', message],
  },
};

/**
 * @param {any} library
 * @param {keyof typeof KINDS} kind
 */
function settingOf(library, kind) {
  const transport = new ClassicTransport();
  const client = new library[kind](transport);
  const policy = new QuickPolicy();
  client.setRetryPolicy(policy);
  /** What the app sees, in order. */
  const seen = [];
  for (const event of ['connect', 'disconnect', 'error'])
    client.on(event, (value) => seen.push(value === undefined ? event : `${event} ${nameOf(value)}`));
  const tell = (what) => (error, result) =>
    seen.push(`${what}: ${error ? nameOf(error) : (nameOf(result) ?? 'done')}`);
  const gone = (message = 'gone') => new library.errors.NotConnectedError(message);
  const { onMethod, event, received, arrived } = KINDS[kind];
  return {
    library,
    transport,
    client,
    policy,
    seen,
    tell,
    gone,
    onMethod: (...args) => client[onMethod](...args),
    onMessage: (listener) => client.on(event, (...args) => listener(received(args))),
    arrive: (message) => transport.emit(event, ...arrived(message)),
  };
}

const nameOf = (value) => (typeof value === 'object' && value !== null ? value.constructor.name : undefined);

/** What a call that must fail at once does: the error's class, by callback and by promise. */
async function failureOf(call) {
  const outcome = [];
  try {
    const returned = call();
    outcome.push(returned === undefined ? 'returned' : 'a promise');
    await returned;
  } catch (error) {
    outcome.push(error.name);
  }
  return outcome.join(' ');
}

/** @type {Record<string, (setting: ReturnType<typeof settingOf>) => Promise<unknown>>} */
const SCENARIOS = {
  'a twin: fetched, its events, the result': async ({ client, transport, seen }) => {
    transport.twin = {
      desired: { a: 1, deep: { b: 'x' }, $version: 3 },
      reported: { r: true, $version: 2 },
    };
    const twin = await client.getTwin();
    twin.on('properties.desired', (delta) => seen.push(['desired', structuredClone(delta)]));
    twin.on('properties.desired.deep.b', (value) => seen.push(['b', value]));
    await turns();
    seen.push(JSON.parse(JSON.stringify(twin.properties)));
    transport.emit('twinDesiredPropertiesUpdate', { deep: { b: 'y', c: 1 }, a: null, $version: 4 });
    await turns();
    seen.push(JSON.parse(JSON.stringify(twin.properties)));
    assert.equal(await client.getTwin(), twin);
    seen.push(twin.userRegisteredDesiredPropertiesListener);
  },

  'paths of a change, parents first': async ({ client, transport, seen }) => {
    const twin = await client.getTwin();
    const paths = ['', '.a', '.a.b', '.a.b.c', '.list', '.list.0', '.list.1', '.gone', '.$version'];
    for (const path of paths)
      twin.on(`properties.desired${path}`, (value) => seen.push([path, JSON.stringify(value)]));
    await turns();
    seen.length = 0;
    transport.emit('twinDesiredPropertiesUpdate', {
      a: { b: { c: 0 } },
      list: [5, { x: 1 }],
      gone: null,
      $version: 2,
    });
    await turns();
  },

  'a listener that comes late is told on the next tick': async ({ client, transport, seen }) => {
    transport.twin.desired = { a: { b: 'here' }, $version: 1 };
    const twin = await client.getTwin();
    twin.on('properties.desired.a.b', (value) => seen.push(`first ${value}`));
    seen.push('registered');
    await turns();
    twin.once('properties.desired.nothing', () => seen.push('nothing'));
    await turns();
  },

  'a report: sent as it is, merged when taken, null deletes': async ({ client, transport, seen }) => {
    transport.twin.reported = { old: 1, keep: 2, $version: 1 };
    const { reported } = (await client.getTwin()).properties;
    const patch = { old: null, fresh: { x: 1 } };
    const done = new Promise((resolve) => reported.update(patch, (error) => resolve(error ?? null)));
    seen.push(JSON.parse(JSON.stringify(reported)));
    seen.push(await done);
    seen.push(JSON.parse(JSON.stringify(reported)), transport.patches);
  },

  'twin requests are retried by the policy': async ({ client, transport, policy, gone, seen, tell }) => {
    transport.failures = [gone(), gone()];
    const twin = await client.getTwin();
    transport.failures = [gone()];
    await new Promise((resolve) =>
      twin.properties.reported.update({ a: 1 }, (error) => {
        tell('report')(error);
        resolve(undefined);
      }),
    );
    seen.push(policy.delays, transport.count('getTwin'), transport.patches.length);
  },

  'a request that the policy gives up fails with its error': async (setting) => {
    const { client, transport, policy, gone, seen } = setting;
    const twin = await client.getTwin();
    policy.retries = 0;
    transport.failures = [gone('get')];
    seen.push(await client.getTwin().catch(({ message }) => message));
    transport.failures = [gone('report')];
    const failed = await new Promise((resolve) => twin.properties.reported.update({ a: 1 }, resolve));
    seen.push(failed.message, 'a' in twin.properties.reported);
  },

  'desired properties are enabled with a listener, and again after a loss': async (setting) => {
    const { client, transport, gone, seen } = setting;
    await client.open();
    const twin = await client.getTwin();
    await turns();
    seen.push(transport.count('enableTwinDesiredPropertiesUpdates'));
    twin.on('properties.desired.x', () => {});
    await turns();
    const before = transport.count('enableTwinDesiredPropertiesUpdates');
    transport.emit('disconnect', gone());
    await turns();
    seen.push(transport.count('enableTwinDesiredPropertiesUpdates') - before);
    seen.push(transport.count('disableTwinDesiredPropertiesUpdates'));
  },

  'desired properties that cannot be enabled are an error of the twin': async (setting) => {
    const { client, transport, policy, gone, seen } = setting;
    const twin = await client.getTwin();
    policy.retries = 0;
    twin.on('error', (error) => seen.push(`twin error ${error.message}`));
    transport.failures = [gone('enable')];
    twin.on('properties.desired', () => {});
    await turns();
  },

  'a method: registered, enabled, called, answered': async ({ onMethod, transport, seen, tell }) => {
    onMethod('m', (request, response) => {
      const { requestId, methodName, payload } = request;
      seen.push([requestId, methodName, payload, response.isResponseComplete]);
      response.send(200, { ok: true }, tell('answer'));
      seen.push([response.status, response.payload, response.isResponseComplete]);
    });
    await turns();
    seen.push(transport.calls.filter((call) => /ethod/.test(call)));
    transport.call('m', 'id1', '{"a":[1]}');
    transport.call('m', 'id2', 'null');
    await turns();
    seen.push(transport.answers);
  },

  'answers: forms of send': async ({ onMethod, transport, seen }) => {
    const returned = [];
    onMethod('m', (_, response) => {
      returned.push(response.send(201, () => {}));
    });
    onMethod('promised', async (_, response) => {
      returned.push(await response.send(202));
    });
    transport.call('m', '1', '1');
    transport.call('promised', '2', '1');
    await turns();
    seen.push(
      returned,
      transport.answers.map(([id, status, payload]) => [id, status, payload ?? null]),
    );
  },

  'answers that cannot be': async ({ onMethod, transport, seen }) => {
    const outcomes = [];
    onMethod('m', (_, response) => {
      const noPayload = () => {};
      outcomes.push(
        failureOf(() => response.send('200', null, noPayload)),
        failureOf(() => response.send(200, noPayload, noPayload)),
        failureOf(() => response.send(undefined)),
        failureOf(() => response.send(200, null, noPayload)),
        failureOf(() => response.send(200, null, noPayload)),
        failureOf(() => response.send(200)),
      );
    });
    transport.call('m', '1', '1');
    seen.push(await Promise.all(outcomes));
  },

  'a handler that throws, and a body that is no JSON: status 400 with a text': async (setting) => {
    const { onMethod, transport, seen } = setting;
    onMethod('m', () => {
      throw new Error('no');
    });
    onMethod('n', () => seen.push('called'));
    transport.call('m', '1', '{}');
    transport.call('n', '2', '{');
    await turns();
    seen.push(transport.answers.map(([id, status, payload]) => [id, status, typeof payload]));
  },

  'an answer that fails is not retried': async ({ onMethod, transport, policy, gone, seen, tell }) => {
    onMethod('m', (_, response) => response.send(200, null, tell('answer')));
    await turns();
    transport.failures = [gone()];
    transport.call('m', '1', '1');
    await turns();
    seen.push(transport.answers.length, policy.asked.length);
  },

  'methods are enabled again after a loss': async ({ onMethod, client, transport, gone, seen }) => {
    onMethod('m', () => {});
    await client.open();
    await turns();
    const before = transport.count('enableMethods');
    transport.emit('disconnect', gone());
    await turns();
    seen.push(transport.count('enableMethods') - before, transport.count('onDeviceMethod'));
  },

  'methods that cannot be enabled are an error of the client': async (setting) => {
    const { onMethod, transport, policy, gone } = setting;
    policy.retries = 0;
    transport.failures = [gone()];
    onMethod('m', () => {});
    await turns();
  },

  'a loss that is not retried is a disconnect event': async ({
    onMethod,
    onMessage,
    client,
    transport,
    policy,
    gone,
  }) => {
    onMethod('m', () => {});
    onMessage(() => {});
    await client.open();
    await turns();
    policy.retries = 0;
    transport.emit('disconnect', gone());
    await turns();
  },

  'messages, sending and closing': async ({ onMessage, arrive, library, client, transport, seen, tell }) => {
    onMessage((message) => seen.push(`message ${message.getData()}`));
    const { Message } = library;
    client.open(tell('open'));
    await turns();
    client.sendEvent(new Message('x'), tell('sendEvent'));
    client.sendEventBatch([new Message('x')], tell('sendEventBatch'));
    await turns();
    arrive(new Message('hello'));
    for (const method of ['complete', 'reject', 'abandon']) client[method](new Message('x'), tell(method));
    await turns();
    client.close(tell('close'));
    await turns();
    seen.push(transport.calls);
  },

  'arguments that cannot be used': async ({ onMethod, client, library, seen }) => {
    const noop = () => {};
    const { DeviceMethodRequest, DeviceMethodResponse } = library;
    onMethod('taken', noop);
    const calls = {
      'no name': () => onMethod(undefined, noop),
      'an empty name': () => onMethod('', noop),
      'a name that is a number': () => onMethod(5, noop),
      'no handler': () => onMethod('m'),
      'a handler that is text': () => onMethod('m', 'x'),
      'a name that is taken': () => onMethod('taken', noop),
      'getTwin with text': () => client.getTwin('x'),
      'a request without id': () => new DeviceMethodRequest(undefined, 'm'),
      'a request with an empty id': () => new DeviceMethodRequest('', 'm'),
      'a request without a name': () => new DeviceMethodRequest('1'),
      'a request with an empty name': () => new DeviceMethodRequest('1', ''),
      'a response without id': () => new DeviceMethodResponse(undefined, {}),
      'a response with an empty id': () => new DeviceMethodResponse('', {}),
      'a response without a transport': () => new DeviceMethodResponse('1'),
    };
    for (const [name, call] of Object.entries(calls)) seen.push(`${name}: ${await failureOf(call)}`);
  },
};

/** What only modules do. @type {typeof SCENARIOS} */
const OF_MODULES = {
  'outputs: sent, retried by the policy, and refused': async (setting) => {
    const { library, client, transport, policy, gone, seen, tell } = setting;
    const { Message } = library;
    seen.push((await client.sendOutputEvent('out', new Message('a'))).constructor.name);
    const done = (what, send) =>
      new Promise((resolve) =>
        send((error, result) => {
          tell(what)(error, result);
          resolve(undefined);
        }),
      );
    transport.failures = [gone(), gone()];
    await done('retried', (callback) => client.sendOutputEvent('out', new Message('b'), callback));
    transport.failures = [gone()];
    await done('batch', (callback) =>
      client.sendOutputEventBatch('out', [new Message('c'), new Message('d')], callback),
    );
    policy.retries = 0;
    transport.failures = [gone('no more')];
    seen.push(await client.sendOutputEvent('out', new Message('e')).catch(({ message }) => message));
    seen.push(transport.outputs.map(([name, sent]) => [name, [sent].flat().map(({ data }) => data)]));
  },

  'inputs: enabled with a listener, again after a loss, and disabled with the last': async (setting) => {
    const { client, transport, gone, seen } = setting;
    await client.open();
    const listener = (name, message) => seen.push([name, message.data]);
    client.on('inputMessage', listener);
    await turns();
    seen.push(transport.count('enableInputMessages'));
    transport.emit('inputMessage', 'a', new setting.library.Message('one'));
    transport.emit('disconnect', gone());
    await turns();
    seen.push(transport.count('enableInputMessages'));
    client.removeListener('inputMessage', listener);
    await turns();
    seen.push(transport.count('disableInputMessages'));
  },

  'inputs that cannot be enabled are an error of the client': async ({ client, transport, policy, gone }) => {
    policy.retries = 0;
    transport.failures = [gone('enable')];
    client.on('inputMessage', () => {});
    await turns(10);
  },

  'a client has no message event, and none of the functions of devices': async ({ client, seen }) => {
    for (const name of [
      'onDeviceMethod',
      'uploadToBlob',
      'getBlobSharedAccessSignature',
      'notifyBlobUploadStatus',
    ])
      seen.push([name, typeof client[name]]);
  },

  'arguments of modules that cannot be used': async ({ client, library, seen }) => {
    const { ModuleClient, Message } = library;
    const noop = () => {};
    const calls = {
      'a client without a transport': () => new ModuleClient(),
      'no connection string': () => ModuleClient.fromConnectionString('', ClassicTransport),
      'one without a key': () =>
        ModuleClient.fromConnectionString('HostName=h;DeviceId=d;ModuleId=m', ClassicTransport),
      'one with a certificate': () =>
        ModuleClient.fromConnectionString('HostName=h;DeviceId=d;ModuleId=m;x509=true', ClassicTransport),
      'one without HostName': () =>
        ModuleClient.fromConnectionString('DeviceId=d;ModuleId=m;SharedAccessKey=c2VjcmV0', ClassicTransport),
      'no token': () => ModuleClient.fromSharedAccessSignature(undefined, ClassicTransport),
      'a malformed token': () => ModuleClient.fromSharedAccessSignature('x', ClassicTransport),
      'no provider': () => ModuleClient.fromAuthenticationProvider(undefined, ClassicTransport),
      'no transport class': () => ModuleClient.fromAuthenticationProvider({}, undefined),
      'an environment without a transport': () => ModuleClient.fromEnvironment(undefined),
      'setOptions of nothing': () => client.setOptions(undefined),
      'setOptions of nothing, with a callback': () => client.setOptions(undefined, noop),
      'invokeMethod of nobody': () => client.invokeMethod(undefined, { methodName: 'm' }),
      'invokeMethod of nobody, with a callback': () => client.invokeMethod('', { methodName: 'm' }, noop),
      'invokeMethod of nothing': () => client.invokeMethod('d', undefined),
      'invokeMethod of a module, of nothing': () => client.invokeMethod('d', 'm', undefined),
      'invokeMethod without a name': () => client.invokeMethod('d', 'm', {}),
      'invokeMethod without a name, with a callback': () => client.invokeMethod('d', {}, noop),
      'a callback that is text': () => client.sendOutputEvent('out', new Message('x'), 'x'),
    };
    for (const [name, call] of Object.entries(calls)) seen.push(`${name}: ${await failureOf(call)}`);
  },
};

for (const [kind, scenarios] of [
  ['Client', SCENARIOS],
  ['ModuleClient', { ...SCENARIOS, ...OF_MODULES }],
]) {
  for (const [name, scenario] of Object.entries(scenarios)) {
    test(`${kind}: ${name}`, { timeout: 20_000 }, async () => {
      const seen = [];
      for (const library of [original, ours]) {
        const setting = settingOf(library, kind);
        await scenario(setting);
        seen.push(JSON.parse(JSON.stringify(setting.seen)));
      }
      assert.notDeepEqual(seen[0], []);
      assert.deepEqual(seen[1], seen[0]);
    });
  }
}

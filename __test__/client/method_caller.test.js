'use strict';

const assert = require('node:assert/strict');
const { EventEmitter, once } = require('node:events');
const https = require('node:https');
const { test } = require('node:test');
const { ModuleClient, Mqtt, errors } = require('../..');
const { createChain } = require('../../gateway');
const { MethodCaller } = require('../../lib/client/method_caller');
const { SMALL } = require('../bad_input/telling');

/** How long a call of a method may take, and what is waited for before it is made. */

class Provider extends EventEmitter {
  type = 1;
  #credentials;

  /** @param {any} [credentials] Default: it never says any. */
  constructor(credentials) {
    super();
    this.#credentials = credentials;
  }

  getDeviceCredentials(callback) {
    if (this.#credentials) callback(null, this.#credentials);
  }
}

const clientOf = (provider) => ModuleClient.fromAuthenticationProvider(provider, Mqtt);
const call = (limits) => ({ methodName: 'set', payload: null, ...limits });
const errorOf = (promise) => promise.then(() => assert.fail('it was done'), (error) => error); // prettier-ignore

for (const name of ['responseTimeoutInSeconds', 'connectTimeoutInSeconds'])
  test(`a ${name} that cannot be waited for is refused by its name, before anybody is asked`, async () => {
    const provider = new Provider();
    provider.getDeviceCredentials = () => assert.fail('it was asked');
    const client = clientOf(provider);
    for (const value of [NaN, -1, -0.001, Infinity, -Infinity, 301, 3e6, true, [], {}, 5n]) {
      const error = await errorOf(client.invokeMethod('d', 'm', call({ [name]: value })));
      assert.ok(error instanceof errors.ArgumentError, `${value}: ${error.stack}`);
      assert.equal(error.code, 'ERR_IOT_OPTION');
      assert.match(error.message, new RegExp(`^The option ${name} is .*, not a number from 0 to 300 `));
      assert.match(error.hint, /\w/);
    }
    assert.throws(() => client.invokeMethod('d', call({ [name]: NaN }), () => {}), {
      code: 'ERR_IOT_OPTION',
    });
  });

test('credentials that do not come are waited for four minutes, and keep the process alive', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const set = t.mock.method(globalThis, 'setTimeout');
  const failed = errorOf(clientOf(new Provider()).invokeMethod('d', 'm', call()));
  t.mock.timers.tick(240_000);
  const error = await failed;
  assert.ok(error instanceof errors.TimeoutError);
  assert.equal(error.code, 'ERR_IOT_TIMEOUT_CREDENTIALS');
  assert.match(error.message, /within 240000 ms$/);
  assert.ok(set.mock.calls.some(({ arguments: [, ms] }) => ms === 240_000));
});

test('a signal ends that, too', async () => {
  const reason = new Error('enough');
  const invoke = (signal) =>
    new Promise((resolve, reject) => {
      const settle = (error, result) => (error ? reject(error) : resolve(result));
      new MethodCaller(new Provider()).invoke('d', 'm', call(), settle, signal);
    });
  const controller = new AbortController();
  const late = errorOf(invoke(controller.signal));
  controller.abort(reason);
  for (const error of [await late, await errorOf(invoke(AbortSignal.abort(reason)))]) {
    assert.ok(error instanceof errors.OperationCancelledError);
    assert.equal(error.code, 'ERR_IOT_ABORTED');
    assert.equal(error.cause, reason);
  }
});

test('what a provider throws is the error of the call', async () => {
  const provider = new Provider();
  const fault = new Error('no key');
  provider.getDeviceCredentials = () => {
    throw fault;
  };
  assert.equal(await errorOf(clientOf(provider).invokeMethod('d', 'm', call())), fault);
});

test('a gateway that does not answer has the limits of the call, whichever is given, and ten seconds', async (t) => {
  const chain = await createChain(SMALL);
  const asked = new EventEmitter();
  const server = https.createServer({ cert: chain.chainPem, key: chain.serverKeyPem }, () =>
    asked.emit('call'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const gatewayHostName = `localhost:${server.address().port}`;
  const credentials = {
    host: 'h',
    deviceId: 'd',
    moduleId: 'm',
    gatewayHostName,
    sharedAccessSignature: 'x',
  };
  const client = clientOf(new Provider(credentials));
  await client.setOptions({ ca: chain.rootPem });
  for (const [limits, ms] of /** @type {[any, number][]} */ ([
    [{}, 240_000],
    [{ responseTimeoutInSeconds: null }, 240_000],
    [{ responseTimeoutInSeconds: '20' }, 240_000],
    [{ responseTimeoutInSeconds: 300 }, 310_000],
    [{ connectTimeoutInSeconds: 300 }, 340_000],
    [{ responseTimeoutInSeconds: 20, connectTimeoutInSeconds: 5 }, 35_000],
  ])) {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const called = once(asked, 'call');
    const failed = errorOf(client.invokeMethod('pump', call(limits)));
    await called;
    t.mock.timers.tick(ms);
    t.mock.timers.reset();
    const error = await failed;
    assert.equal(error.code, 'ERR_IOT_HTTP_TIMEOUT');
    assert.match(error.message, new RegExp(`within ${ms} ms$`));
  }
});

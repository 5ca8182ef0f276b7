'use strict';

// Direct methods of a Client and of the device of connect(), called by a cloud that acts.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { NoRetry } = require('../..');
const { clientOf, deviceOf, startCloud, subscribed, until } = require('./cloud_setting');
const { soon } = require('./client');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Warnings and uncaught exceptions of a test. */
function watch(t) {
  const warnings = [];
  const uncaught = [];
  const warned = ({ code }) => warnings.push(code);
  process.on('warning', warned);
  process.setUncaughtExceptionCaptureCallback((error) => uncaught.push(error));
  t.after(() => {
    process.off('warning', warned);
    process.setUncaughtExceptionCaptureCallback(null);
  });
  return { warnings, uncaught };
}

for (const strict of [false, true]) {
  test(`request and response: payloads of any kind (${strict ? 'strict' : 'lenient'})`, async (t) => {
    const gateway = await startCloud(t, { strict });
    const client = await clientOf(t, gateway);
    const seen = [];
    client.onDeviceMethod('echo', (request, response) => {
      seen.push(request);
      assert.deepEqual([response.isResponseComplete, response.status], [false, null]);
      response.send(201, request.payload, (error) => assert.equal(error, null));
      assert.deepEqual([response.isResponseComplete, response.status], [true, 201]);
    });
    await subscribed(gateway, 'methods');
    const payloads = [{ a: [1, { b: null }] }, [1, 2], 'text "quoted" ü', 0, false, '', null, 1.5];
    for (const payload of payloads)
      assert.deepEqual(await gateway.invokeMethod('d1', 'echo', payload), { status: 201, payload });
    assert.deepEqual(
      seen.map(({ payload }) => payload),
      payloads,
    );
    for (const { methodName, requestId } of seen) {
      assert.equal(methodName, 'echo');
      assert.equal(typeof requestId, 'string');
    }
  });
}

test('send(status, callback) answers null, send(status) nothing; names with * and : work', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const bodies = [];
  gateway.faults = {
    publish: (_, { topic, payload }) => {
      if (topic.startsWith('$iothub/methods/res/')) bodies.push(String(payload));
      return undefined;
    },
  };
  client.onDeviceMethod('thermostat1*getMaxMinReport', (_, response) => response.send(200, () => {}));
  client.onDeviceMethod('a:b', async (_, response) => {
    assert.equal(await response.send(204), undefined);
  });
  await subscribed(gateway, 'methods');
  const called = (name) => gateway.invokeMethod('d1', name);
  assert.deepEqual(await called('thermostat1*getMaxMinReport'), { status: 200, payload: null });
  assert.deepEqual(await called('a:b'), { status: 204, payload: null });
  assert.deepEqual(bodies, ['null', '']);
});

test('a body that is empty is a payload of null; one that is no JSON is answered with 400', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const payloads = [];
  client.onDeviceMethod('m', (request, response) => {
    payloads.push(request.payload);
    response.send(200, null, () => {});
  });
  await subscribed(gateway, 'methods');
  gateway.faults = { method: { body: '' } };
  assert.equal((await gateway.invokeMethod('d1', 'm', 'x')).status, 200);
  gateway.faults = { method: { body: '{"a":' } };
  const { status, payload } = await gateway.invokeMethod('d1', 'm', 'x');
  assert.equal(status, 400);
  assert.match(payload, /JSON/);
  assert.deepEqual(payloads, [null]);
});

test('a handler that throws answers 400, one whose promise is rejected 500, if nobody was answered', async (t) => {
  const { warnings, uncaught } = watch(t);
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const fail = (text) => {
    throw new Error(text);
  };
  client.onDeviceMethod('throws', () => fail('at once'));
  client.onDeviceMethod('rejects', async () => fail('later'));
  client.onDeviceMethod('nothing', () => Promise.reject(undefined));
  client.onDeviceMethod('answered', (_, response) => {
    response.send(200, 'fine', () => {});
    fail('after it');
  });
  client.onDeviceMethod('answered later', async (_, response) => {
    await response.send(200, 'fine');
    fail('after it');
  });
  await subscribed(gateway, 'methods');
  const call = async (name) => {
    const { status, payload } = await gateway.invokeMethod('d1', name);
    return [status, payload];
  };
  const [status, payload] = await call('throws');
  assert.equal(status, 400);
  assert.match(payload, /at once/);
  const [later, reason] = await call('rejects');
  assert.equal(later, 500);
  assert.match(reason, /later/);
  assert.equal((await call('nothing'))[0], 500);
  assert.deepEqual(await call('answered'), [200, 'fine']);
  assert.deepEqual(await call('answered later'), [200, 'fine']);
  await wait(10);
  assert.deepEqual(warnings, ['WARN_IOT_METHOD_HANDLER', 'WARN_IOT_METHOD_HANDLER']);
  assert.deepEqual(uncaught, []);
});

test('of a reason that no answer can hold the beginning is told', async (t) => {
  const { uncaught } = watch(t);
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const fail = () => {
    throw new Error(`so it begins${'x'.repeat(300_000)}`);
  };
  client.onDeviceMethod('throws', fail);
  client.onDeviceMethod('rejects', async () => fail());
  await subscribed(gateway, 'methods');
  for (const [name, told] of [
    ['throws', 400],
    ['rejects', 500],
  ]) {
    const { status, payload } = await gateway.invokeMethod('d1', name);
    assert.equal(status, told);
    assert.match(payload, /so it begins/);
  }
  assert.deepEqual(uncaught, []);
});

test('an answer that no packet can hold is refused, another may be given, and the connection stays', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const refused = { name: 'MessageTooLargeError', code: 'ERR_IOT_MESSAGE_TOO_LARGE', delivery: 'not sent' };
  const large = ({ payload }) => 'x'.repeat(payload);
  client.onDeviceMethod('left', (request, response) => response.send(200, large(request)));
  client.onDeviceMethod('other', async (request, response) => {
    await assert.rejects(response.send(200, large(request)), refused);
    await response.send(413, 'too much');
  });
  await subscribed(gateway, 'methods');
  let connections = 0;
  gateway.on('connected', () => (connections += 1));
  for (const size of [262_000, 500_000]) {
    const { status, payload } = await gateway.invokeMethod('d1', 'left', size);
    assert.equal(status, 500);
    assert.match(payload, /261120/);
    assert.deepEqual(await gateway.invokeMethod('d1', 'other', size), { status: 413, payload: 'too much' });
  }
  assert.equal(connections, 0);
});

test('answers come when the handler is ready, and calls do not wait for each other', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  client.onDeviceMethod('slow', async ({ payload }, response) => {
    await wait(payload);
    await response.send(200, payload);
  });
  await subscribed(gateway, 'methods');
  const order = [];
  const call = async (ms) => {
    const { payload } = await gateway.invokeMethod('d1', 'slow', ms);
    order.push(payload);
  };
  await Promise.all([call(2000), call(100), call(1)]);
  assert.deepEqual(order, [1, 100, 2000]);
});

test('a call that is transmitted twice runs its handler once', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  let runs = 0;
  client.onDeviceMethod('once', (_, response) => {
    runs += 1;
    response.send(200, runs, () => {});
  });
  await subscribed(gateway, 'methods');
  gateway.faults = { method: 'duplicate' };
  assert.equal((await gateway.invokeMethod('d1', 'once')).payload, 1);
  gateway.publish('d1', '$iothub/methods/POST/once/?$rid=same', '1', { qos: 0 });
  gateway.publish('d1', '$iothub/methods/POST/once/?$rid=same', '1', { qos: 0 });
  gateway.faults = {};
  assert.equal((await gateway.invokeMethod('d1', 'once')).payload, 3);
});

test('an answer a second time is an error and no crash', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  let promised;
  client.onDeviceMethod('twice', (_, response) => {
    response.send(200, 'first', () => {});
    const again = { name: 'Error', code: 'ERR_IOT_METHOD_ANSWERED' };
    assert.throws(() => response.send(500, 'second', () => assert.fail('thrown')), again);
    promised = assert.rejects(response.send(500, 'third'), again);
  });
  await subscribed(gateway, 'methods');
  assert.deepEqual(await gateway.invokeMethod('d1', 'twice'), { status: 200, payload: 'first' });
  await promised;
});

test('a call of a connection that is gone cannot be answered, which is told and does not crash', async (t) => {
  const { uncaught } = watch(t);
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  const responses = [];
  client.onDeviceMethod('later', (_, response) => responses.push(response));
  await subscribed(gateway, 'methods');
  for (let i = 0; i < 3; i += 1) gateway.invokeMethod('d1', 'later').catch(() => {});
  await until('the calls came', () => responses.length === 3);
  const back = once(client, 'connect');
  gateway.cut('d1');
  await back;
  await subscribed(gateway, 'methods');
  const [first, second, third] = responses;
  const lost = { name: 'NotConnectedError', code: 'ERR_IOT_METHOD_CALL_LOST', delivery: 'not sent' };
  await assert.rejects(first.send(200, 'late'), lost);
  const told = await new Promise((resolve) => second.send(200, 'late', resolve));
  assert.equal(told.code, lost.code);
  // One that does not look at its promise is not ended for it.
  third.send(200, 'late');
  await wait(20);
  assert.deepEqual(uncaught, []);
});

test('without a handler nobody answers, unless the app opts in: 501, or what its own function says', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway);
  client.onDeviceMethod('known', (_, response) => response.send(200, 1, () => {}));
  await subscribed(gateway, 'methods');
  const call = (name) => gateway.invokeMethod('d1', name, null, { responseTimeoutMs: 100 });
  await assert.rejects(call('unknown'), { status: 504 });
  client.onUnknownDeviceMethod();
  const { status, payload } = await call('unknown');
  assert.equal(status, 501);
  assert.match(payload, /"unknown"/);
  client.onUnknownDeviceMethod(({ methodName }, response) => response.send(404, methodName, () => {}));
  assert.deepEqual(await call('unknown'), { status: 404, payload: 'unknown' });
  assert.deepEqual(await call('known'), { status: 200, payload: 1 });
  client.onUnknownDeviceMethod(null);
  await assert.rejects(call('unknown'), { status: 504 });
  assert.equal(client.offDeviceMethod('known'), true);
  assert.equal(client.offDeviceMethod('known'), false);
  await assert.rejects(call('known'), { status: 504 });
  // A name that was taken away may be given again.
  client.onDeviceMethod('known', (_, response) => response.send(200, 2, () => {}));
  assert.deepEqual(await call('known'), { status: 200, payload: 2 });
});

/** Ways a connection ends; the calls go on without registering again. */
const WAYS = {
  'a FIN': (gateway) => gateway.cut('d1'),
  'an RST': (gateway) => gateway.cut('d1', 'rst'),
  'a restart without sessions': (gateway) => gateway.restart({ keepSessions: false }),
  'a token renewal': (gateway, client) =>
    client.setOptions({
      ca: gateway.rootPem,
      tokenRenewal: { tokenValidTimeInSeconds: 3601, tokenRenewalMarginInSeconds: 900 },
    }),
};
for (const [name, end] of Object.entries(WAYS)) {
  test(`after ${name} calls arrive as before`, async (t) => {
    const gateway = await startCloud(t);
    const client = await clientOf(t, gateway);
    client.onDeviceMethod('m', (_, response) => response.send(200, 'here', () => {}));
    await subscribed(gateway, 'methods');
    for (let round = 0; round < 2; round += 1) {
      const gone = once(gateway, 'disconnected');
      await end(gateway, client);
      await gone;
      await subscribed(gateway, 'methods');
      assert.deepEqual(await gateway.invokeMethod('d1', 'm'), { status: 200, payload: 'here' });
      if (name === 'a token renewal') break;
    }
  });
}

test('closed and opened again the handlers stand; after a policy that gave up, too', async (t) => {
  const gateway = await startCloud(t);
  const client = await clientOf(t, gateway, { policy: new NoRetry() });
  client.onDeviceMethod('m', (_, response) => response.send(200, 'here', () => {}));
  await subscribed(gateway, 'methods');
  await client.close();
  await assert.rejects(gateway.invokeMethod('d1', 'm'), { status: 404 });
  await client.open();
  await subscribed(gateway, 'methods');
  const gone = once(client, 'disconnect');
  gateway.cut('d1');
  await gone;
  await client.open();
  await subscribed(gateway, 'methods');
  assert.equal((await gateway.invokeMethod('d1', 'm')).payload, 'here');
});

test('a subscription that is refused is the client’s error event', async (t) => {
  const gateway = await startCloud(t, {
    faults: { suback: (filter) => (filter.startsWith('$iothub/methods') ? 0x80 : undefined) },
  });
  const client = await clientOf(t, gateway);
  const failed = once(client, 'error');
  client.onDeviceMethod('m', () => {});
  const [error] = await soon('it was told', failed);
  assert.equal(error.code, 'ERR_IOT_SUBSCRIPTION_REFUSED');
});

test('device.onMethod: what the function gives is the answer; call.reply gives a status', async (t) => {
  const gateway = await startCloud(t);
  const device = await deviceOf(t, gateway);
  const calls = [];
  device.onMethod('add', async ({ a, b }, call) => {
    calls.push(call);
    return a + b;
  });
  device.onMethod('nothing', () => {});
  device.onMethod('status', (payload, call) => call.reply(payload, { name: call.name }));
  device.onMethod('throws', () => {
    throw new TypeError('no');
  });
  device.onMethod('no json', () => ({ at: NaN }));
  device.onMethod('large', () => 'x'.repeat(500_000));
  await subscribed(gateway, 'methods');
  const call = (name, payload) => gateway.invokeMethod('d1', name, payload);
  assert.deepEqual(await call('add', { a: 1, b: 2 }), { status: 200, payload: 3 });
  assert.deepEqual(await call('nothing'), { status: 200, payload: null });
  assert.deepEqual(await call('status', 404), { status: 404, payload: { name: 'status' } });
  assert.deepEqual(await call('throws'), { status: 500, payload: { message: 'no' } });
  assert.equal((await call('no json')).status, 500);
  const told = once(device, 'error');
  assert.match((await call('large')).payload.message, /261120/);
  assert.equal((await told)[0].code, 'ERR_IOT_MESSAGE_TOO_LARGE');
  assert.match((await call('status', 0)).payload.message, /0, not a whole number/);
  assert.equal(typeof calls[0].id, 'string');
  device.onUnknownMethod();
  assert.equal((await call('unknown')).status, 501);
  device.onUnknownMethod((_, { name }) => name);
  assert.deepEqual(await call('unknown'), { status: 200, payload: 'unknown' });
  assert.equal(device.offMethod('add'), true);
  assert.deepEqual(await call('add'), { status: 200, payload: 'add' });
  assert.throws(() => device.onMethod('nothing', () => {}), { code: 'ERR_IOT_METHOD_TAKEN' });
});

test('an answer of a device that comes too late is an error event, if somebody listens', async (t) => {
  const gateway = await startCloud(t);
  const device = await deviceOf(t, gateway);
  let release;
  device.onMethod('late', () => new Promise((resolve) => (release = resolve)));
  await subscribed(gateway, 'methods');
  gateway.invokeMethod('d1', 'late').catch(() => {});
  await until('it was called', () => release !== undefined);
  const back = once(device, 'connect');
  gateway.cut('d1');
  await back;
  const told = once(device, 'error');
  release('too late');
  assert.equal((await soon('it was told', told))[0].code, 'ERR_IOT_METHOD_CALL_LOST');
});

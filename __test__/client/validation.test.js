'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Client } = require('../../lib/client/client');
const errors = require('../../lib/vocabulary/errors');
const { Message } = require('../../lib/message/message');
const { NoRetry } = require('../../lib/connection/retry_policy');
const { ClassicTransport, KeptTransport } = require('./fake_transport');

const KEY_STRING = 'HostName=hub.example;DeviceId=dev;SharedAccessKey=c2VjcmV0;GatewayHostName=gw.example';
const TOKEN = 'SharedAccessSignature sr=hub.example%2Fdevices%2Fdev&sig=c2ln&se=2000000000';
const done = () => assert.fail('no callback on bad arguments');

const client = () => new Client(new KeptTransport());

test('the constructor wants a transport and nothing else', () => {
  assert.throws(() => new Client(), ReferenceError);
  assert.throws(() => new Client(new KeptTransport(), 'HostName=…'), errors.InvalidOperationError);
});

test('a client has the members apps have come to read and set', () => {
  const transport = new KeptTransport();
  const { _transport, _retryPolicy, _maxOperationTimeout } = new Client(transport);
  assert.equal(_transport, transport);
  assert.equal(_retryPolicy.constructor.name, 'ExponentialBackOffWithJitter');
  assert.equal(_maxOperationTimeout, 240_000);
  assert.equal(Client.sasRenewalInterval, 2_700_000);
});

const missing = [
  ['sendEvent', undefined],
  ['complete', undefined],
  ['reject', null],
  ['abandon', ''],
  ['setTransportOptions', undefined],
];
for (const [method, value] of missing) {
  test(`${method} without its argument: thrown with a callback, rejected without`, async () => {
    assert.throws(() => client()[method](value, done), {
      name: 'ReferenceError',
      code: 'ERR_IOT_ARGUMENT_MISSING',
    });
    await assert.rejects(client()[method](value), ReferenceError);
  });
}

for (const method of ['setOptions', 'updateSharedAccessSignature', 'setRetryPolicy']) {
  test(`${method} without its argument throws in any case`, () => {
    assert.throws(() => client()[method](undefined, done), ReferenceError);
    assert.throws(() => client()[method](), ReferenceError);
  });
}

const dual = [
  ['open'],
  ['close'],
  ['sendEvent', new Message('x')],
  ['setOptions', {}],
  ['setTransportOptions', {}],
  ['complete', new Message('x')],
  ['updateSharedAccessSignature', TOKEN],
];
for (const [method, ...args] of dual) {
  test(`${method} takes a callback or gives a promise, and refuses what is neither`, async () => {
    assert.throws(() => client()[method](...args, 'not a function'), TypeError);
    const instance = client();
    const byPromise = await instance[method](...args);
    const byCallback = await new Promise((resolve, reject) => {
      const returned = instance[method](...args, (error, result) =>
        error ? reject(error) : resolve(result),
      );
      assert.equal(returned, undefined);
    });
    assert.equal(byCallback?.constructor, byPromise?.constructor);
  });
}

test('the results have the classes of old', async () => {
  const instance = client();
  const name = async (promise) => (await promise)?.constructor.name;
  assert.equal(await name(instance.open()), 'Connected');
  assert.equal(await name(instance.sendEvent(new Message('x'))), 'MessageEnqueued');
  assert.equal(await name(instance.complete(new Message('x'))), 'MessageCompleted');
  assert.equal(await name(instance.setOptions({ keepalive: 5 })), undefined);
  assert.equal(await name(instance.setTransportOptions({ interval: 1 })), 'TransportConfigured');
  assert.equal(await name(instance.updateSharedAccessSignature(TOKEN)), 'SharedAccessSignatureUpdated');
  assert.equal(await name(instance.close()), 'Disconnected');
});

test('over MQTT there are no batches, no reject and no abandon', async () => {
  for (const method of ['sendEventBatch', 'reject', 'abandon']) {
    assert.throws(() => client()[method]([new Message('x')], done), {
      name: 'NotImplementedError',
      message: new RegExp(method),
    });
    await assert.rejects(client()[method]([new Message('x')]), errors.NotImplementedError);
  }
});

test('setTransportOptions needs a transport with options', async () => {
  const transport = new ClassicTransport();
  transport.setOptions = undefined;
  await assert.rejects(new Client(transport).setTransportOptions({}), errors.NotImplementedError);
});

test('a retry policy has two functions', () => {
  assert.throws(() => client().setRetryPolicy({ shouldRetry: () => true }), {
    name: 'ArgumentError',
    message: /nextRetryTimeout/,
  });
  assert.throws(() => client().setRetryPolicy({ nextRetryTimeout: () => 1 }), { message: /shouldRetry/ });
  const instance = client();
  const policy = new NoRetry();
  instance.setRetryPolicy(policy);
  assert.equal(instance._retryPolicy, policy);
});

test('fromConnectionString with a key', async () => {
  const { authenticationProvider: provider } = Client.fromConnectionString(
    KEY_STRING,
    KeptTransport,
  )._transport;
  const { host, deviceId, gatewayHostName, sharedAccessKey } = await provider.getDeviceCredentials();
  assert.deepEqual(
    [host, deviceId, gatewayHostName, sharedAccessKey],
    ['hub.example', 'dev', 'gw.example', 'c2VjcmV0'],
  );
});

test('fromConnectionString with a token honours the gateway, too', async () => {
  const text = `HostName=hub.example;DeviceId=dev;SharedAccessSignature=${TOKEN};GatewayHostName=gw.example`;
  const { authenticationProvider: provider } = Client.fromConnectionString(text, KeptTransport)._transport;
  const { gatewayHostName, sharedAccessSignature } = await provider.getDeviceCredentials();
  assert.deepEqual([gatewayHostName, sharedAccessSignature], ['gw.example', TOKEN]);
});

test('fromConnectionString refuses what it cannot use', () => {
  const from = (text, Transport = KeptTransport) => Client.fromConnectionString(text, Transport);
  assert.throws(() => from(''), ReferenceError);
  assert.throws(() => from('HostName=h;SharedAccessKey=c2VjcmV0'), {
    name: 'ArgumentError',
    message: /DeviceId/,
  });
  assert.throws(() => from('DeviceId=d;SharedAccessKey=c2VjcmV0'), {
    name: 'ArgumentError',
    message: /HostName/,
  });
  assert.throws(() => from('HostName=h;DeviceId=d'), {
    name: 'ArgumentError',
    message: /no SharedAccessKey/,
  });
  assert.throws(() => Client.fromConnectionString(KEY_STRING), TypeError);
});

test('fromSharedAccessSignature and fromAuthenticationProvider', async () => {
  const { authenticationProvider } = Client.fromSharedAccessSignature(TOKEN, KeptTransport)._transport;
  const { host, deviceId } = await authenticationProvider.getDeviceCredentials();
  assert.deepEqual([host, deviceId], ['hub.example', 'dev']);
  assert.throws(() => Client.fromSharedAccessSignature('', KeptTransport), ReferenceError);
  assert.throws(() => Client.fromSharedAccessSignature('garbage', KeptTransport), errors.FormatError);
  assert.equal(
    Client.fromAuthenticationProvider(authenticationProvider, KeptTransport)._transport
      .authenticationProvider,
    authenticationProvider,
  );
  assert.throws(() => Client.fromAuthenticationProvider(undefined, KeptTransport), ReferenceError);
  assert.throws(() => Client.fromAuthenticationProvider(authenticationProvider), ReferenceError);
});

test('a new token is announced before the callback', async () => {
  const instance = client();
  const order = [];
  instance.on('_sharedAccessSignatureUpdated', (...args) => order.push(['event', args.length]));
  await instance.updateSharedAccessSignature(TOKEN).then(() => order.push('resolved'));
  assert.deepEqual(order, [['event', 0], 'resolved']);
  assert.equal(instance._transport.token, TOKEN);
});

test('a token the transport refuses is an error and no event', async () => {
  const instance = client();
  instance.on('_sharedAccessSignatureUpdated', () => assert.fail('nothing was updated'));
  const refusal = new errors.FormatError('not a token');
  instance._transport.updateSharedAccessSignature = (token, callback) => callback(refusal);
  await assert.rejects(instance.updateSharedAccessSignature(TOKEN), refusal);
  instance._transport.updateSharedAccessSignature = () => {
    throw new TypeError('this provider takes no tokens');
  };
  await assert.rejects(instance.updateSharedAccessSignature(TOKEN), TypeError);
  assert.throws(() => instance.updateSharedAccessSignature(TOKEN, done), TypeError);
});

'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { inspect } = require('node:util');
const { connect } = require('../../lib/device/device');
const errors = require('../../lib/vocabulary/errors');
const { Message } = require('../../lib/message/message');
const { Properties } = require('../../lib/message/properties');
const { ClassicTransport, KeptTransport, QuickPolicy } = require('./fake_transport');

const connectionString =
  'HostName=hub.example;DeviceId=dev;SharedAccessKey=c2VjcmV0;GatewayHostName=gw.example';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A transport class whose instance the test can reach, prepared before it is used. */
function transportClass(prepare = () => {}) {
  return class extends KeptTransport {
    constructor(provider) {
      super(provider);
      transportClass.last = this;
      prepare(this);
    }
  };
}

async function deviceOf(options = {}, prepare) {
  const device = await connect({ connectionString, transport: transportClass(prepare), ...options });
  return { device, transport: transportClass.last };
}

test('connect resolves when connected, with the options in the terms of the transport', async () => {
  const timeouts = { connectMs: 1, tlsMs: 2, connackMs: 3 };
  const options = { ca: 'PEM', timeouts, whenFull: 'refuse', productInfo: 'mine', modelId: 'dtmi:a;1' };
  const { device, transport } = await deviceOf({ ...options, keepAlive: 30 });
  assert.equal(transport.standing, true);
  assert.deepEqual(transport.options, [{ ...options, keepalive: 30 }]);
  const { gatewayHostName, sharedAccessKey } = await transport.authenticationProvider.getDeviceCredentials();
  assert.deepEqual([gatewayHostName, sharedAccessKey], ['gw.example', 'c2VjcmV0']);
  await device.close();
});

test('options that cannot be used are named', async () => {
  const bad = [
    [{ keepalive: 5 }, 'ERR_IOT_OPTION_UNKNOWN', /"keepalive"/],
    [{ timeouts: { tls: 1 } }, 'ERR_IOT_OPTION_UNKNOWN', /"timeouts\.tls"/],
    [{ timeouts: { tlsMs: -1 } }, 'ERR_IOT_OPTION', /timeouts\.tlsMs is -1/],
    [{ keepAlive: 0 }, 'ERR_IOT_OPTION', /keepAlive is 0/],
    [{ keepAlive: 70_000 }, 'ERR_IOT_OPTION', /70000.*65535 \(seconds\)/],
    [{ retry: 'sometimes' }, 'ERR_IOT_OPTION', /retry is "sometimes"/],
    [{ whenFull: 'drop' }, 'ERR_IOT_OPTION', /whenFull is "drop"/],
    [{ productInfo: 5 }, 'ERR_IOT_OPTION', /productInfo is 5/],
    [{ modelId: '' }, 'ERR_IOT_OPTION', /modelId is ""/],
    [{ transport: 'mqtt' }, 'ERR_IOT_OPTION', /transport is "mqtt"/],
    [{ transport: ClassicTransport }, 'ERR_IOT_OPTION', /"ClassicTransport"/],
    [{ tokenRenewal: { valid: 5 } }, 'ERR_IOT_OPTION_UNKNOWN', /"tokenRenewal\.valid"/],
    [
      { tokenRenewal: { tokenValidTimeInSeconds: 5, tokenRenewalMarginInSeconds: 6 } },
      'ERR_IOT_TOKEN_RENEWAL',
      /6 s .* 5 s/,
    ],
  ];
  for (const [options, code, message] of bad) {
    await assert.rejects(connect({ connectionString, transport: KeptTransport, ...options }), (error) => {
      assert.equal(error.name, 'ArgumentError');
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.ok(error.hint);
      return true;
    });
  }
  await assert.rejects(connect(), { name: 'ArgumentError' });
});

test('the connection string is read strictly', async () => {
  const refused = (text) => connect({ connectionString: text, transport: KeptTransport });
  await assert.rejects(refused(undefined), { name: 'ArgumentError' });
  await assert.rejects(refused(`${connectionString};HostName=twice`), {
    name: 'ArgumentError',
    message: /HostName/,
  });
  await assert.rejects(refused(`${connectionString};Hostname=typo`), {
    name: 'ArgumentError',
    message: /Hostname/,
  });
  await assert.rejects(refused('HostName=hub.example;DeviceId=dev;ModuleId=m;x509=true'), {
    name: 'NotImplementedError',
    message: /module/,
  });
});

test('a token in the connection string serves as it is, and is not renewed', async () => {
  const token = 'SharedAccessSignature sr=hub.example%2Fdevices%2Fdev&sig=c2ln&se=2000000000';
  const text = `HostName=hub.example;DeviceId=dev;SharedAccessSignature=${token};GatewayHostName=gw.example`;
  const { device, transport } = await deviceOf({ connectionString: text });
  const { sharedAccessSignature, gatewayHostName } =
    await transport.authenticationProvider.getDeviceCredentials();
  assert.deepEqual([sharedAccessSignature, gatewayHostName], [token, 'gw.example']);
  await device.close();
  const tokenRenewal = { tokenValidTimeInSeconds: 6, tokenRenewalMarginInSeconds: 5 };
  await assert.rejects(deviceOf({ connectionString: text, tokenRenewal }), { name: 'InvalidOperationError' });
});

test('the first connection is tried once', async () => {
  const refusal = new errors.NotConnectedError('refused');
  await assert.rejects(
    deviceOf({}, (transport) => (transport.outcomes = [refusal])),
    refusal,
  );
  assert.equal(transportClass.last.count('connect'), 1);
});

test("with retry: 'forever' the first connection is tried until it stands", async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const refusals = [
    new errors.NotConnectedError('not up yet'),
    new errors.UnauthorizedError('not known yet'),
  ];
  let connected = false;
  const opening = deviceOf({ retry: 'forever' }, (transport) => (transport.outcomes = [...refusals])).then(
    (made) => {
      connected = true;
      return made;
    },
  );
  while (!connected) {
    await new Promise(setImmediate);
    t.mock.timers.tick(1000);
  }
  const { device, transport } = await opening;
  assert.equal(transport.count('connect'), 3);
  await device.close();
});

test("'forever' does not retry what waiting cannot mend", async () => {
  const mistake = new errors.ArgumentError('ca: no such file');
  await assert.rejects(
    deviceOf({ retry: 'forever' }, (transport) => (transport.outcomes = [mistake])),
    mistake,
  );
});

test('a device comes back after a loss and counts it', async () => {
  const { device, transport } = await deviceOf({ retry: new QuickPolicy() });
  const states = [];
  device.on('state', ({ state }) => states.push(state));
  transport.lose();
  await once(device, 'connect');
  assert.deepEqual(states, ['waiting', 'connecting', 'connected']);
  assert.equal(device.stats().reconnects, 1);
  await device.close();
});

test("with retry: 'never' a loss is a disconnect with its error", async () => {
  const { device, transport } = await deviceOf({ retry: 'never' });
  const disconnected = once(device, 'disconnect');
  const loss = new errors.NotConnectedError('gone');
  transport.lose(loss);
  assert.deepEqual(await disconnected, [loss]);
});

test('objects travel as JSON, texts and bytes as they are', async () => {
  const { device, transport } = await deviceOf();
  transport.acknowledges = false;
  const bytes = Buffer.from([1, 2, 3]);
  const cases = [
    [{ temperature: 21 }, '{"temperature":21}', 'application/json', 'utf-8'],
    [[1, 2], '[1,2]', 'application/json', 'utf-8'],
    [21, '21', 'application/json', 'utf-8'],
    [null, 'null', 'application/json', 'utf-8'],
    ['plain', 'plain', undefined, undefined],
    ['', '', undefined, undefined],
    [bytes, bytes, undefined, undefined],
    [new Uint8Array(bytes.buffer, bytes.byteOffset, 2), Buffer.from([1, 2]), undefined, undefined],
    [Uint8Array.of(9).buffer, Buffer.from([9]), undefined, undefined],
  ];
  for (const [body, data, contentType, contentEncoding] of cases) {
    device.sendEvent(body).catch(assert.fail);
    const { message, options } = transport.pending.pop();
    assert.deepEqual(
      [message.data, message.contentType, message.contentEncoding],
      [data, contentType, contentEncoding],
    );
    assert.match(message.messageId, UUID);
    assert.equal(options, undefined);
  }
  await device.close();
});

test('options become fields of the message, and the id and latency come back', async () => {
  const { device, transport } = await deviceOf();
  transport.acknowledges = false;
  const { signal } = new AbortController();
  const sent = device.sendEvent(
    { a: 1 },
    {
      properties: { alert: false, level: 3, text: 'x' },
      messageId: 'm1',
      correlationId: 'c1',
      contentType: 'application/vnd.mine+json',
      contentEncoding: 'utf-16',
      timeout: 5000,
      signal,
    },
  );
  const { message, options } = transport.pending[0];
  assert.deepEqual(message.properties.propertyList, [
    { key: 'alert', value: 'false' },
    { key: 'level', value: '3' },
    { key: 'text', value: 'x' },
  ]);
  const { messageId, correlationId, contentType, contentEncoding } = message;
  assert.deepEqual(
    [messageId, correlationId, contentType, contentEncoding],
    ['m1', 'c1', 'application/vnd.mine+json', 'utf-16'],
  );
  assert.deepEqual(options, { timeoutMs: 5000, signal });
  assert.deepEqual([device.stats().queued, device.stats().inFlight], [1, 0]);
  transport.acknowledges = true;
  transport.acknowledge();
  const { id, latencyMs } = await sent;
  assert.equal(id, 'm1');
  assert.ok(latencyMs >= 0);
  assert.equal(device.stats().latencyMs.count, 1);
  assert.equal(device.stats().latencyMs.max, latencyMs);
  await device.close();
});

test('a Message goes as it is, and one without an id is left alone', async () => {
  const { device, transport } = await deviceOf();
  transport.acknowledges = false;
  const own = Object.assign(new Message('x'), { messageId: 'own' });
  const anonymous = new Message('y');
  anonymous.properties.add('k', 'v');
  device.sendEvent(own).catch(assert.fail);
  device.sendEvent(anonymous).catch(assert.fail);
  const [first, second] = transport.pending.splice(0).map(({ message }) => message);
  assert.equal(first, own);
  assert.ok(second instanceof Message);
  assert.deepEqual([second.data, second.properties.getValue('k')], ['y', 'v']);
  assert.match(second.messageId, UUID);
  assert.equal(anonymous.messageId, '');
  await device.close();
});

test('a Properties is sent as given', async () => {
  const { device, transport } = await deviceOf();
  transport.acknowledges = false;
  const properties = new Properties();
  properties.add('twice', '1');
  properties.add('twice', '2');
  device.sendEvent('x', { properties }).catch(assert.fail);
  assert.equal(transport.pending.pop().message.properties, properties);
  await device.close();
});

test('what cannot be sent is refused with its name', async () => {
  const { device, transport } = await deviceOf();
  const circular = {};
  circular.self = circular;
  const bad = [
    [undefined, {}, 'ERR_IOT_BODY', /undefined/],
    [() => {}, {}, 'ERR_IOT_BODY', /function/],
    [circular, {}, 'ERR_IOT_BODY', /circular/],
    [{ big: 1n }, {}, 'ERR_IOT_BODY', /body.big is a bigint/],
    ['x', { priority: 1 }, 'ERR_IOT_OPTION_UNKNOWN', /"priority"/],
    ['x', { messageId: 5 }, 'ERR_IOT_OPTION', /messageId is 5/],
    ['x', { timeout: 0 }, 'ERR_IOT_OPTION', /timeout is 0/],
    ['x', { signal: {} }, 'ERR_IOT_OPTION', /signal is an object/],
    ['x', { properties: [] }, 'ERR_IOT_OPTION', /properties/],
    ['x', { properties: { a: null } }, 'ERR_IOT_OPTION', /properties\.a is null/],
    ['x', { properties: { 'iothub-to': 'a' } }, 'ERR_IOT_PROPERTY_RESERVED', /"iothub-to"/],
    [new Message('x'), { messageId: 'a' }, 'ERR_IOT_OPTION', /messageId/],
    ['x', null, 'ERR_IOT_OPTION', /options is null/],
  ];
  for (const [body, options, code, message] of bad) {
    await assert.rejects(device.sendEvent(body, options), (error) => {
      assert.equal(error.name, 'ArgumentError');
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
  assert.equal(transport.count('sendEvent'), 0);
  await device.close();
});

test('a send that fails rejects with the error of the transport', async () => {
  const { device, transport } = await deviceOf();
  transport.acknowledges = false;
  const sent = device.sendEvent('x');
  const late = new errors.TimeoutError('too late');
  transport.pending.pop().callback(late);
  await assert.rejects(sent, late);
  assert.equal(device.stats().latencyMs.count, 0);
  await device.close();
});

test('close may be repeated, ends sending, and is what await using calls', async () => {
  const { device, transport } = await deviceOf();
  await device.close();
  await device[Symbol.asyncDispose]();
  assert.equal(transport.count('disconnect'), 1);
  await assert.rejects(device.sendEvent('x'), { code: 'ERR_IOT_CLIENT_CLOSED' });
  assert.equal(device.stats().state, 'closed');
});

test('a printed device shows no secret', async () => {
  const { device } = await deviceOf();
  assert.doesNotMatch(inspect(device, { depth: Infinity, showHidden: true }), /c2VjcmV0|sig=/);
  await device.close();
});

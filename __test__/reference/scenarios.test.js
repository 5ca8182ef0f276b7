// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { onEveryLibrary } = require('./setup');

onEveryLibrary('telemetry with properties', ['telemetry'], async ({ exports, gateway, client }) => {
  const device = await client();
  await device.open();
  const message = new exports.Message(JSON.stringify({ temperature: 21 }));
  message.messageId = 'm 1';
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('alert', 'false');
  message.properties.add('ä&=/?+', '100 %');
  const result = await device.sendEvent(message);
  assert.equal(result.constructor.name, 'MessageEnqueued');
  const [{ deviceId, body, properties, systemProperties }] = await gateway.waitForMessages(1);
  assert.equal(deviceId, 'd1');
  assert.equal(body.toString(), '{"temperature":21}');
  assert.deepEqual(properties, { alert: 'false', 'ä&=/?+': '100 %' });
  assert.deepEqual(systemProperties, {
    messageId: 'm 1',
    contentType: 'application/json',
    contentEncoding: 'utf-8',
  });
  const ended = once(gateway, 'disconnected');
  await device.close();
  assert.equal((await ended)[0].reason, 'DISCONNECT');
  assert.deepEqual(gateway.counts, { received: 1, dropped: 0, connections: 1 });
});

onEveryLibrary('a message from the cloud, completed', ['c2d'], async ({ gateway, client }) => {
  const device = await client();
  const arrived = once(device, 'message');
  const sent = gateway.sendC2D('d1', 'on', { messageId: 'c1', properties: { lamp: 'left/2' } });
  const [message] = await arrived;
  assert.equal(message.messageId, 'c1');
  assert.equal(message.getData().toString(), 'on');
  assert.equal(message.properties.getValue('lamp'), 'left/2');
  await device.complete(message);
  assert.equal(await sent.settled, 'completed');
});

onEveryLibrary(
  'token renewal with the session present',
  ['tokenRenewal', 'c2d'],
  async ({ gateway, client, route }) => {
    const device = await client();
    const subscribed = once(gateway, 'subscribed');
    /** @type {any[]} */
    const messages = [];
    device.on('message', (/** @type {any} */ message) => messages.push(message));
    await subscribed;
    const again = once(gateway, 'connected');
    await device.setOptions({
      ...route,
      tokenRenewal: { tokenValidTimeInSeconds: 3000, tokenRenewalMarginInSeconds: 100 },
    });
    const [{ sessionPresent, connectionNumber }] = await again;
    assert.equal(sessionPresent, true);
    assert.equal(connectionNumber, 2);
    const next = once(device, 'message');
    gateway.sendC2D('d1', 'still there');
    await next;
    assert.equal(messages.at(-1).getData().toString(), 'still there');
  },
);

onEveryLibrary('the twin: fetched, reported, desired', ['twin'], async ({ gateway, client }) => {
  gateway.patchDesired('d1', { interval: 5 });
  const device = await client();
  const twin = await device.getTwin();
  assert.equal(twin.properties.desired.interval, 5);
  await new Promise((resolve, reject) =>
    twin.properties.reported.update(
      { firmware: '1.0', nested: { deep: true } },
      (/** @type {any} */ error) => (error ? reject(error) : resolve(undefined)),
    ),
  );
  assert.equal(gateway.twin('d1').reported.firmware, '1.0');
  const changed = new Promise((resolve) =>
    twin.on('properties.desired.interval', (/** @type {any} */ value) => value === 9 && resolve(value)),
  );
  await onceSubscribed(gateway, 'desired');
  gateway.patchDesired('d1', { interval: 9 });
  assert.equal(await changed, 9);
  assert.equal(twin.properties.desired.$version, gateway.twin('d1').desired.$version);
});

onEveryLibrary('direct methods', ['methods'], async ({ gateway, client }) => {
  const device = await client();
  device.onDeviceMethod('reboot', (/** @type {any} */ request, /** @type {any} */ response) =>
    response.send(202, { after: request.payload.seconds }),
  );
  await onceSubscribed(gateway, 'methods');
  assert.deepEqual(await gateway.invokeMethod('d1', 'reboot', { seconds: 5 }), {
    status: 202,
    payload: { after: 5 },
  });
});

for (const id of ['x1', 'x2']) {
  for (const direct of [true, false]) {
    const kind = id === 'x1' ? 'thumbprint' : 'CA-signed certificate';
    const name = `X.509 by ${kind}, ${direct ? 'direct' : 'through GatewayHostName'}`;
    const needs = /** @type {const} */ ([direct ? 'x509' : 'x509Gateway', 'telemetry', 'c2d']);
    onEveryLibrary(name, [...needs], async ({ exports, gateway, client }) => {
      const device = await client(id, { direct });
      const arrived = once(device, 'message');
      await device.open();
      await device.sendEvent(new exports.Message('x'));
      assert.equal((await gateway.waitForMessages(1))[0].clientId, id);
      const sent = gateway.sendC2D(id, 'on');
      const [message] = await arrived;
      await device.complete(message);
      assert.equal(await sent.settled, 'completed');
    });
  }
}

onEveryLibrary('X.509: twin and methods', ['x509', 'twin', 'methods'], async ({ gateway, client }) => {
  gateway.patchDesired('x2', { interval: 5 });
  const device = await client('x2');
  device.onDeviceMethod('where', (/** @type {any} */ _, /** @type {any} */ response) =>
    response.send(200, 'here', () => {}),
  );
  const twin = await device.getTwin();
  assert.equal(twin.properties.desired.interval, 5);
  await onceSubscribed(gateway, 'methods');
  assert.equal((await gateway.invokeMethod('x2', 'where')).payload, 'here');
});

onEveryLibrary('a module sends', ['modules', 'telemetry'], async ({ exports, gateway, client }) => {
  const module = await client('d1/m1');
  await module.open();
  await module.sendOutputEvent('out', new exports.Message('from a module'));
  const [{ clientId, moduleId, systemProperties }] = await gateway.waitForMessages(1);
  assert.deepEqual([clientId, moduleId, systemProperties.outputName], ['d1/m1', 'm1', 'out']);
});

onEveryLibrary('a wrong key is refused', ['telemetry'], async ({ gateway, client }) => {
  const device = await client();
  gateway.rotateKeys('d1');
  const refused = once(gateway, 'refused');
  await assert.rejects(device.open(), { name: 'UnauthorizedError' });
  assert.equal((await refused)[0].returnCode, 5);
});

/**
 * @param {import('../../gateway').Gateway} gateway
 * @param {string} kind
 */
async function onceSubscribed(gateway, kind) {
  const kinds = () => gateway.connections().flatMap(({ subscriptions }) => subscriptions.map(kindOf));
  while (!kinds().includes(kind)) await once(gateway, 'subscribed');
}

/** @param {string} filter */
function kindOf(filter) {
  if (filter.startsWith('$iothub/methods/')) return 'methods';
  return filter.startsWith('$iothub/twin/PATCH/properties/desired/') ? 'desired' : undefined;
}

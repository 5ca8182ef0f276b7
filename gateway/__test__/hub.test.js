// @ts-check
'use strict';

const assert = require('node:assert');
const { X509Certificate } = require('node:crypto');
const { once } = require('node:events');
const https = require('node:https');
const { test } = require('node:test');
const { createChain, createDeviceCertificate, startGateway, startHub } = require('..');
const {
  ACCEPTED,
  PINGREQ,
  PINGRESP,
  RawDevice,
  connectPacket,
  keyOf,
  passwordOf,
  publishPacket,
  sas,
  subscribePacket,
} = require('./raw-device');

/** What IoT Hub itself does, where a gateway does otherwise. */

const FILTER = 'devices/d1/messages/devicebound/#';
const FILES = '/devices/d1/files?api-version=2021-04-12';

/** As a hub makes it, of small keys. */
const chain = createChain({
  caKey: 'P-256',
  serverKey: 'P-256',
  certificates: { server: { names: ['localhost'] } },
});

/**
 * @param {import('node:test').TestContext} t
 * @param {import('..').HubOptions} [options]
 */
async function hubFor(t, options = {}) {
  const devices = [{ deviceId: 'd1', modules: [{ moduleId: 'm1' }] }, { deviceId: 'd2' }];
  const hub = await startHub({ chain: await chain, devices, ...options });
  t.after(() => hub.close());
  return hub;
}

/**
 * @param {import('..').Hub} hub
 * @param {string} method
 * @param {string} path
 * @param {{ body?: string | Buffer, headers?: Record<string, string>, cert?: string, key?: string }} [more]
 */
async function ask(hub, method, path, { body, headers = {}, cert, key } = {}) {
  const request = https.request({
    host: 'localhost',
    port: hub.webSocketPort,
    ca: hub.rootPem,
    method,
    path,
    agent: false,
    cert,
    key,
    headers: { authorization: passwordOf(hub, 'd1').toString(), ...headers },
  });
  request.end(body);
  const [response] = /** @type {[import('node:http').IncomingMessage]} */ (await once(request, 'response'));
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

/**
 * @param {import('..').Hub} hub
 * @param {string} blobName
 */
async function begun(hub, blobName) {
  const { status, text } = await ask(hub, 'POST', FILES, { body: JSON.stringify({ blobName }) });
  assert.strictEqual(status, 200, text);
  const told = JSON.parse(text);
  return { ...told, path: `/${told.containerName}/${encodeURI(told.blobName)}${told.sasToken}` };
}

test('a hub is connected to directly, with a certificate that is no gateway’s', async (t) => {
  const hub = await hubFor(t, { chain: undefined });
  assert.strictEqual(hub.hubHostName, 'localhost');
  assert.match(
    hub.connectionString('d1/m1'),
    new RegExp(`^HostName=localhost:${hub.port};DeviceId=d1;ModuleId=m1;SharedAccessKey=[^;]+$`),
  );
  assert.strictEqual(new X509Certificate(hub.chain.serverPem).subjectAltName, 'DNS:localhost');
  assert.strictEqual(hub.webSocketPort, hub.port);
  for (const id of ['d1', 'd1/m1']) {
    const device = await RawDevice.open(hub);
    device.send(connectPacket(hub, { deviceId: id }));
    assert.strictEqual(await device.bytes(4), ACCEPTED);
    device.vanish();
  }
  const device = await RawDevice.connected(hub);
  device.send(publishPacket('devices/d1/messages/events/', { payload: 'hot' }));
  assert.strictEqual(await device.bytes(4), '40020001');
  const [{ body }] = await hub.waitForMessages(1);
  assert.strictEqual(body.toString(), 'hot');
  device.vanish();
});

test('a message from the cloud waits for a device that was never connected, however long', async (t) => {
  const hub = await hubFor(t);
  const longAgo = new Date(Date.now() - 600_000);
  const message = hub.sendC2D('d1', 'early', { messageId: 'm1', ack: 'full', enqueuedTime: longAgo });
  const device = await RawDevice.connected(hub);
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  assert.strictEqual(message.status, 'pending', 'it is not subscribed yet');
  device.send(subscribePacket(FILTER, { qos: 1 }));
  assert.strictEqual(await device.bytes(5), '9003000101');
  const { topic, payload } = await device.publication();
  assert.strictEqual(payload.toString(), 'early');
  assert.match(topic, /&iothub-ack=full$/);
  device.vanish();
});

test('packet ids count, and a PUBACK settles the message of its id', async (t) => {
  const hub = await hubFor(t);
  const device = await RawDevice.connected(hub);
  device.send(subscribePacket(FILTER, { qos: 1 }));
  await device.bytes(5);
  const [first, second] = ['one', 'two'].map((body) => hub.sendC2D('d1', body));
  const ids = [(await device.publication()).messageId, (await device.publication()).messageId];
  assert.deepStrictEqual(ids, [1, 2]);
  device.send('40020002');
  assert.strictEqual(await second.settled, 'completed');
  assert.strictEqual(first.status, 'pending');
  device.send('40020001');
  assert.strictEqual(await first.settled, 'completed');
  device.vanish();
});

test('the receiver starts again whenever the device subscribes', async (t) => {
  const hub = await hubFor(t);
  const device = await RawDevice.connected(hub);
  device.send(subscribePacket(FILTER, { qos: 1 }));
  await device.bytes(5);
  device.send(
    `a2${(2 + 2 + FILTER.length).toString(16)}0002${Buffer.from([0, FILTER.length]).toString('hex')}${Buffer.from(FILTER).toString('hex')}`,
  );
  assert.strictEqual(await device.bytes(4), 'b0020002');
  const message = hub.sendC2D('d1', 'later');
  device.send(PINGREQ);
  assert.strictEqual(await device.bytes(2), PINGRESP);
  assert.strictEqual(message.status, 'pending');
  device.send(subscribePacket(FILTER, { qos: 1 }));
  await device.bytes(5);
  assert.strictEqual((await device.publication()).payload.toString(), 'later');
  device.vanish();
});

test('it is as strict as IoT Hub: topics of others end the connection', async (t) => {
  // What is undefined was not said.
  const hub = await hubFor(t, /** @type {any} */ ({ strict: undefined, webSocketPort: undefined }));
  assert.strictEqual(hub.webSocketPort, hub.port);
  const device = await RawDevice.connected(hub);
  device.send(publishPacket('devices/d2/messages/events/'));
  assert.strictEqual(await device.rest(), '');
});

test('a file is uploaded in blocks, and the hub is told', async (t) => {
  const hub = await hubFor(t);
  const { path, correlationId, hostName, containerName, blobName } = await begun(hub, 'logs/a b.txt');
  assert.deepStrictEqual([containerName, blobName], ['uploads', 'd1/logs/a b.txt']);
  assert.strictEqual(hostName, `localhost:${hub.port}`);
  const ids = ['one', 'two'].map((text) => Buffer.from(text).toString('base64'));
  for (const id of ids) {
    const block = await ask(hub, 'PUT', `${path}&comp=block&blockid=${encodeURIComponent(id)}`, {
      body: `${id},`,
    });
    assert.strictEqual(block.status, 201, block.text);
  }
  const list = `<BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`;
  const told = once(hub, 'blob');
  const headers = { 'x-ms-blob-content-type': 'text/plain' };
  assert.strictEqual((await ask(hub, 'PUT', `${path}&comp=blocklist`, { body: list, headers })).status, 201);
  assert.deepStrictEqual((await told)[0].blocks, 2);
  const { content, contentType } = /** @type {import('..').Blob} */ (hub.blob('uploads/d1/logs/a b.txt'));
  assert.strictEqual(content.toString(), `${ids[0]},${ids[1]},`);
  assert.strictEqual(contentType, 'text/plain');
  assert.strictEqual(hub.uploads[0].notification, undefined);
  const notification = { isSuccess: true, statusCode: 200, statusDescription: 'done' };
  const end = `/devices/d1/files/notifications/${encodeURIComponent(correlationId)}?api-version=2021-04-12`;
  assert.strictEqual((await ask(hub, 'POST', end, { body: JSON.stringify(notification) })).status, 204);
  assert.deepStrictEqual(hub.uploads[0].notification, notification);
  const again = await ask(hub, 'POST', end, { body: JSON.stringify(notification) });
  assert.strictEqual(again.status, 404);
});

test('a file in one piece is taken, too', async (t) => {
  const hub = await hubFor(t);
  const { path } = await begun(hub, 'whole');
  const headers = { 'x-ms-blob-type': 'BlockBlob' };
  assert.strictEqual((await ask(hub, 'PUT', path, { body: 'x', headers })).status, 201);
  assert.strictEqual(hub.blob('uploads/d1/whole')?.blocks, 0);
  const page = await ask(hub, 'PUT', path, { body: 'x', headers: { 'x-ms-blob-type': 'PageBlob' } });
  assert.strictEqual(page.status, 400);
});

test('who has no signature for a blob cannot write it', async (t) => {
  const hub = await hubFor(t, { limits: { blobSasMs: 1000 } });
  const { path } = await begun(hub, 'mine');
  const headers = { 'x-ms-blob-type': 'BlockBlob' };
  for (const wrong of [path.replace('/mine', '/yours'), path.replace(/sig=./, 'sig=_'), '/uploads/d1/mine']) {
    const { status, headers: told } = await ask(hub, 'PUT', wrong, { body: 'x', headers });
    assert.strictEqual(status, 403, wrong);
    assert.strictEqual(told['x-ms-error-code'], 'AuthenticationFailed');
  }
  hub.clockOffsetMs = 2000;
  assert.strictEqual((await ask(hub, 'PUT', path, { body: 'x', headers })).status, 403);
  assert.strictEqual(hub.blob('uploads/d1/mine'), undefined);
});

test('a list of blocks that are not there, or ids of two lengths, are refused', async (t) => {
  const hub = await hubFor(t, { limits: { blobBytes: 300 } });
  const { path } = await begun(hub, 'b');
  const unknown = await ask(hub, 'PUT', `${path}&comp=blocklist`, {
    body: '<BlockList><Latest>eA==</Latest></BlockList>',
  });
  assert.strictEqual(unknown.headers['x-ms-error-code'], 'InvalidBlockList');
  await ask(hub, 'PUT', `${path}&comp=block&blockid=eA%3D%3D`, { body: 'x' });
  const longer = await ask(hub, 'PUT', `${path}&comp=block&blockid=eHh4eHh4`, { body: 'x' });
  assert.strictEqual(longer.headers['x-ms-error-code'], 'InvalidBlobOrBlock');
  const large = await ask(hub, 'PUT', `${path}&comp=block&blockid=eQ%3D%3D`, { body: Buffer.alloc(300) });
  assert.strictEqual(large.status, 413);
});

test('a list that names blocks again and again makes no blob larger than the store', async (t) => {
  const hub = await hubFor(t, { limits: { blobBytes: 10_000 } });
  const { path } = await begun(hub, 'b');
  await ask(hub, 'PUT', `${path}&comp=block&blockid=eA%3D%3D`, { body: Buffer.alloc(1000) });
  const listed = async (/** @type {number} */ times) => {
    const body = `<BlockList>${'<Latest>eA==</Latest>'.repeat(times)}</BlockList>`;
    const { status, headers } = await ask(hub, 'PUT', `${path}&comp=blocklist`, { body });
    return `${status} ${headers['x-ms-error-code'] ?? ''}`;
  };
  assert.strictEqual(await listed(60_000), '400 BlockListTooLong');
  assert.strictEqual(await listed(20), '413 RequestBodyTooLarge');
  assert.strictEqual(await listed(5), '201 ');
  assert.strictEqual(hub.blob('uploads/d1/b')?.content.length, 5000);
});

test('blobs without content take room, too', async (t) => {
  const hub = await hubFor(t, { limits: { blobBytes: 1000 } });
  const statuses = [];
  for (let n = 0; n < 5; n++) {
    const { path } = await begun(hub, `b${n}`);
    const { status } = await ask(hub, 'PUT', path, { body: '', headers: { 'x-ms-blob-type': 'BlockBlob' } });
    statuses.push(status);
  }
  assert.deepStrictEqual(statuses, [201, 201, 201, 201, 413]);
});

test('only the device itself begins and ends its uploads: by token or certificate', async (t) => {
  const x1 = await createDeviceCertificate({ deviceId: 'x1', key: 'P-256' });
  const hub = await hubFor(t, {
    devices: [{ deviceId: 'd1' }, { deviceId: 'x1', x509: { primaryThumbprint: x1.thumbprintSha256 } }],
  });
  const body = JSON.stringify({ blobName: 'b' });
  const expired = sas(keyOf(hub, 'd1'), { resource: 'localhost/devices/d1', expiry: 1 });
  for (const authorization of ['', 'nonsense', expired]) {
    assert.strictEqual((await ask(hub, 'POST', FILES, { body, headers: { authorization } })).status, 401);
  }
  assert.strictEqual((await ask(hub, 'POST', FILES.replace('d1', 'd2'), { body })).status, 401);
  const withCertificate = { body, headers: { authorization: '' }, cert: x1.certPem, key: x1.keyPem };
  assert.strictEqual((await ask(hub, 'POST', FILES.replace('d1', 'x1'), withCertificate)).status, 200);
});

test('calls that say too little are refused, and more than ten uploads at a time', async (t) => {
  const hub = await hubFor(t);
  for (const body of ['', '{', '[1', '{"blobName":""}', '{"blobName":5}']) {
    const { status, text } = await ask(hub, 'POST', FILES, { body });
    assert.strictEqual(status, 400, body);
    assert.match(text, /"Message":"ErrorCode:ArgumentInvalid;/);
  }
  assert.strictEqual((await ask(hub, 'POST', '/devices/d1/files', { body: '{}' })).status, 400);
  for (let n = 0; n < 10; n++) await begun(hub, `b${n}`);
  const { status, text } = await ask(hub, 'POST', FILES, { body: '{"blobName":"b"}' });
  assert.strictEqual(status, 403);
  assert.match(text, /DeviceMaximumActiveFileUploadLimitExceeded/);
});

test('what a device says at the end of an upload is what there is to say', async (t) => {
  const hub = await hubFor(t);
  const { correlationId } = await begun(hub, 'b');
  const end = `/devices/d1/files/notifications/${encodeURIComponent(correlationId)}?api-version=2021-04-12`;
  for (const said of [{ statusCode: { toString: 1 } }, { statusCode: '200' }, { statusDescription: ['x'] }]) {
    const body = JSON.stringify({ isSuccess: true, ...said });
    assert.strictEqual((await ask(hub, 'POST', end, { body })).status, 400, body);
  }
  const body = '{"isSuccess":false,"statusCode":null}';
  assert.strictEqual((await ask(hub, 'POST', end, { body })).status, 204);
  const notification = { isSuccess: false, statusCode: undefined, statusDescription: undefined };
  assert.deepStrictEqual(hub.uploads[0].notification, notification);
});

test('throttling and a used-up quota are faults', async (t) => {
  const hub = await hubFor(t, {
    faults: { request: { status: 429, body: '{"Message":"ErrorCode:ThrottlingException;slow down"}' } },
  });
  const told = once(hub, 'fault');
  const { status, text } = await ask(hub, 'POST', FILES, { body: '{"blobName":"b"}' });
  assert.strictEqual(status, 429);
  assert.match(text, /ThrottlingException/);
  assert.strictEqual((await told)[0].point, 'request');
  hub.faults = { request: ({ path }) => (path.startsWith('/uploads') ? 'cut' : undefined) };
  const { path } = await begun(hub, 'b');
  await assert.rejects(ask(hub, 'PUT', path, { body: 'x', headers: { 'x-ms-blob-type': 'BlockBlob' } }));
  hub.faults = { publish: 'cut-before-store', twin: { status: 429 } };
  const device = await RawDevice.connected(hub);
  device.send(publishPacket('devices/d1/messages/events/'));
  assert.strictEqual(await device.rest(), '');
  assert.deepStrictEqual(hub.received, []);
});

test('method calls have the short ids of IoT Hub', async (t) => {
  const hub = await hubFor(t);
  const device = await RawDevice.connected(hub);
  device.send(subscribePacket('$iothub/methods/POST/#', { qos: 0 }));
  await device.bytes(5);
  const call = hub.invokeMethod('d1', 'reboot');
  assert.strictEqual((await device.publication()).topic, '$iothub/methods/POST/reboot/?$rid=1');
  device.send(publishPacket('$iothub/methods/res/200/?$rid=1', { qos: 0, payload: '{}' }));
  assert.deepStrictEqual(await call, { status: 200, payload: {} });
  device.vanish();
});

test('a hub has nothing of a gateway, and a gateway nothing of a hub', async (t) => {
  const hub = await hubFor(t);
  assert.throws(() => (hub.offline = true), /^TypeError: a hub is the cloud/);
  await assert.rejects(
    startHub(/** @type {any} */ ({ offline: true })),
    /^TypeError: startHub: option 'offline' is of gateways$/,
  );
  await assert.rejects(
    startHub(/** @type {any} */ ({ routs: {} })),
    /^TypeError: startHub: option 'routs' is unknown$/,
  );
  await assert.rejects(startGateway(/** @type {any} */ ({ hub: true })), /'hub' is unknown/);
  const gateway = await startGateway({ chain: hub.chain, devices: [{ deviceId: 'd1' }] });
  t.after(() => gateway.close());
  const refused = await ask(/** @type {any} */ (gateway), 'POST', FILES, { body: '{"blobName":"b"}' });
  assert.strictEqual(refused.status, 404);
});

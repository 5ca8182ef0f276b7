'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { EventEmitter, once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Readable } = require('node:stream');
const { after, before, beforeEach, test } = require('node:test');
const { Client, Mqtt, NoRetry, connect, errors } = require('../..');
const { createChain, createDeviceCertificate, startHub } = require('../../gateway');
const { SMALL } = require('../bad_input/telling');
const { startProxy } = require('../reference/proxy');

/** Uploads to a hub and a blob store. */

const X1 = 'x1';

let hub;
let x1;
let chain;

before(async () => {
  x1 = await createDeviceCertificate({ deviceId: X1, key: 'P-256' });
  chain = await createChain({ ...SMALL, certificates: { server: { names: ['localhost'] } } });
  hub = await startHub({
    chain,
    devices: [{ deviceId: 'd1' }, { deviceId: X1, x509: { primaryThumbprint: x1.thumbprintSha256 } }],
    limits: { uploadsPerDevice: 1000 },
  });
});

after(() => hub.close());

beforeEach(() => {
  hub.faults = {};
});

/** @param {Record<string, any>} [options] */
async function clientOf(options = {}, id = 'd1') {
  const client = Client.fromConnectionString(hub.connectionString(id), Mqtt);
  await client.setOptions({ ca: hub.rootPem, ...options });
  return client;
}

/** @param {string} name */
const upload = (name) => hub.uploads.findLast(({ blobName }) => blobName === `uploads/d1/${name}`);

test('with a callback', async () => {
  const client = await clientOf();
  const params = await new Promise((resolve, reject) =>
    client.getBlobSharedAccessSignature('c.txt', (error, result) =>
      error ? reject(error) : resolve(result),
    ),
  );
  assert.deepEqual(Object.keys(params).sort(), [
    'blobName',
    'containerName',
    'correlationId',
    'hostName',
    'sasToken',
  ]);
  assert.equal(
    await new Promise((resolve) =>
      client.notifyBlobUploadStatus(params.correlationId, false, 0, '', (...results) =>
        resolve(results.length),
      ),
    ),
    1,
  );
  assert.deepEqual(upload('c.txt').notification, { isSuccess: false, statusCode: 0, statusDescription: '' });
  const results = await new Promise((resolve) =>
    client.uploadToBlob('d.txt', Readable.from(['x']), 1, (...given) => resolve(given)),
  );
  assert.equal(results[0] ?? null, null);
  assert.equal(hub.blob('uploads/d1/d.txt').content.toString(), 'x');
});

test('arguments that are missing are thrown with a callback, and reject the promise without', async () => {
  const client = await clientOf();
  const callback = () => assert.fail('it was called back');
  const calls = [
    (...more) => client.uploadToBlob('', 'stream', 1, ...more),
    (...more) => client.uploadToBlob('a', undefined, 1, ...more),
    (...more) => client.uploadToBlob('a', 'stream', 0, ...more),
    (...more) => client.getBlobSharedAccessSignature('', ...more),
    (...more) => client.notifyBlobUploadStatus('', true, 200, 'OK', ...more),
    (...more) => client.notifyBlobUploadStatus('c', undefined, 200, 'OK', ...more),
    (...more) => client.notifyBlobUploadStatus('c', true, undefined, 'OK', ...more),
    (...more) => client.notifyBlobUploadStatus('c', true, 200, undefined, ...more),
  ];
  for (const call of calls) {
    assert.throws(() => call(callback), ReferenceError);
    await assert.rejects(call(), ReferenceError);
    assert.throws(() => call('no function'), TypeError);
  }
});

test('what cannot be uploaded, and options that cannot be, are refused before anything is asked', async () => {
  const client = await clientOf();
  const begun = hub.uploads.length;
  const stream = Readable.from(['x']);
  const options = { timeout: -1, signal: {}, onProgress: 'often' };
  for (const [name, value] of Object.entries(options)) {
    await assert.rejects(client.uploadToBlob('a', stream, 1, undefined, { [name]: value }), {
      code: 'ERR_IOT_OPTION',
      message: new RegExp(name),
    });
  }
  await assert.rejects(client.uploadToBlob('a', stream, 1, undefined, { typo: 1 }), {
    code: 'ERR_IOT_OPTION_UNKNOWN',
  });
  await assert.rejects(client.uploadToBlob('a', '/tmp/a', 1), { code: 'ERR_IOT_UPLOAD_CONTENT' });
  assert.equal(hub.uploads.length, begun);
  assert.ok(!stream.destroyed, 'the stream may be used yet');
});

test('a ca that is meant for a gateway breaks no upload to a hub that the system knows', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-upload-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = (name, text) => {
    fs.writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const { rootPem } = await createChain({ ...SMALL, rootName: 'The root of a gateway' });
  const env = { CA: file('gateway.pem', rootPem), NODE_EXTRA_CA_CERTS: file('hub.pem', hub.rootPem) };
  assert.deepEqual(await uploading({ ...env, NAME: 'system.txt' }), { code: 0, output: 'done\n' });
  assert.equal(hub.blob('uploads/d1/system.txt').content.toString(), 'x');
});

test('a hub that neither the system nor ca knows is told nothing', async () => {
  const { rootPem } = await createChain({ ...SMALL, rootName: 'The root of a gateway' });
  const begun = hub.uploads.length;
  const client = await clientOf({ ca: rootPem });
  await assert.rejects(client.getBlobSharedAccessSignature('x'), (error) => {
    assert.equal(error.code, 'ERR_IOT_CERT_UNKNOWN_ISSUER');
    assert.match(error.message, /which neither the system store nor ca knows$/);
    return true;
  });
  assert.equal(hub.uploads.length, begun);
  const both = await clientOf({ ca: [rootPem, hub.rootPem] });
  await both.uploadToBlob('trust.txt', Readable.from(['x']), 1);
});

test('a device with a certificate shows it to the hub, and not to the store', async () => {
  const options = { cert: x1.certPem, key: x1.keyPem };
  const client = await clientOf(options, X1);
  await client.uploadToBlob('x.txt', Readable.from(['x']), 1);
  assert.equal(hub.blob('uploads/x1/x.txt').content.toString(), 'x');
  const device = await connect({
    connectionString: hub.connectionString(X1),
    ca: hub.rootPem,
    ...options,
  });
  await device.uploadToBlob('y.txt', 'y');
  await device.close();
});

test('hub and store are reached through a proxy', async (t) => {
  const proxy = await startProxy({});
  t.after(() => proxy.close());
  const client = await clientOf({ proxy: `http://127.0.0.1:${proxy.port}` });
  await client.uploadToBlob('p.txt', Readable.from(['x']), 1);
  assert.equal(proxy.tunnels(), 3, 'one for each call of the hub, one for the store');
});

test('a hub that is busy is asked again as the policy says', async () => {
  const client = await clientOf();
  client.setRetryPolicy({ shouldRetry: () => true, nextRetryTimeout: () => 1 });
  let asked = 0;
  hub.faults = { request: () => (asked++ < 2 ? { status: 429 } : undefined) };
  await client.getBlobSharedAccessSignature('busy.txt');
  assert.equal(asked, 3);
  client.setRetryPolicy(new NoRetry());
  hub.faults = { request: { status: 429, body: '{"Message":"ErrorCode:ThrottlingException;slower"}' } };
  await assert.rejects(client.getBlobSharedAccessSignature('busy.txt'), (error) => {
    assert.ok(error instanceof errors.ThrottlingError);
    assert.equal(error.statusCode, 429);
    assert.match(error.message, /ThrottlingException;slower/);
    return true;
  });
  await assert.rejects(client.uploadToBlob('busy.txt', Readable.from(['x']), 1), (error) => {
    assert.equal(error.name, 'BlobSasError');
    assert.equal(error.code, 'ERR_IOT_UPLOAD_NOT_BEGUN');
    assert.ok(error.innerError instanceof errors.ThrottlingError);
    return true;
  });
});

test('a hub that cannot be told of a blob that is there says so', async () => {
  const client = await clientOf();
  client.setRetryPolicy(new NoRetry());
  hub.faults = { request: ({ path }) => (path.includes('notifications') ? { status: 500 } : undefined) };
  await assert.rejects(client.uploadToBlob('quiet.txt', Readable.from(['x']), 1), (error) => {
    assert.equal(error.name, 'BlobUploadNotificationError');
    assert.equal(error.code, 'ERR_IOT_UPLOAD_NOT_NOTIFIED');
    assert.ok(error.innerError instanceof errors.InternalServerError);
    return true;
  });
  assert.equal(hub.blob('uploads/d1/quiet.txt').content.toString(), 'x');
});

test('a signal, a limit and an error of the stream end an upload, and the hub is told', async () => {
  const client = await clientOf();
  const endless = () => new Readable({ read() {} });
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 100);
  const cases = {
    signal: [endless(), { signal: controller.signal }],
    limit: [endless(), { timeout: 100 }],
    stream: [Readable.from(failing()), {}],
  };
  for (const [name, [stream, options]] of Object.entries(cases)) {
    await assert.rejects(client.uploadToBlob(`${name}.bin`, stream, 1, undefined, options), {
      code: 'ERR_IOT_UPLOAD_FAILED',
    });
    assert.equal(upload(`${name}.bin`).notification.isSuccess, false);
    assert.ok(stream.destroyed, `${name}: the stream is let go`);
  }
});

async function* failing() {
  yield 'x';
  throw new Error('the disk is gone');
}

test('a device of connect() uploads texts, bytes and streams, and says what it was given', async () => {
  const device = await connect({ connectionString: hub.connectionString('d1'), ca: hub.rootPem });
  for (const [name, content] of Object.entries({
    text: 'ä',
    bytes: Buffer.from('ä'),
    stream: Readable.from(['ä']),
  })) {
    const done = await device.uploadToBlob(name, content);
    assert.equal(done.containerName, 'uploads');
    assert.equal(done.blobName, `d1/${name}`);
    assert.equal(hub.blob(`uploads/d1/${name}`).content.toString(), 'ä');
  }
  assert.equal((await device.uploadToBlob('empty', '')).blobName, 'd1/empty');
  await assert.rejects(device.uploadToBlob('n', /** @type {any} */ (5)), { code: 'ERR_IOT_UPLOAD_CONTENT' });
  await assert.rejects(device.uploadToBlob('', 'x'), { code: 'ERR_IOT_OPTION' });
  await assert.rejects(device.uploadToBlob('n', 'x', /** @type {any} */ ({ typo: 1 })), {
    code: 'ERR_IOT_OPTION_UNKNOWN',
  });
  const { correlationId } = await device.getBlobSharedAccessSignature('own');
  const result = { isSuccess: true, statusCode: 200, statusDescription: 'own way' };
  await device.notifyBlobUploadStatus(correlationId, result);
  assert.deepEqual(upload('own').notification, result);
  await device.close();
});

test('what an app hands over in place of ours is used, and told the options', async () => {
  const told = [];
  const note =
    (name) =>
    (...args) => {
      told.push([name, ...args.filter((each) => typeof each !== 'function')]);
      args.find((each) => typeof each === 'function')?.();
    };
  const blobUploadClient = { setOptions: note('setOptions'), uploadToBlob: note('uploadToBlob') };
  const fileUploadApi = {
    setOptions: note('setOptions'),
    getBlobSharedAccessSignature: note('begin'),
    notifyUploadComplete: note('end'),
  };
  const transport = Object.assign(new EventEmitter(), { setOptions: (_, done) => done?.() });
  const client = new Client(/** @type {any} */ (transport), undefined, blobUploadClient, fileUploadApi);
  const options = { keepalive: 5 };
  await client.setOptions(options);
  await client.uploadToBlob('a', /** @type {any} */ ('stream'), 1);
  await client.getBlobSharedAccessSignature('a');
  await client.notifyBlobUploadStatus('c', false, 0, '');
  assert.deepEqual(told, [
    ['setOptions', options],
    ['setOptions', options],
    ['uploadToBlob', 'a', 'stream', 1],
    ['begin', 'a'],
    ['end', 'c', { isSuccess: false, statusCode: 0, statusDescription: '' }],
  ]);
  const bare = new Client(/** @type {any} */ (transport));
  await assert.rejects(bare.getBlobSharedAccessSignature('a'), { code: 'ERR_IOT_UPLOAD_NO_PROVIDER' });
});

test('an upload needs no connection of MQTT, and keeps no process', async () => {
  const outcome = await uploading({ CA: hub.rootPem, NAME: 'script.txt' });
  assert.deepEqual(outcome, { code: 0, output: 'done\n' });
  assert.deepEqual(hub.connections(), []);
});

/** An upload in a process of its own. @param {Record<string, string>} environment */
async function uploading(environment) {
  const script = `
    const { Client, Mqtt } = require(${JSON.stringify(require.resolve('../..'))});
    const client = Client.fromConnectionString(process.env.CS, Mqtt);
    client.setOptions({ ca: process.env.CA });
    const stream = require('node:stream').Readable.from(['x']);
    client.uploadToBlob(process.env.NAME, stream, 1).then(() => console.log('done'));`;
  const env = { ...process.env, CS: hub.connectionString('d1'), ...environment };
  const child = spawn(process.execPath, ['-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  return { code, output };
}

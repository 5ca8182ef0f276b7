// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { createHash, randomBytes } = require('node:crypto');
const https = require('node:https');
const { Readable } = require('node:stream');
const { after, before, test } = require('node:test');
const { createChain, startHub } = require('../../gateway');
const { LIBRARIES } = require('./libraries');

/**
 * Uploads with the original and with ours, to one hub: the same calls, the same bytes. The hub is reached by an agent, as
 * the original cannot have a port in HostName; that of the original which goes to the blob store knows the root by Node.
 */

/** @type {import('../../gateway').Hub} */
let hub;
const CONTENT = randomBytes(5 * 1024 * 1024);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

before(async () => {
  const small = { caKey: /** @type {const} */ ('P-256'), serverKey: /** @type {const} */ ('P-256') };
  const chain = await createChain({ ...small, certificates: { server: { names: ['localhost'] } } });
  hub = await startHub({ chain, devices: [{ deviceId: 'd1' }] });
  https.globalAgent.options.ca = hub.rootPem;
});

after(() => hub.close());

for (const { name, exports } of LIBRARIES) {
  const clientOf = async (/** @type {import('node:test').TestContext} */ t) => {
    const provider = exports.SharedAccessKeyAuthenticationProvider.fromConnectionString(
      hub.connectionString('d1'),
    );
    const client = exports.Client.fromAuthenticationProvider(provider, exports.Mqtt);
    const agent = new https.Agent({ host: 'localhost', port: hub.port });
    // That of the original renews its token until then, and keeps the process.
    t.after(() => provider.stop());
    await client.setOptions({ ca: hub.rootPem, http: { agent } });
    return client;
  };

  /** @param {() => Promise<void>} act @returns What was asked over HTTPS meanwhile, in order. */
  const requestsOf = async (act) => {
    /** @type {string[]} */
    const requests = [];
    const note = (/** @type {{ method: string, path: string, status: number }} */ { method, path, status }) =>
      requests.push(`${method} ${path} ${status}`);
    hub.on('request', note);
    await act();
    hub.off('request', note);
    return requests;
  };

  test(`${name}: a file in blocks, with its three steps`, async (t) => {
    const client = await clientOf(t);
    const blobName = `${name}/whole.bin`;
    const requests = await requestsOf(async () => {
      assert.equal(await client.uploadToBlob(blobName, Readable.from([CONTENT]), CONTENT.length), undefined);
    });
    const stored = `uploads/d1/${blobName}`;
    const { correlationId, notification } = /** @type {import('../../gateway').Upload} */ (
      hub.uploads.findLast((each) => each.blobName === stored)
    );
    assert.deepEqual(requests, [
      'POST /devices/d1/files 200',
      `PUT /${stored} 201`,
      `PUT /${stored} 201`,
      `PUT /${stored} 201`,
      `POST /devices/d1/files/notifications/${encodeURIComponent(correlationId)} 204`,
    ]);
    const blob = /** @type {import('../../gateway').Blob} */ (hub.blob(stored));
    assert.deepEqual([blob.sha256, blob.blocks], [SHA256, 2]);
    assert.deepEqual(notification, { isSuccess: true, statusCode: 201, statusDescription: '' });
  });

  test(`${name}: the steps by themselves`, async (t) => {
    const client = await clientOf(t);
    const params = await client.getBlobSharedAccessSignature(`${name}/own.bin`);
    assert.deepEqual(Object.keys(params).sort(), [
      'blobName',
      'containerName',
      'correlationId',
      'hostName',
      'sasToken',
    ]);
    assert.equal(await client.notifyBlobUploadStatus(params.correlationId, false, 400, 'no'), undefined);
    assert.deepEqual(hub.uploads.at(-1)?.notification, {
      isSuccess: false,
      statusCode: 400,
      statusDescription: 'no',
    });
  });

  test(`${name}: a hub that refuses, and a store that does`, async (t) => {
    t.after(() => (hub.faults = {}));
    const client = await clientOf(t);
    client.setRetryPolicy({ shouldRetry: () => false, nextRetryTimeout: () => 0 });
    hub.faults = { request: { status: 429 } };
    const refused = client.uploadToBlob(`${name}/a`, Readable.from(['x']), 1);
    await assert.rejects(refused, (/** @type {any} */ error) => {
      assert.equal(error.name, 'BlobSasError');
      assert.ok(error.message.startsWith('Could not obtain blob shared access signature'));
      assert.ok(error.innerError instanceof Error);
      return true;
    });
    hub.faults = { request: ({ path }) => (path.startsWith('/uploads/') ? { status: 403 } : undefined) };
    const failed = client.uploadToBlob(`${name}/b`, Readable.from(['x']), 1);
    await assert.rejects(failed, (/** @type {any} */ error) => {
      assert.equal(error.name, 'BlobUploadNotificationError');
      assert.ok(error.message.startsWith('UploadToBlob failed'));
      return true;
    });
    assert.deepEqual(hub.uploads.at(-1)?.notification, {
      isSuccess: false,
      statusCode: 403,
      statusDescription: 'Failed to upload to blob. Status code: 403',
    });
  });

  test(`${name}: arguments that are missing`, async (t) => {
    const client = await clientOf(t);
    for (const call of [
      () => client.uploadToBlob('', Readable.from([]), 1),
      () => client.uploadToBlob('a', undefined, 1),
      () => client.uploadToBlob('a', Readable.from([]), 0),
      () => client.getBlobSharedAccessSignature(''),
      () => client.notifyBlobUploadStatus('', true, 200, ''),
      () => client.notifyBlobUploadStatus('c', undefined, 200, ''),
      () => client.notifyBlobUploadStatus('c', true, undefined, ''),
      () => client.notifyBlobUploadStatus('c', true, 200, undefined),
    ]) {
      await assert.rejects(call, ReferenceError);
    }
  });
}

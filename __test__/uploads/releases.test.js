'use strict';

const assert = require('node:assert/strict');
const { createHash, randomBytes } = require('node:crypto');
const Module = require('node:module');
const { Readable } = require('node:stream');
const { after, before, beforeEach, test } = require('node:test');
const { inspect } = require('node:util');
const { Client, Mqtt, errors } = require('../..');
const { createChain, startHub } = require('../../gateway');
const { SMALL } = require('../bad_input/telling');

/** Uploads by the releases of @azure/storage-blob that apps have. */

const MIB = 1024 * 1024;
/** As the store of Azure says it. */
const REFUSAL =
  '<?xml version="1.0"?><Error><Code>AuthorizationFailure</Code><Message>not authorized</Message></Error>';

let hub;

before(async () => {
  const chain = await createChain({ ...SMALL, certificates: { server: { names: ['localhost'] } } });
  hub = await startHub({ chain, devices: [{ deviceId: 'd1' }] });
});

after(() => hub.close());

beforeEach(() => {
  hub.faults = {};
});

async function clientOf() {
  const client = Client.fromConnectionString(hub.connectionString('d1'), Mqtt);
  await client.setOptions({ ca: hub.rootPem });
  return client;
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {string} name */
const upload = (name) => hub.uploads.findLast(({ blobName }) => blobName === `uploads/d1/${name}`);

/** The same for each release: what an app may have beside this package. */
const RELEASES = { 12.8: '@azure/storage-blob', current: 'storage-blob-current' };

for (const [release, name] of Object.entries(RELEASES)) {
  test(`a stream of some blocks arrives whole, by @azure/storage-blob ${release}`, async (t) => {
    withLibrary(t, name);
    const client = await clientOf();
    const content = randomBytes(9 * MIB + 17);
    /** @type {number[]} */
    const progress = [];
    const result = await client.uploadToBlob(
      'logs/ä b?#%41.bin',
      Readable.from(pieces(content)),
      content.length,
      undefined,
      {
        onProgress: (bytes) => progress.push(bytes),
      },
    );
    assert.equal(result, undefined);
    const { sha256: stored, blocks } = hub.blob('uploads/d1/logs/ä b?#%41.bin');
    assert.equal(stored, sha256(content));
    assert.equal(blocks, 3);
    assert.equal(progress.at(-1), content.length);
    assert.deepEqual(
      [...progress].sort((a, b) => a - b),
      progress,
    );
    const { notification } = upload('logs/ä b?#%41.bin');
    assert.deepEqual(notification, { isSuccess: true, statusCode: 201, statusDescription: '' });
  });

  test(`what breaks off is sent again, by @azure/storage-blob ${release}`, async (t) => {
    withLibrary(t, name);
    let cuts = 0;
    hub.faults = {
      request: ({ path }) => (path.startsWith('/uploads/') && cuts++ === 0 ? 'cut' : undefined),
    };
    await (await clientOf()).uploadToBlob('again.txt', Readable.from(['again']), 5);
    assert.equal(hub.blob('uploads/d1/again.txt').content.toString(), 'again');
    assert.ok(cuts > 1);
  });

  for (const [body, said] of [
    ['', '403'],
    [REFUSAL, 'not authorized'],
  ])
    test(`a store that says "${said}" is told to app and hub, by @azure/storage-blob ${release}`, async (t) => {
      withLibrary(t, name);
      const refusal = { status: 403, body };
      hub.faults = { request: ({ path }) => (path.startsWith('/uploads/') ? refusal : undefined) };
      const client = await clientOf();
      await assert.rejects(client.uploadToBlob('refused.txt', Readable.from(['x']), 1), (error) => {
        assert.equal(error.name, 'BlobUploadNotificationError');
        assert.equal(error.code, 'ERR_IOT_UPLOAD_FAILED');
        assert.equal(error.innerError.statusCode, 403);
        assert.match(error.message, new RegExp(said));
        assertNoSecret(error);
        return true;
      });
      assert.deepEqual(upload('refused.txt').notification, {
        isSuccess: false,
        statusCode: 403,
        statusDescription: 'Failed to upload to blob. Status code: 403',
      });
    });
}

/** What was loaded as @azure/storage-blob. @type {any[]} */
const loaded = [];

/** In the place of the one that the tests have installed. */
function withLibrary(t, name) {
  const load = Module._load;
  Module._load = (request, ...more) => {
    if (request !== '@azure/storage-blob') return load(request, ...more);
    const library = load(name, ...more);
    loaded.push(library);
    return library;
  };
  t.after(() => (Module._load = load));
}

function* pieces(content) {
  for (let at = 0; at < content.length; at += 64 * 1024) yield content.subarray(at, at + 64 * 1024);
}

function assertNoSecret(error) {
  const printed = [true, false].map((customInspect) => inspect(error, { depth: 12, customInspect }));
  for (const text of [error.message, error.hint, JSON.stringify(error), ...printed]) {
    assert.doesNotMatch(text, /sig=(?!REDACTED)[\w%+/]{8}|SharedAccessSignature sr/);
  }
}

test('the library is not loaded before it is needed, and its absence is told before anything is asked', async (t) => {
  const client = await clientOf();
  assert.equal(new Set(loaded).size, 2, 'the tests above were about two releases');
  const load = Module._load;
  let asked = 0;
  Module._load = (request, ...more) => {
    if (request !== '@azure/storage-blob') return load(request, ...more);
    asked += 1;
    throw Object.assign(new Error("Cannot find module '@azure/storage-blob'"), { code: 'MODULE_NOT_FOUND' });
  };
  t.after(() => (Module._load = load));
  const begun = hub.uploads.length;
  const params = await client.getBlobSharedAccessSignature('without.txt');
  await client.notifyBlobUploadStatus(params.correlationId, true, 200, 'OK');
  assert.equal(asked, 0);
  await assert.rejects(client.uploadToBlob('without.txt', Readable.from(['x']), 1), (error) => {
    assert.ok(error instanceof errors.InvalidOperationError);
    assert.equal(error.code, 'ERR_IOT_UPLOAD_LIBRARY');
    assert.match(error.hint, /npm install @azure\/storage-blob/);
    return true;
  });
  assert.equal(hub.uploads.length, begun + 1);
});

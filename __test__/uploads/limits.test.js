'use strict';

const assert = require('node:assert/strict');
const { EventEmitter } = require('node:events');
const { Readable } = require('node:stream');
const { test } = require('node:test');
const { Client, Mqtt, errors } = require('../..');
const { deviceOfHub } = require('./device_of_hub');

/** How long the steps of an upload may take: whatever takes it, the limit and the signal hold for the call as a whole. */

const BUSY = { request: { status: 503, body: '{"Message":"busy"}' } };
const NEVER = 60_000;

let hub, device;
deviceOfHub((...both) => ([hub, device] = both));

const errorOf = (call) => call.then(() => assert.fail('it was done'), (error) => error); // prettier-ignore
const soon = () => AbortSignal.timeout(100);

/** The calls of the hub alone, by their names. */
const calls = {
  getBlobSharedAccessSignature: (limits) => device.getBlobSharedAccessSignature('x', limits),
  notifyBlobUploadStatus: (limits) =>
    device.notifyBlobUploadStatus('c', { isSuccess: true, statusCode: 200, statusDescription: '' }, limits),
};

for (const [name, call] of Object.entries(calls)) {
  test(`the limit of ${name} bounds its tries and their pauses`, { timeout: NEVER }, async () => {
    hub.faults = BUSY;
    const error = await errorOf(call({ timeout: 1000 }));
    assert.ok(error instanceof errors.TimeoutError);
    assert.equal(error.code, 'ERR_IOT_HTTP_TIMEOUT');
    assert.match(
      error.message,
      /^IoT Hub at \S+ did not do POST \S+ within 1000 ms; it said at last: .*HTTP 503/,
    );
    assert.equal(error.cause.statusCode, 503);
    assert.equal((await errorOf(call({ signal: soon() }))).code, 'ERR_IOT_ABORTED');
  });

  test(`the limit of ${name} bounds a try that is not answered`, { timeout: NEVER }, async () => {
    hub.faults = { request: 'silent' };
    const error = await errorOf(call({ timeout: 100 }));
    assert.equal(error.code, 'ERR_IOT_HTTP_TIMEOUT');
    assert.match(error.message, /^IoT Hub at \S+ did not answer POST \S+ within 100 ms$/);
    assert.equal((await errorOf(call({ signal: soon() }))).code, 'ERR_IOT_ABORTED');
  });

  test(`limits of ${name} beyond what a timer of Node can take are limits`, async () => {
    for (const timeout of [2 ** 31, 3e9, Infinity]) {
      const outcome = await call({ timeout }).catch((error) => error.code);
      // There is no such upload to tell the end of.
      if (name === 'notifyBlobUploadStatus') assert.equal(outcome, 'ERR_IOT_HTTP_STATUS');
      else assert.equal(outcome.containerName, 'uploads');
    }
  });
}

class Silent extends EventEmitter {
  type = 1;
  asked = 0;
  getDeviceCredentials() {
    this.asked += 1;
  }
}

test('limit and signal count while credentials are awaited', { timeout: NEVER }, async () => {
  // As connect() hands them on: a provider of an app's own has only Client, which has no limits.
  const { Uploads } = require('../../lib/uploads/uploads');
  const host = Client.fromConnectionString(hub.connectionString('d1'), Mqtt);
  const uploads = new Uploads(new Silent(), /** @type {any} */ (host));
  const result = { isSuccess: true, statusCode: 200, statusDescription: '' };
  for (const call of [(limits) => uploads.begin('x', limits), (limits) => uploads.end('c', result, limits)]) {
    const late = await errorOf(call({ timeoutMs: 100 }));
    assert.equal(late.code, 'ERR_IOT_TIMEOUT_CREDENTIALS');
    assert.match(late.message, /within 100 ms$/);
    assert.equal((await errorOf(call({ signal: soon() }))).code, 'ERR_IOT_ABORTED');
  }
});

test('an upload whose credentials do not come is ended by its signal, and after four minutes', async (t) => {
  const provider = new Silent();
  const client = Client.fromAuthenticationProvider(provider, Mqtt);
  const upload = (options) => client.uploadToBlob('x', Readable.from(['x']), 1, undefined, options);
  const aborted = await errorOf(upload({ signal: soon() }));
  assert.equal(aborted.code, 'ERR_IOT_UPLOAD_NOT_BEGUN');
  assert.equal(aborted.innerError.code, 'ERR_IOT_ABORTED');
  assert.equal((await errorOf(upload({ signal: AbortSignal.abort() }))).innerError.code, 'ERR_IOT_ABORTED');
  assert.equal(provider.asked, 1, 'not by an upload that was aborted before');
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const late = errorOf(upload({}));
  t.mock.timers.tick(240_000);
  assert.equal((await late).innerError.code, 'ERR_IOT_TIMEOUT_CREDENTIALS');
});

test('without a limit a hub that does not answer has four minutes', async (t) => {
  hub.faults = { request: 'silent' };
  const client = Client.fromConnectionString(hub.connectionString('d1'), Mqtt);
  await client.setOptions({ ca: hub.rootPem });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let isOver = false;
  const late = errorOf(client.getBlobSharedAccessSignature('x')).finally(() => (isOver = true));
  t.mock.timers.tick(239_999);
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(!isOver);
  t.mock.timers.tick(1);
  assert.match((await late).message, /within 240000 ms$/);
});

test('a signal ends an upload though the hub does not take its last word', async (t) => {
  hub.faults = {
    request: ({ path }) => {
      if (!path.includes('notifications')) return undefined;
      // Its four minutes have shrunk to ten seconds.
      setImmediate(() => t.mock.timers.tick(10_000));
      return 'silent';
    },
  };
  const controller = new AbortController();
  const content = new Readable({ read: () => setImmediate(() => controller.abort()) });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const error = await errorOf(device.uploadToBlob('x', content, { signal: controller.signal }));
  assert.equal(error.code, 'ERR_IOT_UPLOAD_NOT_NOTIFIED');
  assert.equal(error.innerError.code, 'ERR_IOT_ABORTED');
  assert.match(error.cause.message, /within 10000 ms$/);
});

test('a policy of the app that throws is told, and ends no process', async () => {
  hub.faults = BUSY;
  const client = Client.fromConnectionString(hub.connectionString('d1'), Mqtt);
  await client.setOptions({ ca: hub.rootPem });
  const fault = new Error('a fault of the policy');
  client.setRetryPolicy({
    shouldRetry() {
      throw fault;
    },
    nextRetryTimeout: () => 1,
  });
  assert.equal(await errorOf(client.getBlobSharedAccessSignature('x')), fault);
});

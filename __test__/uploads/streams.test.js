'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { EventEmitter } = require('node:events');
const fs = require('node:fs');
const { PassThrough, Readable, Stream, Writable } = require('node:stream');
const { test } = require('node:test');
const { Client, Mqtt, NoRetry, errors } = require('../..');
const { deviceOfHub } = require('./device_of_hub');

/** What an app's stream may do to an upload: each ends in time, by an error that says why, and none ends the process. */

const NO_FILE = '/no/such/file';

let hub, device;
deviceOfHub((...both) => ([hub, device] = both));

/** @param {string} name */
const stored = (name) => hub.blob(`uploads/d1/${name}`)?.content;
/** @param {string} name */
const told = (name) =>
  hub.uploads.findLast(({ blobName }) => blobName === `uploads/d1/${name}`)?.notification;
const tick = () => new Promise((resolve) => setImmediate(resolve));
const errorOf = (name, stream, options) =>
  device.uploadToBlob(name, stream, options).then(() => assert.fail(`${name} was uploaded`), (error) => error); // prettier-ignore

/** Gives a piece, and does that in place of the next. @param {(stream: Readable) => void} act */
function whenRead(act) {
  let pieces = 0;
  return new Readable({
    read() {
      if (pieces++ === 0) this.push('abc');
      else setImmediate(act, this);
    },
  });
}

function assertFailed(error, inner) {
  assert.equal(error.name, 'BlobUploadNotificationError', error.stack);
  assert.equal(error.code, 'ERR_IOT_UPLOAD_FAILED');
  assert.match(error.hint, /\w/);
  for (const [name, value] of Object.entries(inner)) assert.equal(error.innerError[name], value);
}

test('a file that is not there is told to who awaits the upload, and nothing is asked of the hub', async () => {
  const begun = hub.uploads.length;
  assertFailed(await errorOf('missing', fs.createReadStream(NO_FILE)), { code: 'ENOENT' });
  assert.equal(hub.uploads.length, begun);
});

for (const [name, call] of Object.entries({
  'of a device': `const device = await connect({ connectionString, ca });
    const end = () => device.close();
    const upload = (stream) => device.uploadToBlob('f', stream);`,
  'of a client': `const client = Client.fromConnectionString(connectionString, Mqtt);
    await client.setOptions({ ca });
    const end = () => {};
    const upload = (stream) => client.uploadToBlob('f', stream, 1);`,
  'of a client, by callback': `const client = Client.fromConnectionString(connectionString, Mqtt);
    await client.setOptions({ ca });
    const end = () => {};
    const upload = (stream) => new Promise((resolve, reject) =>
      client.uploadToBlob('f', stream, 1, (error) => (error ? reject(error) : resolve())));`,
  'with an option that cannot be': `const client = Client.fromConnectionString(connectionString, Mqtt);
    const end = () => new Promise((resolve) => setTimeout(resolve, 100));
    const upload = (stream) => client.uploadToBlob('f', stream, 1, undefined, { timeout: -1 });`,
}))
  test(`such an upload ${name} ends no process`, async () => {
    const script = `
      const { Client, Mqtt, connect } = require(${JSON.stringify(require.resolve('../..'))});
      const { CS: connectionString, CA: ca } = process.env;
      (async () => {
        ${call}
        await upload(require('node:fs').createReadStream('${NO_FILE}')).catch(({ code }) => console.log(code));
        await end();
      })();`;
    const env = { ...process.env, CS: hub.connectionString('d1'), CA: hub.rootPem };
    const [error, output] = await new Promise((resolve) =>
      execFile(process.execPath, ['-e', script], { env }, (...results) => resolve(results)),
    );
    assert.equal(error, null);
    assert.match(output, name.startsWith('with') ? /^ERR_IOT_OPTION\n$/ : /^ERR_IOT_UPLOAD_FAILED\n$/);
  });

test('a stream that is over before is refused at once, and nothing is asked of the hub', async () => {
  const begun = hub.uploads.length;
  const read = Readable.from(['x']);
  for await (const _ of read);
  const destroyed = Readable.from(['x']);
  destroyed.destroy();
  const old = Object.assign(new Stream(), { readable: false });
  for (const [stream, message] of [
    [read, /was read to its end before$/],
    [destroyed, /was destroyed before$/],
    [old, /is not readable$/],
  ]) {
    const error = await errorOf('over', stream);
    assert.ok(error instanceof errors.ArgumentError);
    assert.equal(error.code, 'ERR_IOT_UPLOAD_CONTENT');
    assert.match(error.message, message);
    assert.match(error.hint, /made anew/);
  }
  const failed = new PassThrough().on('error', () => {});
  failed.destroy(new Error('the disk is gone'));
  await tick();
  assertFailed(await errorOf('over', failed), { message: 'the disk is gone' });
  assert.equal(hub.uploads.length, begun);
});

test('what is no stream to read is refused', async () => {
  const strangers = {
    pipe: { pipe() {} },
    deaf: { pipe() {}, on() {} },
    file: new Writable({ write() {} }),
    emitter: new EventEmitter(),
  };
  for (const [name, stranger] of Object.entries(strangers)) {
    const error = await errorOf(name, /** @type {any} */ (stranger));
    assert.ok(error instanceof errors.ArgumentError, error.stack);
    assert.equal(error.code, 'ERR_IOT_UPLOAD_CONTENT');
    assert.match(error.message, /not bytes or a stream that can be read$/);
    assert.match(error.hint, /createReadStream/);
  }
});

test('a stream that is destroyed half-way ends its upload, and the hub is told', async () => {
  const cut = whenRead((stream) => stream.destroy());
  assertFailed(await errorOf('cut', cut), { code: 'ERR_IOT_UPLOAD_CONTENT' });
  assert.deepEqual(told('cut'), {
    isSuccess: false,
    statusCode: -1,
    statusDescription: 'Failed to upload to blob',
  });
  assert.equal(stored('cut'), undefined);
});

test('a stream that fails while the hub thinks is told at once', async () => {
  hub.faults = { request: 'silent' };
  const failing = new PassThrough();
  setTimeout(() => failing.destroy(new Error('the disk is gone')), 100);
  assertFailed(await errorOf('early', failing), { message: 'the disk is gone' });
});

test('one that somebody else has read meanwhile is not uploaded as an empty blob', async () => {
  const shared = Readable.from(['x']);
  const failed = errorOf('shared', shared);
  shared.resume();
  assertFailed(await failed, { code: 'ERR_IOT_UPLOAD_CONTENT' });
  assert.equal(told('shared').isSuccess, false);
});

test('an upload that cannot begin leaves its stream as it was: it may be tried again', async () => {
  const client = Client.fromConnectionString(hub.connectionString('d1'), Mqtt);
  client.setRetryPolicy(new NoRetry());
  await client.setOptions({ ca: hub.rootPem });
  const stream = Readable.from(['whole']);
  const listeners = stream.listenerCount('error');
  hub.faults = { request: { status: 503 } };
  for (const _ of [1, 2, 3]) {
    await assert.rejects(client.uploadToBlob('kept', stream, 5), { name: 'BlobSasError' });
  }
  assert.equal(stream.listenerCount('error'), listeners + 1);
  hub.faults = {};
  await client.uploadToBlob('kept', stream, 5);
  assert.equal(stored('kept').toString(), 'whole');
});

test('limits and signals end the upload of a stream that says nothing, with what ended it', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const content = whenRead(() => controller.abort(reason));
  const aborted = await errorOf('silent', content, { signal: controller.signal });
  assertFailed(aborted, { code: 'ERR_IOT_ABORTED', cause: reason });
  const paused = new PassThrough();
  paused.write('x');
  const late = await errorOf('silent', paused, { timeout: 100 });
  assertFailed(late, { name: 'TimeoutError', code: 'ERR_IOT_UPLOAD_TIMEOUT' });
  assert.match(late.innerError.message, /within 100 ms$/);
  assert.equal(told('silent').isSuccess, false);
});

test('chunks are texts and memory of any kind, as in a message; anything else is refused', async () => {
  const good = {
    text: [['ä'], Buffer.from('ä')],
    bytes: [[new Uint8Array([1, 2])], Buffer.from([1, 2])],
    wide: [[new Uint16Array([0x0201, 0x0403])], Buffer.from([1, 2, 3, 4])],
    memory: [[new Uint8Array([5, 6]).buffer], Buffer.from([5, 6])],
    mixed: [['a', new Uint8Array([98]), Buffer.from('c'), ''], Buffer.from('abc')],
  };
  for (const [name, [chunks, content]] of Object.entries(good)) {
    await device.uploadToBlob(name, Readable.from(chunks));
    assert.deepEqual(stored(name), content);
  }
  const bad = { object: { a: 1 }, number: 21.5, array: [1, 2], date: new Date(), flag: true };
  for (const [name, chunk] of Object.entries(bad)) {
    const error = await errorOf(name, Readable.from(['first', chunk]));
    assertFailed(error, { name: 'ArgumentError', code: 'ERR_IOT_UPLOAD_CONTENT' });
    assert.match(error.innerError.message, /gave (an?|the) .*, not text or bytes$/);
    assert.equal(stored(name), undefined);
    assert.equal(told(name).isSuccess, false);
  }
});

test('streams in the states apps leave them in are uploaded whole', async () => {
  const paused = new PassThrough();
  paused.end('paused');
  paused.pause();
  const begun = new PassThrough();
  begun.end('xbegun');
  begun.read(1);
  const texts = new PassThrough();
  texts.setEncoding('utf8');
  texts.end('texts');
  // As streams were before Node 0.10, and those of some packages are.
  const old = Object.assign(new Stream(), { pause() {}, resume() {}, readable: true });
  old.on('newListener', (event) => {
    if (event !== 'data') return;
    setImmediate(() => {
      old.emit('data', Buffer.from('old'));
      old.emit('end');
    });
  });
  for (const [name, stream] of Object.entries({ paused, begun, texts, old })) {
    await device.uploadToBlob(name, /** @type {any} */ (stream), { timeout: 20_000 });
    assert.equal(stored(name).toString(), name);
  }
  await device.uploadToBlob('nothing', Readable.from([]));
  assert.equal(stored('nothing').length, 0);
});

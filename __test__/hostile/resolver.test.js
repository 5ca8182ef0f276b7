'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { createChain, startGateway } = require('../../gateway');
const { SMALL } = require('../bad_input/telling');
const { forkHanging, skipUnlessHanging } = require('./hanging');

/** A name server that is dead, a network drive that is gone: who needs neither does not notice. */

const APP = path.join(__dirname, 'hanging_app.js');
const KEY = Buffer.from('the key of a device').toString('base64');
/** Node's own, the session's, that of handshakes, and some to spare. */
const USUAL_THREADS = 24;

let gateway;

before(async () => {
  const devices = ['healthy', 'hanging'].map((deviceId) => ({ deviceId, primaryKey: KEY }));
  gateway = await startGateway({ chain: await createChain(SMALL), devices });
});

after(() => gateway.close());

/** @returns {Promise<any>} What the app answers; its end by itself is awaited. */
async function answerOf(t, order) {
  const { child } = forkHanging(t, APP);
  const ended = once(child, 'exit');
  child.send({ host: `localhost:${gateway.port}`, ca: gateway.rootPem, ...order });
  const [answer] = await once(child, 'message');
  assert.deepEqual(await ended, [0, null], 'what hangs does not keep the process alive');
  return answer;
}

test('beside fifty names whose look-up hangs a device connects by name and sends', async (t) => {
  if (skipUnlessHanging(t)) return;
  const { beside, threads } = await answerOf(t, { order: 'look up', count: 50 });
  assert.equal(beside, 50, 'all of them hung at that time');
  assert.ok(threads <= USUAL_THREADS + 50, `${threads} threads`);
});

test('look-ups that were given up do not pile up: a name has one, however often it is tried', async (t) => {
  if (skipUnlessHanging(t)) return;
  const timeouts = { connectMs: 150 };
  const { codes, ended, threads } = await answerOf(t, { order: 'give up', rounds: 10, count: 12, timeouts });
  assert.deepEqual(codes, ['ERR_IOT_TIMEOUT_RESOLVE']);
  assert.equal(ended, 120);
  assert.ok(threads <= USUAL_THREADS + 12, `${threads} threads after 120 attempts`);
});

test('roots on a disk that hangs: the attempt has its deadline, and nobody waits with it', async (t) => {
  if (skipUnlessHanging(t)) return;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-downstream-disk-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const slow = path.join(folder, 'hanging-root.pem');
  fs.writeFileSync(slow, gateway.rootPem);
  const timeouts = { tlsMs: 1500 };
  const { beside, codes } = await answerOf(t, { order: 'read roots', slow, timeouts });
  assert.equal(beside, 1, 'it hung at that time');
  assert.deepEqual(codes, ['ERR_IOT_TIMEOUT_ROOTS']);
});

'use strict';

const assert = require('node:assert/strict');
const { EventEmitter, once } = require('node:events');
const { test } = require('node:test');
const { createChain, startGateway } = require('../../gateway');
const { Session } = require('../../lib/session/session');
const { readTrust } = require('../../lib/tls/trust');
const { SMALL } = require('../bad_input/telling');
const { HUB, KEY, tokenOf } = require('../wire/identity');

// What the native side does not take of this one is a fault of this one. It must not leave anybody untold.

/** @param {import('node:test').TestContext} t */
async function sessionOf(t) {
  const gateway = await startGateway({ chain: await createChain(SMALL), hubHostName: HUB, devices: [] });
  t.after(() => gateway.close());
  gateway.addDevice({ deviceId: 'd1', primaryKey: KEY });
  const states = new EventEmitter();
  const session = new Session({ state: (event) => states.emit(event.kind, event), message: () => {} });
  t.after(() => session.stop());
  const connect = async () => {
    const connected = once(states, 'connected');
    session.connect({
      ...{ host: 'localhost', port: gateway.port, clientId: 'd1', password: tokenOf('d1'), keepAlive: 180 },
      username: `${HUB}/d1/?api-version=2021-04-12`,
      ...readTrust(gateway.rootPem),
    });
    await connected;
  };
  await connect();
  return { session, states, connect };
}

/** @param {Session} session @param {string} topic @returns {Promise<any>} The error it is told, or null. */
function publish(session, topic) {
  return new Promise((resolve) => session.publish(topic, 'body', 1, resolve));
}

const GOOD = 'devices/d1/messages/events/';

for (const [name, topic] of [
  ['no ASCII', `${GOOD}é`],
  ['longer than a topic can be', GOOD + 'x'.repeat(65_536)],
]) {
  test(`a topic that is ${name} ends the connection, and everybody who crossed with it is told`, async (t) => {
    const { session, states, connect } = await sessionOf(t);
    const broken = once(states, 'broken');
    const told = await Promise.all([GOOD, topic, GOOD].map((each) => publish(session, each)));
    for (const error of told) {
      assert.equal(error.code, 'ERR_IOT_INTERNAL');
      assert.equal(error.delivery, 'unknown');
    }
    const [{ failure }] = await broken;
    assert.deepEqual([failure.kind, failure.stage], ['internal', 'connected']);
    assert.match(failure.detail, /the slab holds no whole publishes/);
    assert.deepEqual(session.counts(), { queued: 0, inFlight: 0 });
    await connect();
    assert.equal(await publish(session, GOOD), null);
  });
}

test('who gives up meanwhile is told when it is over', async (t) => {
  const session = new Session({ state: () => {}, message: () => {} });
  t.after(() => session.stop());
  const told = publish(session, `${GOOD}é`);
  await new Promise((resolve) => session.fail(new Error('given up'), () => resolve(undefined)));
  assert.equal((await told).message, 'given up');
});

test('a close that was under way does not end the connection after it', async (t) => {
  const { session, states, connect } = await sessionOf(t);
  const again = new Promise((resolve) => states.once('broken', () => resolve(connect())));
  const told = publish(session, `${GOOD}é`);
  session.disconnect(0);
  await again;
  assert.equal((await told).code, 'ERR_IOT_INTERNAL');
  assert.equal(await publish(session, GOOD), null);
});

'use strict';

const assert = require('node:assert/strict');
const { EventEmitter } = require('node:events');
const { test } = require('node:test');
const { Link } = require('../../lib/mqtt/link');
const { MqttOptions } = require('../../lib/mqtt/options');
const { MQTT } = require('../../lib/mqtt/protocol');
const { uncaught } = require('./uncaught');

// Whoever asked for something is told what became of it, whatever an app's other callbacks and its provider throw.

const CREDENTIALS = { host: 'hub.example', gatewayHostName: 'localhost', deviceId: 'd1' };
const LOSS = { stage: 'connected', kind: 'closed', detail: '', chain: [], roots: [], elapsedMs: 0 };

/** A link over a session in the hands of the test, whose requests are numbered from 1. */
function linkOf(t) {
  const requests = [];
  const request = (what) => requests.push(what);
  const session = { connect: () => request('connect'), disconnect: () => request('disconnect'), stop() {} };
  const provider = Object.assign(new EventEmitter(), {
    getDeviceCredentials: (callback) => callback(null, CREDENTIALS),
    stop() {},
  });
  const log = [];
  const link = new Link(MQTT, provider, new MqttOptions(MQTT), session, {
    identified: () => {},
    stage: () => {},
    connected: (_identity, renewal) => log.push(renewal ? 'renewed' : 'connected'),
    ended: () => log.push('ended'),
    lost: () => log.push('lost'),
  });
  t.after(() => link.stop());
  return { link, log, requests, provider, surfaced: uncaught(t) };
}

function throwing() {
  throw new Error('of the app');
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test('a callback of connect', async (t) => {
  const { link, log, surfaced } = linkOf(t);
  link.connect(throwing);
  link.connect(() => log.push('told'));
  link.handle({ kind: 'connected', request: 1 });
  await soon();
  assert.deepEqual([log, surfaced], [['connected', 'told'], ['of the app']]);
});

test('a callback of a renewal, behind which the next one waits', async (t) => {
  const { link, log, requests, provider, surfaced } = linkOf(t);
  link.connect(() => {});
  link.handle({ kind: 'connected', request: 1 });
  for (const callback of [throwing, () => log.push('told')]) {
    link.renewed(() => provider.emit('newTokenAvailable', { ...CREDENTIALS }), callback);
  }
  assert.equal(requests.length, 2);
  link.handle({ kind: 'connected', request: 2 });
  assert.equal(requests.length, 3);
  link.handle({ kind: 'connected', request: 3 });
  await soon();
  assert.deepEqual([log, surfaced], [['connected', 'renewed', 'renewed', 'told'], ['of the app']]);
});

test('a callback of disconnect, behind which somebody connects anew', async (t) => {
  const { link, log, requests, surfaced } = linkOf(t);
  link.disconnect(throwing);
  link.connect(() => log.push('told'));
  link.handle({ kind: 'closed', request: 1 });
  assert.deepEqual(requests, ['disconnect', 'connect']);
  link.handle({ kind: 'connected', request: 2 });
  await soon();
  assert.deepEqual([log, surfaced], [['ended', 'connected', 'told'], ['of the app']]);
});

test('the end of a provider of the app: a loss is told all the same', async (t) => {
  const { link, log, provider, surfaced } = linkOf(t);
  link.connect(() => {});
  link.handle({ kind: 'connected', request: 1 });
  provider.stop = throwing;
  link.handle({ kind: 'lost', request: 1, failure: LOSS });
  await soon();
  assert.deepEqual([log, surfaced], [['connected', 'ended', 'lost'], ['of the app']]);
  delete provider.stop;
});

test('credentials that no connection can be made with: who gave them hears it, and is not told of earlier ones', async (t) => {
  const { link, log, requests, provider } = linkOf(t);
  const give = (changes) =>
    link.renewed(
      () => provider.emit('newTokenAvailable', { ...CREDENTIALS, ...changes }),
      (error) => log.push(error?.code ?? 'told'),
    );
  give({ sharedAccessSignature: 'kept for the next connection' });
  link.connect(() => {});
  link.handle({ kind: 'connected', request: 1 });
  give({ sharedAccessSignature: 'x'.repeat(65_536) });
  give({ sharedAccessSignature: 'short' });
  await soon();
  assert.deepEqual(log, ['connected', 'told', 'ERR_IOT_CONNECT_TOO_LONG']);
  link.handle({ kind: 'connected', request: 2 });
  assert.deepEqual(
    [log.slice(3), requests],
    [
      ['renewed', 'told'],
      ['connect', 'connect'],
    ],
  );
});

'use strict';

const assert = require('node:assert/strict');
const { EventEmitter } = require('node:events');
const { test } = require('node:test');
const { MqttWs } = require('../..');
const { Session } = require('../../lib/session/session');
const { readTrust } = require('../../lib/tls/trust');
const { namedDevice, onEachBroker, onLocalGateway } = require('./brokers');
const { HUB, tokenOf } = require('./identity');
const { eventually } = require('./record');

// The session itself, because a client waits for half a minute before it asks whether anybody is there.

let sessions = 0;

/** A session with its events, connected by way of the relay. */
class WatchedSession extends EventEmitter {
  states = [];

  constructor(t, broker, limits) {
    super();
    this.broker = broker;
    sessions += 1;
    this.device = namedDevice(broker, `session${sessions}`);
    this.session = new Session({ state: (event) => this.#add(event), message: () => {} }, limits);
    t.after(() => this.session.stop());
  }

  connect(keepAlive = 180) {
    const { id } = this.device;
    this.session.connect({
      host: 'localhost',
      port: this.broker.relay.port,
      clientId: id,
      username: `${HUB}/${id}/?api-version=2021-04-12`,
      password: tokenOf(id),
      keepAlive,
      webSocket: this.broker.Transport === MqttWs,
      ...readTrust(this.broker.chain.rootPem),
    });
    return this.reached('connected');
  }

  /** Waits for another such state. */
  async reached(kind) {
    const before = this.count(kind);
    await eventually(this, 'state', `the session is ${kind}`, () => this.count(kind) > before);
    return this.states.findLast((state) => state.kind === kind);
  }

  count(kind) {
    return this.states.filter((state) => state.kind === kind).length;
  }

  publish(text) {
    const topic = `devices/${this.device.id}/messages/events/`;
    return new Promise((resolve) => {
      this.session.publish(topic, Buffer.from(text), 1, (error) => resolve(error));
    });
  }

  #add(event) {
    this.states.push(event);
    this.emit('state');
  }
}

onEachBroker((broker) => {
  test('an idle connection is kept by pings', async (t) => {
    const watched = new WatchedSession(t, broker, { pingAfterMs: 20, deadAfterMs: 20_000 });
    await watched.connect();
    await broker.until('three pings were read', () => watched.device.pings.length >= 3);
    assert.equal(watched.count('lost'), 0);
    assert.equal(await watched.publish('still here'), null);
  });

  test('a connection that falls silent both ways is lost, and what was sent is replayed on the next', async (t) => {
    const watched = new WatchedSession(t, broker, { pingAfterMs: 50, deadAfterMs: 100 });
    await watched.connect();
    broker.relay.hold('up', 'down');
    const sent = watched.publish('into the void');
    const { failure } = await watched.reached('lost');
    assert.equal(failure.kind, 'silent');
    assert.equal(failure.stage, 'connected');
    broker.relay.cut('rst');
    broker.relay.release();
    await watched.connect();
    assert.equal(await sent, null);
    await broker.until('it was read', () => watched.device.publishes.length === 1);
    assert.equal(watched.device.publishes[0].dup, true);
  });

  test('a broker that reads and never answers is given up too', async (t) => {
    const watched = new WatchedSession(t, broker, { pingAfterMs: 50, deadAfterMs: 100 });
    await watched.connect();
    broker.relay.hold('down');
    const { failure } = await watched.reached('lost');
    assert.equal(failure.kind, 'silent');
    await broker.until('the ping was read', () => watched.device.pings.length >= 1);
    broker.relay.cut('rst');
    broker.relay.release();
  });

  test('a short keep-alive of the app bounds how long a dead line is believed in', async (t) => {
    // With the bounds of every client, which alone would take a minute.
    const watched = new WatchedSession(t, broker);
    await watched.connect(1);
    // What goes up still does: the broker keeps the promise of the keep-alive, too.
    broker.relay.hold('down');
    const { failure } = await watched.reached('lost');
    assert.equal(failure.kind, 'silent');
    broker.relay.cut('rst');
    broker.relay.release();
  });

  test('close() whose acknowledgements never come ends after its grace time, what was written as unknown', async (t) => {
    const watched = new WatchedSession(t, broker);
    await watched.connect();
    broker.relay.hold('down');
    t.after(() => broker.relay.release());
    const sent = [watched.publish('a'), watched.publish('b')];
    await broker.until('both were read', () => watched.device.publishes.length === 2);
    const closed = watched.reached('closed');
    watched.session.disconnect(100);
    await closed;
    for (const error of await Promise.all(sent)) {
      assert.equal(error.name, 'NotConnectedError');
      assert.equal(error.code, 'ERR_IOT_CLIENT_CLOSED');
      assert.equal(error.delivery, 'unknown');
    }
    await broker.until('the device left', () => watched.device.disconnects.length === 1);
    assert.equal(watched.device.disconnects[0].graceful, true);
  });
});

onLocalGateway((broker) => {
  test('one lost PUBACK on a line that lives: the message is sent again, marked, over a new connection', async (t) => {
    broker.faults.publish = (n, { dup }) => (n === 2 && !dup ? 'drop-puback' : undefined);
    const watched = new WatchedSession(t, broker, { unansweredAfterMs: 300 });
    await watched.connect();
    const sent = ['a', 'b', 'c'].map((text) => watched.publish(text));
    assert.deepEqual(await Promise.all([sent[0], sent[2]]), [null, null]);
    const { failure } = await watched.reached('lost');
    assert.deepEqual([failure.kind, failure.stage], ['unanswered', 'connected']);
    await watched.connect();
    assert.equal(await sent[1], null);
    const seen = watched.device.publishes.map(({ packetId, dup }) => [packetId, dup]);
    assert.deepEqual(seen, [
      [1, false],
      [2, false],
      [3, false],
      [2, true],
    ]);
  });
});

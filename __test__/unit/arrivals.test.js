'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Arrivals } = require('../../lib/session/arrivals');
const { Records } = require('../../lib/session/records');

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Records as the core writes them (`src/session/messages.rs`): a topic of no length is that of the record before. */
function recordsOf(messages) {
  return Buffer.concat(
    messages.flatMap(({ token, topic = '', payload = '' }) => {
      const head = Buffer.alloc(12);
      [token, Buffer.byteLength(topic), Buffer.byteLength(payload)].forEach((number, place) =>
        head.writeUInt32LE(number, 4 * place),
      );
      return [head, Buffer.from(topic), Buffer.from(payload)];
    }),
  );
}

/** A native side that has these ids and events, and counts how it is asked. */
function sourceOf(ids, events) {
  const source = { ids, events: events.map((event) => event), taken: 0, calls: 0 };
  return Object.assign(source, {
    drain(report, most) {
      source.calls += 1;
      const { after: place = Infinity } = source.list.find(({ kind }) => kind === 'connected') ?? {};
      const count = Math.min(report.length - 2, most, ids.length, place - source.taken);
      report.set([count, 0, ...ids.splice(0, count)]);
      source.taken += count;
      report[1] = Number(ids.length > 0 || source.list.length > 0);
    },
    list: events,
    events(most) {
      const ripe = source.list.findIndex(({ after = 0 }) => after > source.taken);
      return source.list.splice(0, Math.min(most, ripe < 0 ? source.list.length : ripe));
    },
  });
}

/** All that is told, in order, and how much of it in one round of the event loop. */
async function hear(source, { spend = () => {} } = {}) {
  const log = [];
  const note = (what) => {
    log.push(what);
    spend();
  };
  let overs = 0;
  const arrivals = new Arrivals(source, {
    done: (id) => note(id),
    message: (topic, payload, token) => note(`${topic} ${payload} ${token}`),
    event: ({ kind, id }) => note(`${kind} ${id}`),
    over: () => (overs += 1),
  });
  arrivals.wake();
  let most = 0;
  for (let before = -1; before !== log.length || source.ids.length > 0 || source.list.length > 0;) {
    before = log.length;
    await tick();
    most = Math.max(most, log.length - before);
  }
  return { log, most, overs, arrivals };
}

test('no event comes before an id that was done before it', async () => {
  const ids = Array.from({ length: 1000 }, (_, id) => id);
  const events = [0, 5, 500, 1000].map((after) => ({ kind: 'ended', id: `after ${after}`, after }));
  const { log } = await hear(sourceOf(ids, events));
  assert.equal(log.length, 1004);
  for (const { after } of [{ after: 0 }, { after: 5 }, { after: 500 }, { after: 1000 }]) {
    const before = log
      .slice(0, log.indexOf(`ended after ${after}`))
      .filter((each) => typeof each === 'number');
    assert.ok(before.length >= after, `${after}: ${before.length}`);
  }
});

test('no id comes before the connection that it came by, however long the events before that take', async () => {
  const ids = Array.from({ length: 300 }, (_, id) => id);
  const events = [
    { kind: 'connecting', id: 'tls', after: 100 },
    { kind: 'connecting', id: 'connack', after: 100 },
    { kind: 'connected', id: 1, after: 100 },
    { kind: 'lost', id: 1, after: 200 },
    { kind: 'connected', id: 2, after: 200 },
  ];
  let now = 0;
  const real = performance.now;
  performance.now = () => now;
  try {
    const { log } = await hear(sourceOf(ids, events), { spend: () => (now += 30) });
    const told = ['connecting tls', 'connecting connack', 'connected 1'];
    assert.deepEqual(log.slice(100, 103), told);
    assert.deepEqual(log.slice(203, 205), ['lost 1', 'connected 2']);
    assert.deepEqual(
      log.filter((each) => typeof each === 'number'),
      Array.from({ length: 300 }, (_, id) => id),
    );
  } finally {
    performance.now = real;
  }
});

test('ids without an end do not keep events from their turn', async () => {
  const ids = Array.from({ length: 100_000 }, (_, id) => id);
  const { log } = await hear(sourceOf(ids, [{ kind: 'lost', id: 0 }]));
  assert.ok(log.indexOf('lost 0') < 300, `${log.indexOf('lost 0')} ids came first`);
});

test('an app that takes its time lets the loop come round after each message', async () => {
  const messages = Array.from({ length: 40 }, (_, n) => ({ token: n + 1, topic: 't', payload: `${n}` }));
  const ids = [100, 101, 102];
  let now = 0;
  const real = performance.now;
  performance.now = () => now;
  try {
    const source = sourceOf(ids, [{ kind: 'messages', records: recordsOf(messages) }]);
    const { log, most } = await hear(source, { spend: () => (now += 30) });
    assert.equal(log.length, 43);
    assert.equal(most, 1);
  } finally {
    performance.now = real;
  }
});

test('messages come out of their slab as they were put in', async () => {
  const messages = [
    { token: 1, topic: 'a/b', payload: 'x' },
    { token: 0, payload: '' },
    { token: 2 ** 32 - 1, topic: 'ü', payload: 'yz' },
  ];
  const { log } = await hear(
    sourceOf(
      [],
      [
        { kind: 'messages', records: recordsOf(messages) },
        { kind: 'lost', id: 1 },
      ],
    ),
  );
  assert.deepEqual(log, ['a/b x 1', 'a/b  0', 'ü yz 4294967295', 'lost 1']);
});

test('a small message does not keep its slab', () => {
  // So large that the records are no part of the pool, which small buffers come from.
  const large = 'l'.repeat(Buffer.poolSize);
  const records = new Records(
    recordsOf([
      { token: 1, topic: 't', payload: 's' },
      { token: 2, payload: large },
    ]),
  );
  const payloads = [];
  while (!records.isEmpty) records.next((_, payload) => payloads.push(payload));
  assert.deepEqual(payloads.map(String), ['s', large]);
  assert.ok(payloads[0].buffer !== payloads[1].buffer, 'the small one is a copy');
});

test('after the end nothing is told, also of what was taken before', async () => {
  const log = [];
  const messages = Array.from({ length: 10 }, (_, n) => ({ token: n + 1, topic: 't' }));
  const arrivals = new Arrivals(sourceOf([1, 2, 3], [{ kind: 'messages', records: recordsOf(messages) }]), {
    done: (id) => log.push(id),
    message: (_, __, token) => {
      log.push(`message ${token}`);
      arrivals.end();
    },
    event: () => {},
    over: () => {},
  });
  arrivals.wake();
  for (let n = 0; n < 10; n += 1) await tick();
  assert.ok(log.filter((each) => `${each}`.startsWith('message')).length === 1, `${log}`);
});

test('what happened on this side is told in turns, too, and before what came later', async () => {
  const log = [];
  const arrivals = new Arrivals(sourceOf([7], [{ kind: 'closed', id: 1 }]), {
    done: (id) => log.push(id),
    message: () => {},
    event: ({ kind, id }) => log.push(`${kind} ${id}`),
    over: () => {},
  });
  for (let id = 0; id < 3; id += 1) arrivals.tell({ kind: 'ended', id });
  assert.deepEqual(log, []);
  arrivals.wake();
  for (let n = 0; n < 10; n += 1) await tick();
  assert.deepEqual(log.slice(0, 3), ['ended 0', 'ended 1', 'ended 2']);
  assert.deepEqual(log.slice(3).sort(), [7, 'closed 1']);
});

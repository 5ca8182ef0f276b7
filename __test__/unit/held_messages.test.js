'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { HeldMessages, NOTHING_TO_SETTLE } = require('../../lib/c2d/held_messages');
const { inputMessage } = require('../../lib/message/input_message');
const { Message } = require('../../lib/message/message');

const KIB = 1024;
/** All who have something to do have had their turns. */
async function tick() {
  for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Held messages of an app that is there or not, and a log of what became of them. */
function holdOf() {
  const log = [];
  const app = { ready: false, absent: true };
  const held = new HeldMessages({
    ready: () => app.ready,
    absent: () => app.absent,
    deliver: (message, settle) => {
      log.push(`${message.data}`.slice(0, 8));
      settle();
    },
    suspend: () => log.push('suspend'),
    resume: () => log.push('resume'),
  });
  const settled = [];
  const arrive = (text, { size = 0, messageId = '', settle } = {}) => {
    const message = Object.assign(new Message(Buffer.concat([Buffer.from(text), Buffer.alloc(size)])), {
      messageId,
    });
    held.arrive(message, settle ?? (() => settled.push(text)));
    return message;
  };
  return { app, held, log, settled, arrive };
}

test('what arrives for nobody waits, in order, and goes to the next who is ready', async () => {
  const { app, held, log, settled, arrive } = holdOf();
  for (const text of ['a', 'b', 'c']) arrive(text);
  assert.deepEqual([held.size, log], [3, []]);
  app.ready = true;
  held.flush();
  arrive('d');
  await tick();
  assert.deepEqual(log, ['a', 'b', 'c', 'd']);
  assert.deepEqual(settled, ['a', 'b', 'c', 'd']);
});

test('one message that comes to two inputs is two, and a copy at one of them takes its place', async () => {
  const { app, held, log, settled } = holdOf();
  for (const [input, text] of [
    ['a', 'a old'],
    ['b', 'b'],
    ['a', 'a new'],
  ]) {
    const message = Object.assign(inputMessage(input, Buffer.from(text)), { messageId: 'm1' });
    held.arrive(message, () => settled.push(text));
  }
  assert.equal(held.size, 2);
  app.ready = true;
  held.flush();
  await tick();
  assert.deepEqual(log, ['a new', 'b']);
  assert.deepEqual(settled, ['a old', 'a new', 'b']);
});

test('a copy takes the place of the older one, and both are settled', async () => {
  const { app, held, log, settled, arrive } = holdOf();
  arrive('old', { messageId: 'm1' });
  arrive('other');
  arrive('new', { messageId: 'm1' });
  assert.equal(held.size, 2);
  app.ready = true;
  held.flush();
  await tick();
  assert.deepEqual(log, ['new', 'other']);
  assert.deepEqual(settled, ['old', 'new', 'other']);
  app.ready = false;
  arrive('again', { messageId: 'm1' });
  assert.equal(held.size, 1, 'one that was handed over is no copy to be replaced');
});

for (const [what, size, most] of [
  ['large', 64 * KIB, 256],
  ['empty', 0, 16 * KIB],
]) {
  test(`${what} messages are held up to 16 MiB of what they cost`, () => {
    const { held, log, arrive } = holdOf();
    let count = 0;
    while (!log.includes('suspend')) {
      arrive('x', { size });
      count += 1;
    }
    assert.ok(count > most * 0.9 && count <= most + 1, `${count} messages`);
    assert.equal(held.size, 0, 'they will come again');
  });
}

test('while the connection is replaced nothing is taken; then whoever is ready has it resumed', async () => {
  const { app, held, log, settled, arrive } = holdOf();
  while (!log.includes('suspend')) arrive('x', { size: 1024 * KIB });
  app.ready = true;
  held.flush();
  arrive('by the old connection');
  await tick();
  assert.deepEqual([log, settled], [['suspend'], []]);
  held.drop();
  await tick();
  assert.deepEqual(log, ['suspend', 'resume']);
  arrive('y');
  assert.deepEqual(log, ['suspend', 'resume', 'y']);
});

test('a gateway that goes on sending all the same is suspended once more', () => {
  const { held, log, arrive } = holdOf();
  while (!log.includes('suspend')) arrive('x', { size: 1024 * KIB });
  held.drop();
  arrive('y');
  assert.deepEqual([log, held.size], [['suspend', 'suspend'], 0]);
  held.drop();
  arrive('of QoS 0, which would not come again', { settle: NOTHING_TO_SETTLE });
  assert.deepEqual([log, held.size], [['suspend', 'suspend', 'suspend'], 1]);
});

test('messages of QoS 0 would not come again: they are kept, up to the bound', async () => {
  const { app, held, log, arrive } = holdOf();
  const settle = NOTHING_TO_SETTLE;
  arrive('kept', { settle });
  arrive('left', { size: 16 * 1024 * KIB });
  assert.deepEqual([log, held.size], [['suspend'], 1]);
  arrive('kept, too', { settle });
  for (let i = 0; i < 40; i += 1) arrive('z', { size: 1024 * KIB, settle });
  held.drop();
  assert.ok(held.size > 2 && held.size < 20, `${held.size} held`);
  app.ready = true;
  held.flush();
  await tick();
  assert.deepEqual(log.slice(0, 3), ['suspend', 'kept', 'kept, to']);
});

/** Time that passes only as told, for timers and `performance.now`. */
function clockOf(t) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  return (ms) => {
    now += ms;
    t.mock.timers.tick(ms);
  };
}

test('an app that is not there for longer than the lock of the hub is suspended, one that is slow is not', (t) => {
  const pass = clockOf(t);
  for (const absent of [true, false]) {
    const { app, log, arrive } = holdOf();
    app.absent = absent;
    arrive('a');
    pass(49_999);
    assert.deepEqual(log, []);
    pass(1);
    assert.deepEqual(log, absent ? ['suspend'] : []);
    app.absent = true;
    pass(50_000);
    assert.deepEqual(log, ['suspend']);
  }
});

test('messages of QoS 0 are locked by nobody: no time is too long for them', async (t) => {
  const pass = clockOf(t);
  const { app, held, log, settled, arrive } = holdOf();
  arrive('kept', { settle: NOTHING_TO_SETTLE });
  // With the connection those of QoS 1 would have gone.
  held.drop();
  pass(50_000);
  assert.deepEqual(log, []);
  app.ready = true;
  arrive('by the next');
  await tick();
  assert.deepEqual([log, settled], [['kept', 'by the n'], ['by the next']]);
});

test('a message can be taken out, or given back to the front', async () => {
  const { app, held, log, arrive } = holdOf();
  arrive('a');
  const second = arrive('b');
  assert.equal(held.take(new Message('a stranger')), undefined);
  held.take(second)();
  held.giveBack(second, () => {});
  app.ready = true;
  held.flush();
  await tick();
  assert.deepEqual(log, ['b', 'a']);
});

test('held messages are settled in any order, and the rest is released in theirs', async () => {
  const { app, held, settled, log, arrive } = holdOf();
  const all = Array.from({ length: 12_000 }, (_, n) => arrive(`${n}`));
  const order = all.map((_, n) => (n * 7919) % all.length);
  for (const place of order) held.take(all[place])();
  assert.deepEqual([held.size, settled], [0, order.map(String)]);
  for (let n = 0; n < 12_000; n += 1) arrive(`${n}`);
  app.ready = true;
  held.flush();
  while (held.size > 0) await tick();
  assert.equal(log.length, 12_000);
});

test('while somebody takes, the line does not become longer, whatever arrives', async () => {
  const { app, held, log, arrive } = holdOf();
  for (let n = 0; n < 1000; n += 1) arrive(`${n}`);
  app.ready = true;
  held.flush();
  await new Promise((resolve) => setImmediate(resolve));
  for (let n = 1000; n < 41_000; n += 1) {
    arrive(`${n}`);
    assert.ok(held.size <= 1000);
  }
  while (held.size > 0) await tick();
  assert.deepEqual(
    log,
    Array.from({ length: 41_000 }, (_, n) => `${n}`.slice(0, 8)),
  );
});

test('copies of one message cost what they are', () => {
  const { held, log, arrive } = holdOf();
  for (let n = 0; n < 15; n += 1) arrive('x', { messageId: 'm', size: n * 1024 * KIB });
  assert.deepEqual([held.size, log], [1, []]);
  arrive('x', { messageId: 'm', size: 16 * 1024 * KIB });
  assert.deepEqual([held.size, log], [0, ['suspend']]);
});

'use strict';

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { test } = require('node:test');
const { Line } = require('../../lib/turns/line');
const { Queue } = require('../../lib/turns/queue');
const { Turns, afterTurn, atOnce } = require('../../lib/turns/turns');
const { uncaught } = require('./uncaught');

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Time that passes only as told, for `performance.now`. */
function clockOf(t) {
  const clock = { now: 1000 };
  t.mock.method(performance, 'now', () => clock.now);
  return clock;
}

/** The event loop has just come round, with something to do. */
async function cameRound(clock) {
  workOf(clock, 1, 0).turns.ask();
  await tick();
}

/** Work of `count` things, each of which takes `ms` in the piece or, with `later`, in promises behind it. */
function workOf(clock, count, ms, { later = false, log = [] } = {}) {
  const work = { left: count, pieces: [], log };
  work.turns = new Turns((most, until) => {
    let done = 0;
    while (work.left > 0 && done < most && (done === 0 || clock.now < until)) {
      done += 1;
      work.left -= 1;
      if (later) Promise.resolve().then(() => (clock.now += ms));
      else clock.now += ms;
    }
    work.pieces.push(done);
    log.push(work);
    return work.left > 0;
  });
  return work;
}

test('the loop comes round after 10 ms and one thing, however long the things take', async (t) => {
  const clock = clockOf(t);
  for (const later of [false, true]) {
    for (const ms of [0.01, 0.5, 3, 25, 400]) {
      const work = workOf(clock, 300, ms, { later });
      work.turns.ask();
      let longest = 0;
      while (work.left > 0) {
        const before = clock.now;
        await tick();
        longest = Math.max(longest, clock.now - before);
      }
      assert.ok(longest <= 10 + 2 + 2 * ms, `${longest} ms held by things of ${ms} ms, ${later}`);
    }
  }
});

test('bursts of slow promises, each taken to its end, do not hold the loop either', async (t) => {
  const clock = clockOf(t);
  const bursts = workOf(clock, 0, 5, { later: true });
  const longest = [];
  for (let n = 0; n < 6; n += 1) {
    bursts.left = 20;
    bursts.turns.ask();
    let most = 0;
    while (bursts.left > 0) {
      const before = clock.now;
      await tick();
      most = Math.max(most, clock.now - before);
    }
    longest.push(most);
  }
  assert.ok(Math.max(...longest) <= 10 + 2 + 2 * 5, `${longest}`);
});

test('what the event loop calls for again and again lets it come round all the same', async (t) => {
  for (const later of [false, true]) {
    const clock = clockOf(t);
    let longest = 0;
    for (const ms of [0.5, 4, 25]) {
      await cameRound(clock);
      const calls = workOf(clock, 0, ms, { later });
      const before = clock.now;
      // As libuv does it: before its timers come it calls for all that came meanwhile.
      for (let n = 0; n < 100; n += 1) {
        calls.left += 1;
        atOnce(() => calls.turns.ask());
        await null;
      }
      longest = Math.max(longest, clock.now - before - ms);
      while (calls.left > 0) await tick();
    }
    assert.ok(longest <= 10, `${longest}`);
  }
});

test('what the event loop calls for begins at once, unless a turn is expected', async (t) => {
  const clock = clockOf(t);
  await cameRound(clock);
  const first = workOf(clock, 1, 0.01);
  atOnce(() => first.turns.ask());
  assert.deepEqual(first.pieces, [1]);
  const [second, third] = [workOf(clock, 1, 0.01), workOf(clock, 1, 0.01)];
  second.turns.ask();
  atOnce(() => third.turns.ask());
  assert.deepEqual([second.pieces, third.pieces], [[], []]);
  await tick();
  assert.deepEqual([second.pieces, third.pieces], [[1], [1]]);
});

test('one after the other has a piece, and a long one does not hold up a short one', async (t) => {
  const clock = clockOf(t);
  const log = [];
  const flood = workOf(clock, 100_000, 0.01, { log });
  flood.turns.ask();
  for (let n = 0; n < 20; n += 1) await tick();
  const healthy = workOf(clock, 1, 0.01, { log });
  const at = log.length;
  healthy.turns.ask();
  await tick();
  assert.equal(log.indexOf(healthy) - at < 3, true, 'the piece after the one under way');
  assert.ok(flood.left > 0);
});

test('cheap things are done many at a time, and never more than 128', async (t) => {
  const clock = clockOf(t);
  const work = workOf(clock, 5000, 0.001);
  work.turns.ask();
  while (work.left > 0) await tick();
  assert.equal(Math.max(...work.pieces), 128);
  assert.ok(work.pieces.length < 60, `${work.pieces.length} pieces`);
});

test('whoever asks twice has one turn, and one who asks in his turn has another', async () => {
  let turns = 0;
  const twice = new Turns(() => {
    turns += 1;
    if (turns === 1) twice.ask();
    return false;
  });
  twice.ask();
  twice.ask();
  await tick();
  await tick();
  assert.equal(turns, 2);
});

test('what is to be done after the turn comes when all who waited had theirs', async () => {
  const log = [];
  const second = new Turns(() => log.push('second') === 0);
  const first = new Turns(() => {
    afterTurn(() => log.push('afterwards'));
    second.ask();
    log.push('first');
    return false;
  });
  first.ask();
  await tick();
  await tick();
  assert.deepEqual(log, ['first', 'second', 'afterwards']);
  afterTurn(() => log.push('at the next tick'));
  await Promise.resolve();
  await tick();
  assert.equal(log.at(-1), 'at the next tick');
});

test('a fault of one leaves the others their turns, and surfaces', async (t) => {
  const surfaced = uncaught(t);
  let turns = 0;
  new Turns(() => {
    throw new Error('planted');
  }).ask();
  new Turns(() => (turns += 1) === 0).ask();
  await tick();
  await tick();
  assert.deepEqual([turns, surfaced], [1, ['planted']]);
});

test('what is told belongs to whoever made the work, not to whoever asked, or was the first', async () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const turnsOf = (name) =>
    storage.run(name, () => new Turns(() => seen.push([name, storage.getStore()]) === 0));
  const both = ['one', 'other'].map(turnsOf);
  storage.run('asking', () => both.forEach((turns) => turns.ask()));
  await tick();
  assert.deepEqual(seen, [
    ['one', 'one'],
    ['other', 'other'],
  ]);
});

test('a queue keeps its order through any mixture of operations', () => {
  const queue = new Queue();
  let model = [];
  let next = 0;
  for (let step = 0; step < 20_000; step += 1) {
    const choice = (step * 7919) % 11;
    if (choice < 6) {
      queue.push(next);
      model.push(next++);
    } else if (choice < 10) assert.equal(queue.shift(), model.shift());
    else if (step % 5 === 0) {
      const wanted = (value) => value % 3 !== step % 3;
      queue.keep(wanted);
      model = model.filter(wanted);
    }
    assert.equal(queue.size, model.length);
    assert.equal([...queue][0], model[0]);
  }
  assert.deepEqual([...queue], model);
});

test('a line keeps its order, whoever steps out of it', () => {
  const line = new Line();
  const model = [];
  for (let step = 0; step < 20_000; step += 1) {
    const choice = (step * 7919) % 11;
    const one = { step };
    if (choice < 5) {
      line.push(one);
      model.push(one);
    } else if (choice === 5) {
      line.unshift(one);
      model.unshift(one);
    } else if (model.length > 0) {
      const place = choice < 8 ? 0 : (step * 31) % model.length;
      line.remove(model[place]);
      model.splice(place, 1);
    }
    assert.equal(line.size, model.length);
    assert.equal(line.first, model[0]);
  }
  const walked = [];
  for (let each = line.first; each; each = each.behind) walked.push(each);
  assert.deepEqual(walked, model);
});

'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Forever } = require('../../lib/connection/forever');
const { Reconnection } = require('../../lib/connection/reconnection');
const { Lives } = require('../../lib/mqtt/lives');
const errors = require('../../lib/vocabulary/errors');
const { QuickPolicy } = require('./fake_transport');

const gone = () => new errors.NotConnectedError('gone');

test('an attempt that fails after the limit is the last one', () => {
  let clock = 0;
  const reconnection = new Reconnection(() => clock);
  const policy = new QuickPolicy(Infinity, 7);
  reconnection.begin(1000);
  assert.equal(reconnection.afterFailure(policy, gone()), 7);
  clock = 999;
  assert.equal(reconnection.afterFailure(policy, gone()), 7);
  clock = 1000;
  assert.equal(reconnection.afterFailure(policy, gone()), undefined);
});

test('the policy hears the count, from 1, and whether it is being throttled', () => {
  const asked = [];
  const policy = { shouldRetry: () => true, nextRetryTimeout: (...args) => asked.push(args) };
  const reconnection = new Reconnection();
  reconnection.begin(Infinity);
  reconnection.afterFailure(policy, gone());
  reconnection.afterFailure(policy, new errors.ThrottlingError('slow down'));
  reconnection.reset();
  reconnection.afterFailure(policy, gone());
  assert.deepEqual(asked, [
    [1, false],
    [2, true],
    [1, false],
  ]);
});

test('a delay may be of any length, and what is no time ends it', () => {
  const reconnection = new Reconnection();
  reconnection.begin(Infinity);
  assert.equal(reconnection.afterFailure(new QuickPolicy(Infinity, 2 ** 40), gone()), 2 ** 40);
  assert.equal(reconnection.afterFailure(new QuickPolicy(Infinity, Infinity), gone()), Infinity);
  assert.equal(reconnection.afterFailure(new QuickPolicy(Infinity, NaN), gone()), undefined);
});

const WORKED = { worked: true, contested: 0 };

test('after a loss the policy is asked, and only a connection that did not work waits for what it says', () => {
  const reconnection = new Reconnection();
  reconnection.begin(Infinity);
  const policy = new QuickPolicy(Infinity, 700);
  assert.equal(reconnection.afterLoss(policy, gone(), WORKED), 0);
  assert.equal(reconnection.afterFailure(policy, gone()), 700);
  assert.equal(reconnection.afterLoss(policy, gone(), { worked: false, contested: 0 }), 700);
  assert.equal(reconnection.afterLoss(policy, gone(), WORKED), 0);
  assert.deepEqual(policy.delays, [1, 2, 3, 1]);
  assert.equal(reconnection.afterLoss(new QuickPolicy(Infinity, -1), gone(), WORKED), undefined);
  assert.equal(reconnection.afterLoss(new QuickPolicy(0), gone(), WORKED), undefined);
});

test('contested connections wait longer and longer, and not all alike', () => {
  const delays = (random) => {
    const reconnection = new Reconnection(undefined, () => random);
    reconnection.begin(Infinity);
    return [1, 2, 3, 4, 50].map((contested) =>
      reconnection.afterLoss(new QuickPolicy(), gone(), { worked: true, contested }),
    );
  };
  assert.deepEqual(delays(0), [0, 500, 1000, 1000, 1000]);
  assert.deepEqual(delays(1), [0, 500, 2000, 2000, 2000]);
});

/** What `Lives` says of lives of so many milliseconds, with so many messages, that ended so. */
function livesOf(list) {
  let clock = 0;
  let through = 0;
  const lives = new Lives(() => clock);
  return list.map(([ms, messages, kind = 'closed', stage = 'connected', waiting = false]) => {
    lives.connected(through);
    clock += ms;
    through += messages;
    return lives.lost({ stage, kind }, through, waiting);
  });
}

test('short lives with little in them that the gateway ended are contested', () => {
  const contested = (list) => livesOf(list).map((life) => life.contested);
  assert.deepEqual(
    contested([
      [50, 1],
      [50, 0],
      [3000, 6],
      [9999, 99],
    ]),
    [1, 2, 3, 4],
  );
  assert.deepEqual(
    contested([
      [50, 1],
      [50, 1],
      [10_000, 0],
      [50, 1],
    ]),
    [1, 2, 0, 1],
    'a long life',
  );
  assert.deepEqual(
    contested([
      [50, 1],
      [50, 1],
      [50, 100],
      [50, 1],
    ]),
    [1, 2, 2, 3],
    'much got through',
  );
  assert.deepEqual(
    contested([
      [50, 100],
      [50, 400],
    ]),
    [0, 0],
    'much, from the start',
  );
  for (const kind of ['reset', 'silent', 'timed-out', 'internal']) {
    assert.deepEqual(
      contested([
        [50, 1],
        [50, 1],
        [50, 1, kind],
      ]),
      [1, 2, 0],
      kind,
    );
  }
  assert.deepEqual(
    contested([
      [50, 1],
      [50, 1, 'closed', 'connack'],
    ]),
    [1, 0],
    'a renewal that failed',
  );
});

test('lives that end upon a message, with nothing acknowledged, are counted apart', () => {
  const lives = livesOf([
    [3_600_000, 500, 'closed', 'connected', true],
    [50, 0, 'closed', 'connected', true],
    [50, 0, 'reset', 'connected', true],
    [50, 0, 'closed', 'connected', true],
    [50, 1, 'closed', 'connected', true],
    [50, 0, 'closed', 'connected', false],
    [50, 0, 'silent', 'connected', true],
  ]);
  assert.deepEqual(
    lives.map(({ unstored }) => unstored),
    [0, 1, 2, 3, 0, 0, 0],
  );
});

test('a life worked that lasted a second, or in which anything got through, or that was the first without', () => {
  const lives = livesOf([
    [10, 0, 'reset'],
    [10, 0, 'reset'],
    [999, 0, 'closed'],
    [1000, 0, 'reset'],
    [10, 0, 'reset'],
    [10, 1, 'reset'],
    [5000, 5, 'refusal', 'connack'],
  ]);
  assert.deepEqual(
    lives.map(({ worked }) => worked),
    [true, false, false, true, true, true, false],
  );
});

test('two clients with one id make less than a connection a second each', () => {
  for (const perSecond of [0, 2, 20, 200]) {
    const { connections, told } = fight(perSecond);
    for (const count of connections)
      assert.ok(count <= 60, `${connections} at ${perSecond} messages a second`);
    for (const count of told) assert.ok(count >= 3, `${told} at ${perSecond} messages a second`);
  }
});

/** A minute of two clients, each of which has `perSecond` messages to send, in which connecting takes 20 ms. */
function fight(perSecond) {
  let clock = 0;
  let seed = 1;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const policy = { shouldRetry: () => true, nextRetryTimeout: (count) => 100 * 2 ** (count - 1) };
  const clients = [0, 1].map(() => ({
    lives: new Lives(() => clock),
    reconnection: new Reconnection(() => clock, random),
    through: 0,
    waiting: 0,
    connections: 0,
    contested: 0,
  }));
  for (const client of clients) client.reconnection.begin(Infinity);
  let standing;
  /** @type {{ at: number, client: any }[]} */
  const comings = clients.map((client, place) => ({ at: place * 1000, client }));
  for (;;) {
    comings.sort((a, b) => a.at - b.at);
    const { at, client } = comings.shift();
    if (at > 60_000) break;
    if (standing) {
      standing.through += Math.floor(((at - standing.since) * perSecond) / 1000) + standing.waiting;
      clock = at;
      const life = standing.lives.lost({ stage: 'connected', kind: 'closed' }, standing.through);
      standing.contested = Math.max(standing.contested, life.contested);
      const delay = standing.reconnection.afterLoss(policy, gone(), life);
      standing.waiting = Math.floor(((delay + 20) * perSecond) / 1000);
      comings.push({ at: at + delay + 20, client: standing });
    }
    clock = at;
    standing = Object.assign(client, { since: at, connections: client.connections + 1 });
    client.lives.connected(client.through);
  }
  return {
    connections: clients.map(({ connections }) => connections),
    told: clients.map(({ contested }) => contested),
  };
}

test('forever means for ever, slower after a refusal, and not for mistakes', () => {
  const policy = new Forever();
  assert.equal(policy.shouldRetry(gone()), true);
  assert.equal(policy.nextRetryTimeout(50, false), 10_000);
  assert.equal(policy.shouldRetry(new errors.UnauthorizedError('no')), true);
  assert.equal(policy.nextRetryTimeout(50, false), 60_000);
  assert.equal(policy.shouldRetry(gone()), true);
  assert.equal(policy.nextRetryTimeout(50, false), 10_000);
  assert.equal(policy.nextRetryTimeout(50, true), 60_000);
  const asLoss = Object.assign(gone(), { cause: new errors.UnauthorizedError('no') });
  assert.equal(policy.shouldRetry(asLoss), true);
  assert.equal(policy.nextRetryTimeout(50, false), 60_000);
  for (const ErrorClass of [errors.ArgumentError, errors.FormatError, errors.NotImplementedError]) {
    assert.equal(policy.shouldRetry(new ErrorClass('mistake')), false);
  }
});

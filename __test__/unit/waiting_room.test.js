'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { WaitingRoom } = require('../../lib/session/waiting_room');
const { randomOf } = require('../model/random');

test('publishes leave in the order in which they came, whichever were cancelled meanwhile', () => {
  const random = randomOf(1);
  const room = new WaitingRoom();
  let plain = [];
  let next = 0;
  for (let step = 0; step < 5000; step += 1) {
    const choice = random.below(10);
    if (choice < 5) {
      // An id is used again once it is free, so ids are in no order.
      const id = (next++ * 7919) % 100_003;
      room.push({ id, topic: 't', body: `${id}`, qos: 1 });
      plain.push(id);
    } else if (choice < 8) {
      const first = room.shift();
      assert.equal(first?.id, plain.shift());
      if (first) assert.equal(first.body, `${first.id}`);
    } else {
      const wanted = plain.filter(() => random.chance(0.1)).reverse();
      const taken = room.take([...wanted, -1]);
      assert.deepEqual(taken, [...wanted].reverse());
      plain = plain.filter((id) => !taken.includes(id));
    }
    assert.equal(room.size, plain.length);
    if (step % 100 === 0) assert.deepEqual(room.ids(), plain);
    for (const id of plain.slice(0, 3)) assert.ok(room.has(id));
  }
  assert.ok(plain.length > 0);
  room.clear();
  assert.deepEqual([room.size, room.ids(), room.shift(), room.has(plain[0])], [0, [], undefined, false]);
});

'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');

const { NativeBell, NativeSession } = require('../../lib/native/binding');
const { Slab } = require('../../lib/session/slab');

/** A session that is never connected: it takes publishes and keeps them. */
function session() {
  return new NativeSession(new NativeBell(() => {}), 1);
}

/** The four numbers before each publish. */
function head(bytes, at) {
  return Array.from(new Uint32Array(bytes.buffer, bytes.byteOffset + at, 4));
}

describe('the slab', () => {
  it('writes id, lengths and QoS before topic and body, and rounds up to four bytes', () => {
    const slab = new Slab();
    assert.equal(slab.write(7, 'a/b', 'höh', 1), 4);
    assert.deepEqual(head(slab.bytes, 0), [7, 3, 4, 1]);
    assert.equal(slab.bytes.toString('utf8', 16, 23), 'a/bhöh');
    assert.equal(slab.used, 24);
  });

  it('writes a repeated topic once', () => {
    const slab = new Slab();
    slab.write(1, 'topic', 'x', 1);
    const second = slab.used;
    slab.write(2, 'topic', 'y', 1);
    assert.deepEqual(head(slab.bytes, second), [2, 0, 1, 1]);
    const third = slab.used;
    slab.write(3, 'other', Buffer.from('z'), 1);
    assert.deepEqual(head(slab.bytes, third), [3, 5, 1, 1]);
  });

  it('writes the topic anew after it was handed over', () => {
    const slab = new Slab();
    slab.write(1, 'topic', 'x', 1);
    slab.used = 0;
    slab.write(2, 'topic', 'x', 1);
    assert.deepEqual(head(slab.bytes, 0), [2, 5, 1, 1]);
  });

  it('has room for the largest message in the longest topic, but not for two', () => {
    const slab = new Slab();
    const topic = 't'.repeat(65_535);
    const body = new Uint8Array(261_120);
    assert.ok(slab.hasRoom(topic, body));
    slab.write(1, topic, body, 1);
    assert.ok(slab.isFull);
    assert.ok(!slab.hasRoom(topic, body));
  });
});

describe('the native side of the slab', () => {
  it('takes what the slab wrote', () => {
    const slab = new Slab();
    for (let id = 0; id < 100; id++) slab.write(id, `t/${id % 3}`, 'x'.repeat(id), id % 2);
    session().publish(slab.bytes, slab.used);
  });

  it('refuses records that are cut or wrong, wherever the fault is', () => {
    const slab = new Slab();
    slab.write(1, 'topic', 'body', 1);
    slab.write(2, 'topic', 'body', 1);
    const native = session();
    const refused = { code: 'InvalidArg' };
    // The first record ends here; its padding may be missing.
    const end = 16 + 'topicbody'.length;
    for (let used = 1; used < slab.used; used++) {
      const cut = () => native.publish(slab.bytes, used);
      if (used >= end && used < end + 4) cut();
      else assert.throws(cut, refused, `cut at ${used}`);
    }
    for (const [word, value] of [
      [1, 0xffff_ffff],
      [2, 0xffff_ffff],
      [3, 2],
      [1, 0],
    ]) {
      const bytes = Buffer.from(slab.bytes.subarray(0, slab.used));
      bytes.writeUInt32LE(value, word * 4);
      assert.throws(() => native.publish(bytes, bytes.length), refused, `word ${word} = ${value}`);
    }
    assert.throws(() => native.publish(slab.bytes, slab.bytes.length + 1), refused);
  });

  it('answers any bytes with an error or not at all', () => {
    const native = session();
    let state = 1;
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.alloc(64);
      for (let i = 0; i < bytes.length; i++) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        bytes[i] = i % 4 === 0 ? state >>> 27 : (state >>> 24) & (state >>> 16) & 1;
      }
      try {
        native.publish(bytes, bytes.length);
      } catch (error) {
        assert.equal(error.code, 'InvalidArg');
      }
    }
  });
});

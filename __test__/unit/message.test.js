'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { inspect } = require('node:util');
const { Message: Original } = require('azure-iot-common');
const { Message } = require('../../lib/message/message');

const BODIES = [
  'text',
  '',
  'é😀',
  Buffer.from('bytes'),
  new Uint8Array([1, 2]),
  new Uint8Array([3, 4]).buffer,
  [5, 6],
  undefined,
  null,
  5,
];

describe('a message', () => {
  it('prints like one of the original, so has its fields in order', () => {
    assert.equal(inspect(new Message('s')), inspect(new Original('s')));
  });

  for (const body of BODIES) {
    it(`with the body ${inspect(body)} gives the bytes of the original`, () => {
      const bytes = (/** @type {any} */ message) => {
        try {
          return message.getBytes();
        } catch (error) {
          return error.constructor;
        }
      };
      assert.deepEqual(bytes(new Message(body)), bytes(new Original(body)));
      assert.equal(new Message(body).getData(), body);
      assert.equal(Message.isBufferConvertible(body), Original.isBufferConvertible(body));
    });
  }

  it('gives a Buffer as it is', () => {
    const body = Buffer.from('x');
    assert.equal(new Message(body).getBytes(), body);
  });

  it('can be marked as the security agent’s', () => {
    const [ours, theirs] = [new Message('s'), new Original('s')];
    ours.setAsSecurityMessage();
    theirs.setAsSecurityMessage();
    assert.equal(inspect(ours), inspect(theirs));
  });
});

describe('properties', () => {
  it('behave like those of the original', () => {
    const run = (/** @type {any} */ Class) => {
      const { properties } = new Class('s');
      return [
        properties.add('a', 1),
        properties.add('a', 2),
        properties.add('Authorization', 'x'),
        properties.add('iothub-to', 'x'),
        properties.add('authorization', null),
        properties.count(),
        properties.getItem(0),
        properties.getItem(1),
        properties.getItem(3),
        properties.getItem(-1),
        properties.getValue('a'),
        properties.getValue('b'),
        properties.propertyList,
        properties.constructor.name,
      ];
    };
    assert.deepEqual(run(Message), run(Original));
    assert.equal(run(Message)[0], true);
    assert.equal(run(Message)[2], false);
  });
});

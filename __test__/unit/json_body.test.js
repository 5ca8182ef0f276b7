'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { toJson } = require('../../lib/device/json_body');
const { errors } = require('../..');

class Reading {
  temperature = 21;
}
class Sealed {
  #temperature = 21;
  get temperature() {
    return this.#temperature;
  }
}
class Sensor {
  #temperature = 21;
  toJSON() {
    return { temperature: this.#temperature };
  }
}

/** What JSON carries whole goes as it always has. */
const WHOLE = {
  'an object': { temperature: 21.5, ok: true, unit: 'C', none: null },
  'an array': [1, 'two', [3], { four: 4 }],
  null: null,
  'a number': -0.5,
  'a boolean': false,
  'members that are undefined': { a: undefined, b: 1 },
  'a Date': { at: new Date(0) },
  'a Buffer': { raw: Buffer.from('x') },
  'a typed array': { raw: Uint8Array.of(1, 2) },
  'an instance with members': new Reading(),
  'an instance that says how': { sensor: new Sensor() },
  'an object without prototype': Object.assign(Object.create(null), { a: 1 }),
  'an object of another realm': require('node:vm').runInNewContext('({ a: [1, { b: 2 }] })'),
  'nothing but braces': {},
  'values in boxes': [new Number(5), new String('x'), new Boolean(false)],
  'the same object twice': ((shared) => [shared, shared])({ a: 1 }),
};

/** @type {any} */
const circle = {};
circle.circle = circle;

/** The place, what it is, what the hint says. */
const LOST = {
  'a Map': [new Map([['t', 21]]), 'body is a Map', /fromEntries/],
  'a Set': [{ all: new Set([21]) }, 'body.all is a Set', /\[\.\.\.set\]/],
  'a Promise': [
    { readings: [{}, { value: Promise.resolve(21) }] },
    'body.readings[1].value is a Promise',
    /Await/,
  ],
  'an Error': [{ fault: new TypeError('x') }, 'body.fault is an Error', /message/],
  'an Error with a code': [Object.assign(new Error('x'), { code: 5 }), 'body is an Error', /message/],
  NaN: [{ readings: [1, 2, 3, { value: NaN }] }, 'body.readings[3].value is NaN', /null/],
  Infinity: [[-Infinity], 'body[0] is -Infinity', /null/],
  'NaN in a box': [[new Number(NaN)], 'body[0] is NaN', /null/],
  'a function': [{ read() {} }, 'body.read is a function', /Call it/],
  'a function alone': [() => {}, 'body is a function', /Call it/],
  'a symbol': [{ 'the kind': Symbol('x') }, 'body["the kind"] is a symbol', /text/],
  'an invalid Date': [{ at: new Date(NaN) }, 'body.at is an invalid Date', /null/],
  'what toJSON answers': [{ a: { toJSON: () => ({ b: NaN }) } }, 'body.a.b is NaN', /null/],
  'an instance that keeps all to itself': [{ a: new Sealed() }, 'body.a is an object', /Make an object/],
  'parameters of a URL': [new URLSearchParams('a=1'), 'body is an URLSearchParams', /Make an object/],
  'memory inside': [{ raw: new ArrayBuffer(3) }, 'body.raw is an ArrayBuffer', /Make an object/],
  'a WeakMap': [{ a: new WeakMap() }, 'body.a is a WeakMap', /Make an object/],
  'a bigint': [10n, 'body is a bigint', /String\(value\)/],
  'a bigint before a circle': [
    { counters: [1, { bytes: 10n }], circle },
    'body.counters[1].bytes is a bigint',
    /Number/,
  ],
  'NaN among floats': [{ raw: Float32Array.of(1, NaN) }, 'body.raw["1"] is NaN', /null/],
};

describe('the JSON of a body', () => {
  for (const [name, body] of Object.entries(WHOLE)) {
    it(`is that of JSON.stringify for ${name}`, () => {
      assert.equal(toJson(body), JSON.stringify(body));
    });
  }

  for (const [name, [body, words, hint]] of Object.entries(LOST)) {
    it(`is refused for ${name}, which it would lose, with the place`, () => {
      assert.throws(
        () => toJson(body),
        (/** @type {any} */ error) => {
          assert.ok(error instanceof errors.ArgumentError);
          assert.equal(error.code, 'ERR_IOT_BODY');
          assert.ok(error.message.startsWith(`${words}, `), error.message);
          assert.match(error.hint, hint);
          assert.equal(error.delivery, 'not sent');
          return true;
        },
      );
    });
  }

  it('is refused for what JSON itself refuses', () => {
    for (const [body, kind] of [
      [undefined, 'undefined'],
      [circle, 'an object'],
    ]) {
      const message = new RegExp(`^reported is ${kind}, which cannot be sent as JSON`);
      assert.throws(() => toJson(body, 'reported'), { code: 'ERR_IOT_BODY', message, hint: /^Give a value/ });
    }
  });

  it('has bigints that an app has taught JSON', () => {
    /** @type {any} */ (BigInt.prototype).toJSON = function () {
      return String(this);
    };
    try {
      assert.equal(toJson({ a: 10n }), '{"a":"10"}');
    } finally {
      delete (/** @type {any} */ (BigInt.prototype).toJSON);
    }
  });
});

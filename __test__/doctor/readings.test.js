'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { readAnswer } = require('../../lib/doctor/amqp');
const { nameConstraintsOf } = require('../../lib/doctor/name_constraints');
const { verdictInWords } = require('../../lib/failures/verdict_words');
const { randomOf } = require('../model/random');

/** What the doctor reads of bytes that strangers send. */

const HEADER = 'AMQP\x03\x01\x00\x00';
const latin1 = (/** @type {string} */ text) => Buffer.from(text, 'latin1');
/** ANONYMOUS, MSSBCBS and PLAIN, as an array of short symbols. */
const EDGE_HUB = latin1(
  `${HEADER}\x00\x00\x00\x2d\x02\x01\x00\x00\x00\x53\x40\xc0\x20\x01\xe0\x1d\x03\xa3\x09ANONYMOUS\x07MSSBCBS\x05PLAIN`,
);
/** The same by long forms. */
const LONG = latin1(
  `${HEADER}\x00\x00\x00\x3f\x02\x01\x00\x00\x00\x53\x40\xd0\x00\x00\x00\x2e\x00\x00\x00\x01\xf0\x00\x00\x00\x25\x00\x00\x00\x02\xb3\x00\x00\x00\x09ANONYMOUS\x00\x00\x00\x07MSSBCBS`,
);

describe('the answer to the greeting of AMQP', () => {
  it('is read with the mechanisms that it offers, in short and long forms', () => {
    assert.deepEqual(readAnswer(EDGE_HUB).mechanisms, ['ANONYMOUS', 'MSSBCBS', 'PLAIN']);
    assert.deepEqual(readAnswer(LONG).mechanisms, ['ANONYMOUS', 'MSSBCBS']);
    assert.deepEqual(readAnswer(latin1(HEADER)), { speaks: 'amqp', mechanisms: [] });
  });

  it('is told from what else may have the port', () => {
    const speaks = (/** @type {string} */ text) => readAnswer(latin1(text)).speaks;
    assert.equal(speaks('AMQP\x00\x00\x09\x01'), 'amqp-old');
    assert.equal(speaks('AMQP\x00\x01\x00\x00'), 'amqp-without-sasl');
    assert.equal(speaks('HTTP/1.1 400 Bad Request\r\n'), 'http');
    assert.equal(speaks('\x20\x02\x00\x05'), 'mqtt');
    assert.equal(speaks('220 mail'), 'other');
    assert.equal(speaks(''), 'nothing');
  });

  it('may be any bytes', () => {
    for (let seed = 1; seed <= 3000; seed += 1) {
      const random = randomOf(seed);
      const bytes = Buffer.from(random.of([EDGE_HUB, LONG]));
      for (let left = random.below(6); left > 0; left -= 1)
        bytes[random.below(bytes.length)] = random.below(256);
      const { mechanisms = [] } = readAnswer(bytes.subarray(0, random.below(bytes.length + 1)));
      assert.ok(mechanisms.every((name) => name.length > 0 && name.length < 100));
    }
  });
});

describe('name constraints', () => {
  const DER = latin1(
    '\x30\x20\x06\x03\x55\x1d\x1e\x01\x01\xff\x04\x14\x30\x12\xa0\x10\x30\x0e\x82\x0ccorp.example',
  );

  it('are read as far as they are about DNS names', () => {
    assert.deepEqual(nameConstraintsOf(DER), { permitted: ['corp.example'] });
    assert.equal(nameConstraintsOf(latin1('\x30\x00')), undefined);
  });

  it('may be any bytes', () => {
    for (let seed = 1; seed <= 3000; seed += 1) {
      const random = randomOf(seed);
      const bytes = Buffer.from(DER);
      for (let left = random.below(4); left > 0; left -= 1)
        bytes[random.below(bytes.length)] = random.below(256);
      nameConstraintsOf(bytes.subarray(0, random.below(bytes.length + 1)));
    }
  });
});

it('what a verifier says is told in words, whatever it is', () => {
  const raw = (/** @type {string} */ name) => `invalid peer certificate: Other(OtherError(${name}))`;
  assert.match(verdictInWords(raw('NameConstraintViolation')), /name constraints/);
  assert.match(verdictInWords('invalid peer certificate: BadEncoding'), /DER/);
  assert.equal(verdictInWords(raw('SomethingQuiteNew')), 'something quite new');
  assert.equal(verdictInWords('it has 17 certificates'), 'it has 17 certificates');
});

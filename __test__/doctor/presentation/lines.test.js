'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { duration } = require('../../../lib/doctor/presentation/duration');
const { printable } = require('../../../lib/doctor/presentation/printable');
const { summaryOf } = require('../../../lib/doctor/presentation/summary');
const { validity } = require('../../../lib/doctor/presentation/validity');
const { waitingText } = require('../../../lib/doctor/presentation/waiting');
const { hanging, wrap } = require('../../../lib/doctor/presentation/wrap');
const { AT, FACTS, ROOT, certificate, day } = require('./planted');

describe('wrapping', () => {
  it('breaks between words, and counts characters, not code units', () => {
    assert.deepEqual(wrap('one two  three\nfour', 9), ['one two', 'three', 'four']);
    assert.deepEqual(wrap('𝔞𝔟𝔠 𝔡𝔢', 6), ['𝔞𝔟𝔠 𝔡𝔢']);
    assert.deepEqual(wrap('', 9), ['']);
  });

  it('leaves a word whole that is longer than a line', () => {
    assert.deepEqual(wrap('see AA:BB:CC:DD:EE here', 8), ['see', 'AA:BB:CC:DD:EE', 'here']);
    assert.deepEqual(wrap('word', -1), ['word']);
  });

  it('hangs lines from what stands before them', () => {
    assert.deepEqual(hanging('one two three', 10, '- '), ['- one two', '  three']);
    assert.deepEqual(hanging('one two three', 10, '- ', '| '), ['- one two', '| three']);
  });
});

describe('while a step is taken', () => {
  it('the line never is wider than the terminal', () => {
    for (const stage of [undefined, 'resolve', 'tcp', 'tls', 'connack']) {
      for (const ms of [0, 900, 5000, 119_000]) {
        for (let width = 0; width <= 130; width++) {
          const text = waitingText({ title: 'Staying connected', stage, ms }, width);
          assert.ok(text.length <= width, `${width}: ${text}`);
        }
      }
    }
  });

  it('it tells the seconds, and for what a refusal may take 100 of them', () => {
    const connect = { title: 'CONNECT', stage: 'connack' };
    assert.equal(waitingText({ ...connect, ms: 0 }, 77), 'CONNECT: waiting for the answer');
    assert.match(
      waitingText({ ...connect, ms: 42_500 }, 117),
      /^CONNECT: waiting for the answer, 42 s\. A gateway/,
    );
    const usual = waitingText({ ...connect, ms: 42_500 }, 77);
    assert.equal(usual, 'CONNECT, 42 s: a gateway that does not know the device can take 100 s');
    assert.equal(waitingText({ ...connect, ms: 42_500 }, 37), 'CONNECT, 42 s of up to 100 s');
    assert.equal(waitingText({ title: 'TCP', ms: 3000 }, 37), 'TCP, 3 s');
  });
});

it('durations are told as closely as they matter', () => {
  assert.deepEqual([0, 999, 1000, 9949, 10_400, 104_000].map(duration), [
    '0 ms',
    '999 ms',
    '1.0 s',
    '9.9 s',
    '10 s',
    '104 s',
  ]);
});

describe('when a certificate is valid', () => {
  /** @type {[string, number, number, string][]} From and to in days; what is told. */
  const CASES = [
    ['far from its end', -10, 20.5, '20 days left'],
    ['on its last day', -10, 0.5, 'less than a day left'],
    ['a day before', -10, 1.5, '1 day left'],
    ['just after', -10, -0.5, 'EXPIRED within the last day'],
    ['long after', -10, -3.5, 'EXPIRED 3 days ago'],
    ['before it begins', 2.5, 30, 'NOT YET VALID, only in 2 days'],
    ['minutes before it begins', 0.01, 30, 'NOT YET VALID, only in 15 minutes'],
  ];
  for (const [name, from, to, left] of CASES) {
    it(name, () => {
      const dates = { validFrom: day(from), validTo: day(to), daysLeft: Math.floor(to) };
      const told = validity(certificate('CN=x', 'CN=y', dates), AT);
      assert.equal(told.left, left);
      assert.equal(told.valid, from <= 0 && to >= 0);
    });
  }

  it('with the hour where it counts', () => {
    const dates = { validFrom: day(-10), validTo: day(1.5), daysLeft: 1 };
    assert.equal(
      validity(certificate('CN=x', 'CN=y', dates), AT).between,
      '2026-02-19 12:00Z to 2026-03-03 00:00Z',
    );
  });
});

it('what is not printable is replaced wherever it stands, and a line stays a line', () => {
  assert.deepEqual(printable({ a: ['x\x1by', 'b\r\n c'], n: 1, none: null, u: undefined }, '?'), {
    a: ['x?y', 'b c'],
    n: 1,
    none: null,
    u: undefined,
  });
});

describe('a step that went well says what it found out:', () => {
  const { ca, clock, port } = /** @type {Required<import('../../..').DiagnosisFacts>} */ (FACTS);
  /** @type {[import('../../..').DiagnosisStepName, Partial<import('../../..').DiagnosisFacts>, string][]} */
  const CASES = [
    ['connectionString', {}, 'device d1 of hub.azure-devices.net, to gateway.local:8883'],
    ['ca', {}, 'root.pem: CN=root (20 days left)'],
    [
      'ca',
      { ca: { ...ca, origin: 'environment' } },
      'root.pem: CN=root (20 days left), by PATH_TO_EDGE_CA_CERT',
    ],
    [
      'ca',
      { ca: { ...ca, path: undefined, roots: [ROOT, ROOT] } },
      'CN=root (20 days left); CN=root (20 days left)',
    ],
    [
      'ca',
      { ca: { origin: 'system', roots: [], systemRoots: true, bundledRoots: false } },
      'none given: the roots of the system count',
    ],
    [
      'ca',
      { ca: { origin: 'system', roots: [ROOT], systemRoots: true, bundledRoots: false } },
      'none given: the roots of the system count, and of NODE_EXTRA_CA_CERTS: CN=root (20 days left)',
    ],
    [
      'ca',
      { ca: { origin: 'system', roots: [], systemRoots: true, bundledRoots: true } },
      'none given: the roots that come with Node count, as the system has none',
    ],
    ['name', {}, 'gateway.local is 192.168.1.4'],
    ['name', { name: { host: '::1', addresses: ['::1'] } }, '::1 is an address'],
    ['port', {}, 'port 8883 of 192.168.1.4 is open'],
    [
      'port',
      { port: { ...port, others: [{ address: '192.168.1.4', port: 443, outcome: 'open', ms: 1 }] } },
      'port 8883 of 192.168.1.4 is open, and so is 443',
    ],
    ['tls', {}, 'TLSv1.3, TLS_AES_256_GCM_SHA384'],
    ['certificate', {}, '2 certificates, trusted for gateway.local'],
    ['clock', {}, '2026-03-01T12:00:00Z; no other clock to compare it with'],
    [
      'clock',
      { clock: { ...clock, witness: { source: 'http://192.168.1.4:80', time: AT }, aheadMs: -7_200_000 } },
      '2026-03-01T12:00:00Z, is 7200 s behind http://192.168.1.4:80',
    ],
    ['token', {}, 'made from the key for hub.azure-devices.net/devices/d1, until 2026-03-02T12:00:00Z'],
    ['connect', {}, 'accepted after 3 ms; a new session'],
    ['send', {}, 'one message acknowledged after 4 ms'],
    ['stay', {}, 'connected for 5.0 s, without a loss'],
  ];
  for (const [step, changes, told] of CASES) {
    it(told, () => assert.equal(summaryOf(step, { ...FACTS, ...changes }), told));
  }
});

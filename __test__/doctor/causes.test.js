'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { tmpdir } = require('node:os');
const { inspect } = require('node:util');
const { CAUSES } = require('../../lib/doctor/causes');
const { examine } = require('../../lib/doctor/examination');
const { wrap } = require('../../lib/doctor/presentation/wrap');
const scenes = require('./scenes');
const { KEY, LIMITS, optionsOf } = require('./surroundings');
const { documented, section, write } = require('./words');

/** The first of each code. @type {Map<string, import('../..').Finding>} */
const seen = new Map();

/** Gateways and networks that are really in that state, and what the doctor says first. */
for (const [area, table] of Object.entries(scenes)) {
  describe(area, () => {
    for (const [name, bring] of Object.entries(table)) {
      it(name, async (t) => {
        const scene = await bring(t);
        const { surroundings = {}, code, secrets = [] } = scene;
        const limits = { ...LIMITS, ...surroundings.limits };
        const report = await examine(optionsOf(scene), { webPorts: [], env: {}, ...surroundings, limits });
        const [first] = report.findings;
        const expected = code ?? name.split(',')[0];
        assert.equal(first?.code, expected, inspect(report.findings, { depth: 3 }));
        if (!seen.has(expected)) seen.set(expected, first);
        assert.equal(first.severity, 'problem');
        assert.equal(report.healthy, false);
        assertTold(report);
        assertSecret(report, [KEY, ...secrets]);
      });
    }
  });
}

it('knows at least thirty causes beside those of the connection string', () => {
  const counts = Object.entries(scenes).map(([area, table]) => [area, Object.keys(table).length]);
  assert.ok(counts.every(([, count]) => Number(count) >= 5));
  const beside = Object.entries(scenes).filter(([area]) => !area.includes('connection string'));
  const all = beside.flatMap(([, table]) => Object.keys(table).map((name) => name.split(',')[0]));
  assert.ok(new Set(all).size >= 30, `${new Set(all).size}`);
});

it('docs/doctor.md shows every finding in its words', () => {
  const words = section(seen);
  if (process.env.UPDATE_DOCS) write(words);
  const [shown, made] = [documented(), words].map((text) => text.split('\n### '));
  const hint = 'UPDATE_DOCS=1 node --test __test__/doctor/causes.test.js writes them';
  assert.equal(shown.length, made.length, hint);
  made.forEach((each, index) => assert.equal(shown[index], each, hint));
});

/** The beginning of a file that may be a key; a connection string, unless it goes into a file. */
const PRINTS_A_KEY = /head -c|\bcat |connection-string show(?!.*> )/;
/** What somebody presents is no root to trust. */
const TAKES_WHAT_IS_PRESENTED = /showcerts|s_client.*>|one presented|of the chain/;

/** @param {import('../..').Diagnosis} report */
function assertTold({ findings, verdict, unknowable }) {
  assert.match(verdict, /^\S.{20,}\.$/);
  assert.ok(unknowable.length === 0 || unknowable.length === 2);
  for (const { code, severity, title, explanation, remedy, command = '', evidence, step } of findings) {
    assert.equal(severity, CAUSES[code], code);
    for (const text of [title, explanation, remedy]) {
      assert.match(text, /^\S[^\n]{5,}$/, `${code}: ${text}`);
      // A temporary file has a longer name than people give.
      assert.ok(wrap(text.replaceAll(tmpdir(), ''), 80).length <= 3, `${code} is too long: ${text}`);
      assert.doesNotMatch(text, /undefined|NaN|\[object/, code);
    }
    assert.ok(step);
    assert.doesNotMatch(command, PRINTS_A_KEY, code);
    assert.doesNotMatch(`${remedy} ${command}`, TAKES_WHAT_IS_PRESENTED, code);
    assert.ok(Object.values(evidence).every((value) => value !== undefined));
  }
}

/**
 * @param {unknown} report
 * @param {string[]} secrets
 */
function assertSecret(report, secrets) {
  const text =
    JSON.stringify(report) + inspect(report, { depth: 9, showHidden: true, maxStringLength: null });
  for (const secret of secrets.flatMap((each) => [each, encodeURIComponent(each)])) {
    assert.ok(secret.length > 10 && !text.includes(secret), 'a secret is in the report');
  }
  assert.doesNotMatch(text, /\bsig=|SharedAccessKey=[^<…]/);
}

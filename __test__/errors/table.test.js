'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { ROOT, errorsIn, errorsMade } = require('./sources');

/** docs/errors.md says of every error what the sources say, and of no other. */

const COLUMNS = ['`code`', 'class', 'when', 'what to do'];

/** @typedef {{ code: string, types: string[], when: string, remedy: string }} Entry */

/** @returns {Entry[]} The rows of all tables with these columns. */
function entries() {
  const cells = fs
    .readFileSync(path.join(ROOT, 'docs/errors.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, -1).split(' | ').map((cell) => cell.trim())); // prettier-ignore
  return cells
    .filter(([code]) => code.startsWith('`ERR_IOT_'))
    .map((row) => {
      assert.equal(row.length, COLUMNS.length, row.join(' | '));
      const [code, types, when, remedy] = row;
      return { code: code.replaceAll('`', ''), types: types.split(', ').sort(), when, remedy };
    });
}

/** They say of servers of the cloud what the table says of gateways. */
const OF_CLOUD = /^lib\/failures\/cloud\.js:/;

/** @returns {Map<string, import('./sources').Made[]>} */
function madeByCode() {
  const made = new Map();
  for (const each of errorsMade()) {
    if (!OF_CLOUD.test(each.at)) made.set(each.code, [...(made.get(each.code) ?? []), each]);
  }
  return made;
}

/** Several values side by side are one. */
const plain = (text) => text.replaceAll('`', '').replace(/…( ?…)+/g, '…');

/** @param {(string | undefined)[]} messages Those of one code. */
const isOneWording = (messages) => messages.length === 1 && /\w/.test(messages[0] ?? '');

const table = entries();
const made = madeByCode();

test('the table has every code that lib/ makes, once, and no other', () => {
  assert.ok(made.size > 80, 'the sources were read');
  assert.deepEqual(table.map(({ code }) => code).sort(), [...made.keys()].sort());
});

for (const { code, types, when, remedy } of table) {
  test(`${code} is of the class, and begins with the words, that the table says`, () => {
    const places = made.get(code) ?? [];
    assert.deepEqual(
      types,
      [...new Set(places.map(({ type }) => type))].sort(),
      places.map(({ at }) => at).join(),
    );
    const messages = [...new Set(places.map(({ message }) => message))];
    if (isOneWording(messages)) {
      assert.ok(plain(when).startsWith(plain(messages[0])), `${places[0].at}: ${messages[0]}`);
    }
    for (const text of [when, remedy]) assert.match(text, /^\S.{8,}$/);
  });
}

test('most wordings are compared', () => {
  const wordings = [...made.values()].map((places) => [...new Set(places.map(({ message }) => message))]);
  const compared = wordings.filter(isOneWording);
  assert.ok(compared.length > 0.8 * made.size, `${compared.length} of ${made.size}`);
});

test('whatever else names a code names one there is', () => {
  for (const file of ['README.md', 'index.d.ts', 'docs/errors.md', 'SECURITY.md', 'ARCHITECTURE.md']) {
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
    for (const [, name, more] of text.matchAll(/\b(ERR_IOT_[A-Z0-9_]*)(…?)/g)) {
      const known = more ? [...made.keys()].some((code) => code.startsWith(name)) : made.has(name);
      assert.ok(known, `${file} names ${name}${more}`);
    }
  }
});

test('a code that stands in the sources in a way nobody understands is found', () => {
  const understood = `
    function unusable(code, message) { return failure(ArgumentError, code, message); }
    unusable('ERR_IOT_A', 'a');
    throw failure(URIError, 'ERR_IOT_B', \`b \${1}, b\`);
    const ROWS = [{ kind: 'c', code: 'ERR_IOT_C', type: TimeoutError, message: ({ at }) => \`c \${at}\` }];`;
  assert.deepEqual(
    errorsIn('x.js', understood).map(({ at: _, ...rest }) => rest),
    [
      { code: 'ERR_IOT_A', type: 'ArgumentError', message: 'a' },
      { code: 'ERR_IOT_B', type: 'URIError', message: 'b …, b' },
      { code: 'ERR_IOT_C', type: 'TimeoutError', message: 'c …' },
    ],
  );
  for (const obscure of [
    "const code = 'ERR_IOT_D'; failure(Error, code, 'd');",
    'failure(Error, `ERR_IOT_${stage}`, "e");',
    "Object.assign(new Error('f'), { code: 'ERR_IOT_F' });",
  ]) {
    assert.throws(() => errorsIn('x.js', obscure), /x\.js:1: nobody knows/);
  }
});

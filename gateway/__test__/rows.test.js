// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { gatewayFor, keyOf } = require('./raw-device');
const { RELEASES, ROWS } = require('./rows/basis');
const { CHECKS } = require('./rows/index');
const { table, testsByRow } = require('./rows/table');
const { World } = require('./rows/world');

for (const { row, name, run } of CHECKS) {
  test(`${row} ${name}`, async (t) => {
    const limits = row === 'T2' ? { connectTimeoutMs: 300 } : {};
    const gateway = await gatewayFor(t, { limits });
    const world = new World({
      host: 'localhost',
      port: gateway.port,
      webPort: gateway.webSocketPort,
      rootPem: gateway.rootPem,
      hubHostName: gateway.hubHostName,
      id: 'd1',
      key: keyOf(gateway, 'd1'),
      ...limits,
    });
    t.after(() => world.end());
    await run(world);
  });
}

test('every row has a test that is named after it, and every such test a row', () => {
  const tests = testsByRow();
  const without = [...tests].filter(([, found]) => found.length === 0).map(([row]) => row);
  assert.deepStrictEqual(without, []);
  assert.deepStrictEqual(
    [...tests.keys()].filter((row) => !Object.hasOwn(ROWS, row)),
    [],
  );
});

test('every row says in which release it was read', () => {
  for (const [row, { rests }] of Object.entries(ROWS)) {
    assert.ok(rests.length > 0, row);
    for (const file of rests) {
      const known = Object.keys(RELEASES).some(
        (name) => file === name || new RegExp(`^${name}[./]`).test(file),
      );
      assert.ok(known, `${row}: ${file}`);
    }
  }
});

test('the table has a line for each row, and says what is open', () => {
  /** @type {string[]} */
  const lines = [];
  table((line) => lines.push(line), { tests: true });
  for (const [row, { what, open }] of Object.entries(ROWS)) {
    assert.ok(
      lines.some((line) => line.startsWith(row) && line.endsWith(what)),
      row,
    );
    if (open) assert.ok(lines.includes(`    open: ${open}`), row);
  }
  assert.ok(lines.some((line) => line.includes('a token with a field twice: CONNACK 5 [outside]')));
});

'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const typescript = require('typescript');
const { ROOT, emptyProject, run } = require('./runner');

/** The examples do what they say. */

const EXAMPLES = path.join(ROOT, 'examples');
const DEVICE = path.join(EXAMPLES, 'edge_downstream_device.js');
const flags = ['-r', 'edge-downstream/register'];

test('edge_downstream_device.js waits for a message from the cloud if it is told to', async (t) => {
  const onGateway = (gateway) =>
    gateway.once('subscribed', () => gateway.sendC2D('d1', 'hi', { properties: { a: 'b' } }));
  const args = ['--messages', '1', '--wait-for-c2d'];
  const { code, stdout, stderr } = await run(t, DEVICE, { flags, args, onGateway });
  assert.deepEqual([code, stderr], [0, '']);
  const expected = [
    'Connected',
    'Message 1: MessageEnqueued',
    'From the cloud: hi (a=b)',
    'MessageCompleted',
    'Closed',
  ];
  assert.deepEqual(stdout.trim().split('\n').sort(), expected.sort());
});

for (const [name, register] of /** @type {[string, string[]][]} */ ([
  ['the originals', []],
  ['this package', flags],
])) {
  for (const how of /** @type {const} */ (['fin', 'rst'])) {
    test(
      `edge_downstream_device.js gets over a loss by ${how} on ${name}`,
      { timeout: 60_000 },
      async (t) => {
        const onGateway = (gateway) => {
          const seen = new Set();
          gateway.on('telemetry', ({ body }) => {
            const { number } = JSON.parse(String(body));
            if (seen.has(number)) return;
            seen.add(number);
            if (number === 2) gateway.cut('d1', how);
            if (number === 5) gateway.sendC2D('d1', 'still there?');
          });
        };
        const args = ['--messages', '5', '--interval', '20', '--wait-for-c2d'];
        const { code, stdout, telemetry } = await run(t, DEVICE, { flags: register, args, onGateway });
        assert.equal(code, 0);
        assert.equal(new Set(telemetry.map(({ body }) => JSON.parse(body).number)).size, 5);
        assert.match(stdout, /From the cloud: still there\?\nMessageCompleted\n/);
        assert.match(stdout, /\nClosed\n$/);
      },
    );
  }
}

test('edge_downstream_device.js explains a wrong setting', async (t) => {
  for (const [args, words] of [
    [['--messages', 'many'], "--messages is 'many', not a whole number from 1 on"],
    [['--messages', '0'], "--messages is '0', not a whole number from 1 on"],
    [['--interval', '1.5'], "--interval is '1.5', not a whole number from 0 on"],
    [['--intervall', '1'], "Unknown option '--intervall'"],
  ]) {
    const { code, stdout, stderr } = await run(t, DEVICE, { flags, args });
    assert.deepEqual([code, stdout], [2, '']);
    assert.ok(stderr.startsWith(words), stderr);
    assert.match(stderr, /Options: --messages <count>/);
  }
});

test('edge_downstream_device.js says why it cannot connect', async (t) => {
  const onGateway = (gateway) => gateway.disableDevice('d1');
  const { code, stderr } = await run(t, DEVICE, { flags, onGateway });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^Cannot connect: The gateway at localhost:\d+ refused device "d1".*\nCheck SharedAccessKey/,
  );
});

test('telemetry.mjs', async (t) => {
  const onGateway = (gateway) => gateway.sendC2D('d1', 'hello');
  const { code, stdout, stderr, telemetry } = await run(t, path.join(EXAMPLES, 'telemetry.mjs'), {
    onGateway,
  });
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /Reading 5 arrived after [\d.]+ ms, as [\w-]{36}\n/);
  assert.match(stdout, /From the cloud: hello\n/);
  assert.match(stdout, /\nclosed\n$/);
  assert.deepEqual(
    telemetry.map(({ body }) => JSON.parse(body).number),
    [1, 2, 3, 4, 5],
  );
});

test(
  'typescript.ts compiles as it stands in a project of its own, and runs',
  { timeout: 60_000 },
  async (t) => {
    const cwd = emptyProject(t);
    fs.mkdirSync(path.join(cwd, 'node_modules', '@types'));
    fs.symlinkSync(
      path.join(ROOT, 'node_modules', '@types', 'node'),
      path.join(cwd, 'node_modules', '@types', 'node'),
    );
    const source = path.join(cwd, 'device.ts');
    fs.copyFileSync(path.join(EXAMPLES, 'typescript.ts'), source);
    const program = typescript.createProgram([source], {
      strict: true,
      module: typescript.ModuleKind.Node16,
      moduleResolution: typescript.ModuleResolutionKind.Node16,
      target: typescript.ScriptTarget.ES2022,
      typeRoots: [path.join(cwd, 'node_modules', '@types')],
      types: ['node'],
      noEmitOnError: true,
    });
    const { diagnostics, emitSkipped } = program.emit();
    const all = [...typescript.getPreEmitDiagnostics(program), ...diagnostics];
    assert.deepEqual(
      all.map(({ messageText }) => typescript.flattenDiagnosticMessageText(messageText, '\n')),
      [],
    );
    assert.equal(emitSkipped, false);
    const { code, stdout, stderr, telemetry } = await run(t, path.join(cwd, 'device.js'), { cwd });
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^Arrived after [\d.]+ ms\n$/);
    assert.equal(JSON.parse(telemetry[0].body).temperature, 21.5);
  },
);

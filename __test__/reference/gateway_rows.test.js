'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');
const { createChain } = require('../../gateway');
const { Cli } = require('../../gateway/__test__/cli_process');
const { Mosquitto } = require('../wire/mosquitto');

const SCRIPT = path.join(__dirname, '../../scripts/gateway_rows.js');

/** What `npm run gateway:rows` prints, and its exit code. */
async function rows(...args) {
  const run = promisify(execFile)(process.execPath, [SCRIPT, ...args], { maxBuffer: 1 << 24 });
  const { stdout, code = 0 } = await run.catch((error) => error);
  return { lines: stdout.trimEnd().split('\n'), code };
}

test('the rows of the local gateway, started by its command line, agree', async (t) => {
  const cli = Cli.start(t, ['--port', '0', '--device', 'pump', '--no-color']);
  const [connectionString] = await cli.shows(/HostName=\S+/);
  const [, root] = await cli.shows(/^Root CA +(\S+)$/m);
  const [, port] = /:(\d+)$/.exec(connectionString);
  const given = ['--against', connectionString, '--ca', root, '--web-port', port];
  const { lines, code } = await rows(...given, '--also', 'telemetry,twin');
  assert.deepEqual(
    lines.filter((line) => /\bdiffers\b/.test(line)),
    [],
  );
  assert.equal(code, 0);
  assert.match(
    lines.find((line) => / agree, /.test(line)),
    /^1[34]\d agree, 0 differ, 2 left out$/,
  );
  assert.ok(lines.includes('C6  agrees'));

  const one = await rows(...given, '--row', 'C7', '--also', 'slow');
  assert.equal(one.code, 0);
  assert.deepEqual(one.lines.slice(-1), ['C7  agrees']);

  const harmless = await rows(...given, '--cloud', 'none');
  assert.equal(harmless.code, 0);
  const leftOut = harmless.lines.filter((line) => /^\S+ +left out /.test(line));
  assert.deepEqual([...new Set(leftOut.map((line) => /\(([^()]*)\)$/.exec(line)[1]))].sort(), [
    'needs the cloud',
    'not harmless: --also slow',
    'not harmless: --also telemetry',
    'not harmless: --also twin',
  ]);
});

test('without --web-port the rows of HTTPS are left out where nothing listens at 443', async (t) => {
  // Nobody else has ports there.
  const host = '127.88.88.88';
  const cli = Cli.start(t, [
    '--port',
    '0',
    '--device',
    'pump',
    '--no-color',
    '--host',
    host,
    '--listen',
    host,
  ]);
  const [connectionString] = await cli.shows(/HostName=\S+/);
  const [, root] = await cli.shows(/^Root CA +(\S+)$/m);
  const { lines, code } = await rows('--against', connectionString, '--ca', root, '--row', 'W2');
  assert.equal(code, 0);
  assert.match(lines[0], /^W2 +left out .*\(nothing listens for HTTPS at port 443: --web-port\)$/);
  assert.match(lines.at(-1), /^0 agree, 0 differ, \d+ left out$/);
});

test('most rows of Mosquitto differ', async (t) => {
  const chain = await createChain({
    variant: 'p-256',
    certificates: { server: { serialNumber: Buffer.of(7) } },
  });
  const mosquitto = new Mosquitto();
  t.after(() => mosquitto.stop());
  await mosquitto.start(chain);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rows-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const ca = path.join(folder, 'root.pem');
  fs.writeFileSync(ca, chain.rootPem);
  const key = Buffer.alloc(32).toString('base64');
  const connectionString = `HostName=hub;DeviceId=pump;SharedAccessKey=${key};GatewayHostName=localhost:${mosquitto.port}`;
  const { lines, code } = await rows(
    '--against',
    connectionString,
    '--ca',
    ca,
    '--web-port',
    '0',
    '--cloud',
    'none',
    '--patience',
    '2',
  );
  assert.equal(code, 1);
  const verdicts = lines.filter(
    (line) => /^[A-Z]\d+ +(agrees|differs)$/.test(line) || /^[A-Z]\d+ +differs in/.test(line),
  );
  const differing = verdicts.filter((line) => / differs/.test(line));
  assert.ok(differing.length > verdicts.length / 2, verdicts.join('\n'));
  assert.ok(verdicts.includes('K2  agrees') && verdicts.some((line) => /^C6 +differs/.test(line)));
});

test('what cannot be run is told, with exit code 2', async (t) => {
  const cli = Cli.start(t, ['--port', '0', '--device', 'pump', '--no-color']);
  const [connectionString] = await cli.shows(/HostName=\S+/);
  const [, root] = await cli.shows(/^Root CA +(\S+)$/m);
  const good = ['--against', connectionString, '--ca', root];
  const refused = [
    [['--against', connectionString], /^Usage: npm run gateway:rows/],
    [[...good, '--all'], /^Unknown option '--all'/],
    [[...good, '--cloud', 'some'], /^--cloud can be none, not 'some'$/],
    [[...good, '--also', 'everything'], /^--also can be telemetry, twin, slow or all, not 'everything'$/],
    [[...good, '--web-port', 'x'], /^--web-port is a number, not 'x'$/],
    [['--against', 'HostName=h', '--ca', root], /^the connection string has no DeviceId$/],
    [['--against', connectionString, '--ca', `${root}.none`], /cannot be read/],
    [
      ['--against', connectionString.replace(/SharedAccessKey=[^;]+/, 'SharedAccessKey=eA=='), '--ca', root],
      /^'pump' does not get in at localhost:\d+: CONNACK '20020005'$/,
    ],
  ];
  for (const [args, message] of refused) {
    const { lines, code } = await rows(...args);
    assert.match(lines[0], message);
    assert.equal(code, 2);
  }
});

test('without a gateway to compare with it prints what the rows rest on', async () => {
  const { lines, code } = await rows();
  assert.equal(code, 0);
  assert.ok(lines.some((line) => /^C10 over 100 clients/.test(line)));
  assert.ok(lines.includes('    open: what such a client notices'));
});

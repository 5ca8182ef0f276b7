'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { ROOT, emptyProject, run } = require('./runner');

/** Each script in `scripts/` runs on the original packages and on this one: same file, same output, same telemetry. */

const SCRIPTS = path.join(__dirname, 'scripts');
const REGISTER = 'edge-downstream/register';

/** @param {string} name */
function flagsFor(name) {
  return name.endsWith('.mjs') ? [['--import', REGISTER]] : [['-r', REGISTER]];
}

/** Those whose features a gateway as strict as IoT Hub answers otherwise run on one, too. */
const STRICTLY = ['methods.js', 'twin.js'];

const settings = fs
  .readdirSync(SCRIPTS)
  .sort()
  .flatMap((name) =>
    STRICTLY.includes(name)
      ? [
          [name, false],
          [name, true],
        ]
      : [[name, false]],
  );

for (const [name, strict] of /** @type {[string, boolean][]} */ (settings)) {
  test(strict ? `${name}, on a strict gateway` : name, { timeout: 60_000 }, async (t) => {
    const script = path.join(SCRIPTS, name);
    const original = await run(t, script, { strict });
    assert.deepEqual([original.code, original.signal], [0, null], `on the originals: ${original.stderr}`);
    assert.notEqual(original.stdout, '');
    assert.equal(original.ranOn, 'originals');
    for (const flags of flagsFor(name)) {
      const ours = await run(t, script, { flags, strict });
      assert.deepEqual([ours.ranOn, ours.stderr], ['ours', '']);
      assert.equal(ours.stdout, original.stdout);
      assert.deepEqual([ours.code, ours.signal], [0, null]);
      assert.deepEqual(ours.telemetry, original.telemetry);
      assert.deepEqual(ours.twin, original.twin);
    }
  });
}

test('the scripts run where the originals are not installed', { timeout: 60_000 }, async (t) => {
  const cwd = emptyProject(t);
  for (const name of ['downstream_device.js', 'modules.mjs']) {
    fs.copyFileSync(path.join(SCRIPTS, name), path.join(cwd, name));
    const script = path.join(cwd, name);
    const without = await run(t, script, { cwd });
    assert.equal(without.code, 1);
    assert.match(without.stderr, /Cannot find (module|package) 'azure-iot-device'/);
    const [flags] = flagsFor(name);
    const { code, stdout, stderr, telemetry } = await run(t, script, { cwd, flags });
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout, (await run(t, path.join(SCRIPTS, name))).stdout);
    assert.ok(telemetry.length > 0);
  }
});

test('named imports work that the originals do not offer', { timeout: 60_000 }, async (t) => {
  const cwd = emptyProject(t);
  const script = path.join(cwd, 'app.mjs');
  const text = `
    import { Client, Message, ConnectionString } from 'azure-iot-device';
    import { Mqtt } from 'azure-iot-device-mqtt';
    import { errors, results, NoRetry, Message as Same } from 'azure-iot-common';
    import { readFileSync } from 'node:fs';
    const client = Client.fromConnectionString(process.env.IOTHUB_DEVICE_CONNECTION_STRING, Mqtt);
    client.setRetryPolicy(new NoRetry());
    await client.setOptions({ ca: readFileSync(process.env.PATH_TO_EDGE_CA_CERT, 'utf-8') });
    console.log((await client.sendEvent(new Message('x'))) instanceof results.MessageEnqueued, Message === Same);
    console.log(typeof ConnectionString.parse, new errors.ArgumentError() instanceof Error);
    await client.close();
  `;
  fs.writeFileSync(script, text);
  const { code, stdout, stderr } = await run(t, script, { cwd, flags: ['--import', REGISTER] });
  assert.deepEqual([code, stderr, stdout], [0, '', 'true true\nfunction true\n']);
});

test('the example is such a script', { timeout: 60_000 }, async (t) => {
  const script = path.join(ROOT, 'examples', 'edge_downstream_device.js');
  const args = ['--messages', '3', '--interval', '0'];
  const original = await run(t, script, { args });
  const ours = await run(t, script, { args, flags: ['-r', REGISTER] });
  assert.deepEqual([original.ranOn, ours.ranOn], ['originals', 'ours']);
  for (const { code, stderr, stdout, telemetry } of [original, ours]) {
    assert.deepEqual([code, stderr], [0, '']);
    const sent = [1, 2, 3].map((number) => `Message ${number}: MessageEnqueued`);
    assert.deepEqual(stdout.split('\n'), ['Connected', ...sent, 'Closed', '']);
    assert.deepEqual(
      telemetry.map(({ body }) => JSON.parse(body).number),
      [1, 2, 3],
    );
  }
});

// @ts-check
'use strict';

const assert = require('node:assert');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');
const { Cli } = require('../../cli_process');
const { directoryFor } = require('../../directory');
const { ifAllIsThere, nextAddress, program, pythonWith, requirePorts } = require('./preparation');

const run = promisify(execFile);

/**
 * The command line on the ports that SDKs know.
 * @param {import('node:test').TestContext} t
 */
async function started(t) {
  const address = nextAddress();
  await requirePorts(address, [8883]);
  const cli = Cli.start(t, ['--host', address, '--listen', address]);
  const lineBelow = async (/** @type {string} */ title) => {
    const [, line] = await cli.shows(new RegExp(`^${title}[^\\n]*\\n\\n([^\\n]+)\\n`, 'm'));
    return line;
  };
  await cli.shows(/Why a device does not connect:/);
  return { cli, lineBelow };
}

test('the line for mosquitto_pub sends a message', (t) =>
  ifAllIsThere(t, async () => {
    program('mosquitto_pub', 'Debian: apt-get install mosquitto-clients');
    const { cli, lineBelow } = await started(t);
    await run('sh', ['-c', await lineBelow('Without an SDK')], { cwd: directoryFor(t) });
    await cli.shows(/device1 +telemetry +hello\n/);
  }));

test('the lines for Python make a client that connects', (t) =>
  ifAllIsThere(t, async () => {
    const python = pythonWith('azure', 'azure-iot-device==2.14.0');
    const { cli, lineBelow } = await started(t);
    const script = [
      'import os',
      'from azure.iot.device import IoTHubDeviceClient',
      await lineBelow('In Python'),
      'client.connect()',
      'client.send_message("from Python")',
      'client.shutdown()',
    ];
    const environment = await lineBelow('For a program that is this device');
    await run('sh', ['-c', `${environment}; exec ${python} -c '${script.join('\n')}'`], {
      cwd: directoryFor(t),
    });
    await cli.shows(/device1 +telemetry +from Python\n/);
  }));

test('the lines for Node.js make a client that connects', (t) =>
  ifAllIsThere(t, async () => {
    const { cli, lineBelow } = await started(t);
    const script = `
      const fs = require('node:fs');
      const { Client, Message } = require('azure-iot-device');
      const { Mqtt } = require('azure-iot-device-mqtt');
      (async () => {
        ${await lineBelow('In Node.js')}
        await client.open();
        await client.sendEvent(new Message('from Node.js'));
        await client.close();
      })();`;
    const environment = await lineBelow('For a program that is this device');
    const root = path.join(__dirname, '..', '..', '..', '..');
    const env = { ...process.env, SCRIPT: script };
    const { stderr } = await run('sh', ['-c', `${environment}; exec ${process.execPath} -e "$SCRIPT"`], {
      cwd: root,
      env,
    });
    assert.strictEqual(stderr, '');
    await cli.shows(/device1 +telemetry +from Node\.js\n/);
  }));

// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { test } = require('node:test');
const { NoRetry } = require('azure-iot-common');
const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');
const { Cli } = require('./cli_process');
const { directoryFor } = require('./directory');

const CONNECTION_STRING = /^HostName=.*$/m;
const READY = /^HostName=.*\n[^]*\n$/m;

/**
 * A device of the original library, with what the command line printed.
 * @param {Cli} cli
 */
async function deviceOf(cli) {
  const [connectionString] = await cli.shows(CONNECTION_STRING);
  const [, rootFile] = await cli.shows(/^Root CA +(.*)$/m);
  const device = Client.fromConnectionString(connectionString, Mqtt);
  cli.devices.push(device);
  device.setRetryPolicy(new NoRetry());
  await device.setOptions({ ca: fs.readFileSync(rootFile, 'utf8') });
  return device;
}

test('it prints what a device needs, shows what it does, and ends with Ctrl-C', async (t) => {
  const cli = Cli.start(t, ['--port', '0']);
  const device = await deviceOf(cli);
  await device.open();
  await cli.shows(/device1 +connected +TLSv1\.3 from /);
  const message = new Message('{"temperature":21}');
  message.properties.add('alert', 'false');
  await device.sendEvent(message);
  await cli.shows(/device1 +telemetry +\{"temperature":21\} {2}alert=false/);
  const arrived = once(device, 'message');
  await cli.shows(/device1 +subscribed +devices\/device1\/messages\/devicebound\/# QoS 1/);
  cli.type('send device1 good morning');
  assert.strictEqual((await arrived)[0].getData().toString(), 'good morning');
  await cli.shows(/device1 +c2d +completed /);
  await device.close();
  await cli.shows(/device1 +disconnected +DISCONNECT/);
  cli.child.kill('SIGINT');
  assert.strictEqual(await cli.ended, 0);
  assert.match(cli.output, /\nStopped by SIGINT\.\n$/);
  assert.strictEqual(cli.errors, '');
  // eslint-disable-next-line no-control-regex -- that is what must not be there
  assert.doesNotMatch(cli.output, /\x1b/);
});

test('certificates and keys stay from one start to the next', async (t) => {
  const directory = directoryFor(t);
  const shown = [];
  for (let i = 0; i < 2; i++) {
    const cli = Cli.start(t, ['--port', '0', '--directory', directory, '--device', 'a', '--device', 'b/m']);
    await cli.shows(READY);
    const keys = cli.output.match(/SharedAccessKey=[^;]+/g);
    const [, rootFile] = await cli.shows(/^Root CA +(.*)$/m);
    shown.push({ keys, root: fs.readFileSync(rootFile, 'utf8') });
    cli.child.kill('SIGTERM');
    assert.strictEqual(await cli.ended, 0);
  }
  assert.deepStrictEqual(shown[1], shown[0]);
  assert.strictEqual(new Set(shown[0].keys).size, 2);
  const rotated = Cli.start(t, ['--port', '0', '--directory', directory, '--device', 'a']);
  await rotated.shows(READY);
  const before = rotated.output.length;
  rotated.type('rotate a');
  await rotated.showsBehind(before, CONNECTION_STRING);
  const [key] = /SharedAccessKey=[^;]+/.exec(rotated.output.slice(before)) ?? [];
  assert.ok(!shown[0].keys?.includes(String(key)));
  rotated.child.kill('SIGTERM');
  await rotated.ended;
  const later = Cli.start(t, ['--port', '0', '--directory', directory, '--device', 'a']);
  await later.shows(new RegExp(String(key).replace(/[+/]/g, '\\$&')));
  later.child.kill('SIGTERM');
  await later.ended;
  for (const name of ['keys.json', 'chain.json']) {
    assert.strictEqual(fs.statSync(path.join(directory, name)).mode & 0o077, 0, name);
  }
});

test('a direct method is called from the command line', async (t) => {
  const cli = Cli.start(t, ['--port', '0']);
  const device = await deviceOf(cli);
  device.onDeviceMethod('reboot', (request, response) => {
    response.send(200, { after: request.payload.seconds });
  });
  await cli.shows(/subscribed +\$iothub\/methods\/POST\/#/);
  cli.type('method device1 reboot {"seconds": 5}');
  await cli.shows(/reboot answered 200 \{"after":5\}/);
  await device.close();
  await cli.shows(/device1 +method +reboot → 200 \{"after":5\}/);
  cli.type('method device1 dance');
  await cli.shows(/method 'dance' did not reach 'device1'/);
  await cli.shows(/device1 +method +dance → 404: not connected and subscribed to methods/);
  cli.child.kill('SIGINT');
  assert.strictEqual(await cli.ended, 0);
});

test('a fault of the command line happens', async (t) => {
  const cli = Cli.start(t, ['--port', '0', '--fault', 'connack=code:3']);
  await cli.shows(/^Fault +connack=code:3$/m);
  const device = await deviceOf(cli);
  device.open().catch(() => {});
  await cli.shows(/device1 +refused +CONNACK 3: fault/);
});

test('help, list and version', async (t) => {
  const help = Cli.start(t, ['--help']);
  assert.strictEqual(await help.ended, 0);
  for (const option of [
    '--device',
    '--offline',
    '--fault',
    '--strict',
    '--port',
    '--host',
    '--config',
    '--help',
  ]) {
    assert.ok(help.output.includes(`    ${option} `), option);
  }
  const version = Cli.start(t, ['--version']);
  assert.strictEqual(await version.ended, 0);
  assert.strictEqual(version.output, `${require('../package.json').version}\n`);
  const list = Cli.start(t, ['--list']);
  assert.strictEqual(await list.ended, 0);
  assert.match(list.output, /expired-leaf +the server certificate has expired/);
  assert.match(list.output, /drop-puback/);
});

test('what cannot be used is told in one line, with exit code 2', async (t) => {
  const directory = directoryFor(t);
  const file = (/** @type {string} */ name, /** @type {string} */ text) => {
    fs.writeFileSync(path.join(directory, name), text);
    return path.join(directory, name);
  };
  const empty = file('empty.pem', '');
  const missing = path.join(directory, 'missing.pem');
  for (const [args, message] of /** @type {Array<[string[], RegExp]>} */ ([
    [['--prot', '1'], /Unknown option '--prot'/],
    [['extra'], /Unexpected argument 'extra'/],
    [['--port', '70000'], /--port '70000' is not a number from 0 to 65535/],
    [['--directory', ''], /--directory is empty/],
    [['--host', 'gw', '--host', ''], /--host is empty/],
    [['--host', 'https://gw'], /--host 'https:\/\/gw' is no name or address; it goes without scheme, port/],
    [['--host', 'gw:8883'], /--host 'gw:8883' is no name or address/],
    [['--listen', '0.0.0.0:8883'], /--listen '0\.0\.0\.0:8883' is no name or address/],
    [['--device', 'a/b/c'], /--device 'a\/b\/c' is no device id/],
    [['--certificate', 'expired'], /--certificate 'expired'.*there are good-dns/],
    [['--cert', empty], /--cert and --key belong together/],
    [
      ['--cert', missing, '--key', empty],
      new RegExp(`certificate chain '${missing}' cannot be read: ENOENT`),
    ],
    [['--cert', empty, '--key', empty], new RegExp(`'${empty}' holds no PEM certificate`)],
    [['--fault', 'publish=jump'], /publish=jump/],
    [['--journal', 'xml'], /--journal 'xml' is neither text nor json/],
    [['--fault', missing.replace('.pem', '.json')], /missing\.json/],
    [['--directory', path.join(empty, 'below')], /--directory: '.*below' cannot be written/],
  ])) {
    const cli = Cli.start(t, args);
    assert.strictEqual(await cli.ended, 2, `${args}: ${cli.output}`);
    assert.match(cli.errors, message);
    assert.match(cli.errors, /^edge-downstream-gateway: [^\n]+\n$/);
    assert.strictEqual(cli.output, '');
  }
});

test('a key that does not belong to the certificate, and one that is none, are told', async (t) => {
  const { createChain } = require('..');
  const directory = directoryFor(t);
  const [chain, other] = await Promise.all([
    createChain({ variant: 'p-256' }),
    createChain({ variant: 'p-256' }),
  ]);
  const files = {
    cert: chain.chainPem,
    key: chain.serverKeyPem,
    other: other.serverKeyPem,
    root: chain.rootPem,
  };
  for (const [name, pem] of Object.entries(files)) fs.writeFileSync(path.join(directory, name), pem);
  const at = (/** @type {string} */ name) => path.join(directory, name);

  const foreign = Cli.start(t, ['--cert', at('cert'), '--key', at('other')]);
  assert.strictEqual(await foreign.ended, 2);
  assert.match(foreign.errors, /private key '.*other' does not belong to the first certificate of '.*cert'/);
  const none = Cli.start(t, ['--cert', at('cert'), '--key', at('root')]);
  assert.strictEqual(await none.ended, 2);
  assert.match(none.errors, /private key '.*root' cannot be used/);

  const good = Cli.start(t, ['--port', '0', '--cert', at('cert'), '--key', at('key'), '--root', at('root')]);
  const device = await deviceOf(good);
  await device.open();
  await good.shows(/device1 +connected/);
});

test('a port in use is told, with exit code 1', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  for (const [args, option] of [
    [['--port', String(port)], '--port'],
    [['--port', '0', '--websocket-port', String(port)], '--websocket-port'],
  ]) {
    const cli = Cli.start(t, [...args, '--certificate', 'good-dns']);
    assert.strictEqual(await cli.ended, 1);
    assert.strictEqual(
      cli.errors,
      `edge-downstream-gateway: port ${port} is in use; ${option} names another, 0 any free one\n`,
    );
  }
});

test('nobody reads what is listed: no reason to fail', async (t) => {
  const cli = Cli.start(t, ['--list']);
  cli.child.stdout.destroy();
  assert.strictEqual(await cli.ended, 0);
  assert.strictEqual(cli.errors, '');
});

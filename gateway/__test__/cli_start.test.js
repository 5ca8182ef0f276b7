// @ts-check
'use strict';

const assert = require('node:assert');
const { execFile } = require('node:child_process');
const { X509Certificate } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { createChain, createDeviceCertificate } = require('..');
const { needsHostsEntry } = require('../cli/hosts_file');
const { Keeping } = require('../cli/keeping');
const { Cli } = require('./cli_process');
const { directoryFor } = require('./directory');
const { ACCEPTED, RawDevice, answer, publishPacket } = require('./raw-device');

const ROOT = path.join(__dirname, '..', '..');
const IS_WINDOWS = process.platform === 'win32';

/**
 * Runs a line in a folder in which there is nothing. `npx edge-downstream` is the package of this repository.
 * @param {import('node:test').TestContext} t
 * @param {string} line
 * @returns {Promise<{ code: number, output: string }>}
 */
function inStrangersFolder(t, line) {
  const bin = directoryFor(t);
  const doctor = path.join(ROOT, 'bin', 'edge-downstream.js');
  const npx = `#!/bin/sh\n[ "$1" = edge-downstream ] && shift && exec "${process.execPath}" "${doctor}" "$@"\n`;
  fs.writeFileSync(path.join(bin, 'npx'), npx, { mode: 0o755 });
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], { cwd: directoryFor(t), env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

/**
 * The line to copy below a title.
 * @param {Cli} cli
 * @param {RegExp} title
 */
async function lineBelow(cli, title) {
  const [, line] = await cli.shows(new RegExp(`^${title.source}[^\\n]*\\n\\n([^\\n]+)\\n`, 'm'));
  return line;
}

test('the lines to copy work in a folder in which there is nothing', { skip: IS_WINDOWS }, async (t) => {
  const cli = Cli.start(t, ['--port', '0', '--device', 'd1', '--device', 'd1/m1']);
  const gateway = await cli.gateway();

  const openssl = await inStrangersFolder(
    t,
    await lineBelow(cli, /The certificates, as OpenSSL judges them:/),
  );
  assert.strictEqual(openssl.code, 0, openssl.output);
  assert.match(openssl.output, /Verification: OK/);

  const doctor = await inStrangersFolder(t, await lineBelow(cli, /Why a device does not connect:/));
  assert.strictEqual(doctor.code, 0, doctor.output);

  const variables =
    'IOTHUB_DEVICE_CONNECTION_STRING PATH_TO_EDGE_CA_CERT EdgeHubConnectionString EdgeModuleCACertificateFile';
  const print = `${process.execPath} -p "JSON.stringify('${variables}'.split(' ').map((name) => process.env[name]))"`;
  const device = await lineBelow(cli, /For a program that is this device/);
  const module = await lineBelow(cli, /For a program that is the module d1\/m1/);
  const { output } = await inStrangersFolder(t, `${device}; ${module}; ${print}`);
  const [, rootFile] = await cli.shows(/^Root CA +(.*)$/m);
  assert.deepStrictEqual(JSON.parse(output), [
    gateway.connectionString('d1'),
    rootFile,
    gateway.connectionString('d1/m1'),
    rootFile,
  ]);
  // `long/foreign/banner.long.js` runs them.
  assert.ok((await lineBelow(cli, /In Python/)).startsWith('client = IoTHubDeviceClient.'));
  assert.ok((await lineBelow(cli, /In Node\.js/)).startsWith('const client = Client.'));

  // What the line for mosquitto_pub says is what a plain client has to say.
  const mosquitto = await lineBelow(cli, /Without an SDK/);
  const [, username, password] = /-u '([^']+)' -P '([^']+)'/.exec(mosquitto) ?? [];
  assert.ok(
    mosquitto.startsWith(`mosquitto_pub -h localhost -p ${gateway.port} --cafile ${rootFile} -i d1 `),
  );
  const changes = { deviceId: 'd1', username, password: Buffer.from(password) };
  assert.strictEqual(await answer(gateway, changes), ACCEPTED);
});

test('the visits of the doctor are told as such', { skip: IS_WINDOWS }, async (t) => {
  const cli = Cli.start(t, ['--port', '0']);
  await cli.gateway();
  await inStrangersFolder(t, await lineBelow(cli, /Why a device does not connect:/));
  await cli.shows(/- +looked +127\.0\.0\.1:\d+: looked whether the port is open, as the doctor does/);
  await cli.shows(
    /- +looked +127\.0\.0\.1:\d+: left after the handshake without a word: .*as the doctor does/,
  );
  await cli.shows(/device1 +doctor +edge-downstream\/\S+ connected as this device/);
  await cli.shows(/device1 +doctor +left: DISCONNECT/);
  assert.doesNotMatch(cli.output, /refused|no TLS/);
});

test('a client that does not trust the root is told in plain words', { skip: IS_WINDOWS }, async (t) => {
  const cli = Cli.start(t, ['--port', '0']);
  const gateway = await cli.gateway();
  const stranger = path.join(directoryFor(t), 'stranger.pem');
  fs.writeFileSync(stranger, (await createChain({ variant: 'p-256' })).rootPem);
  const line = await lineBelow(cli, /The certificates, as OpenSSL judges them:/);
  const { code } = await inStrangersFolder(t, line.replace(/-CAfile \S+/, `-CAfile ${stranger}`));
  assert.notStrictEqual(code, 0);
  await cli.shows(
    /no TLS +127\.0\.0\.1:\d+: the client does not trust the root of the certificate \(alert unknown_ca\)/,
  );
  await assert.rejects(RawDevice.open(gateway, { ca: [], minVersion: 'TLSv1.3' }));
  await cli.shows(
    /no TLS +127\.0\.0\.1:\d+: the client ended the connection within the handshake, as many do that do/,
  );
  await assert.rejects(RawDevice.open(gateway, { ca: [], maxVersion: 'TLSv1.2' }));
  await cli.shows(/looked +127\.0\.0\.1:\d+: left after the handshake without a word: it does not accept/);
});

test('it listens for this machine alone unless it is told otherwise, and says so', async (t) => {
  const alone = Cli.start(t, ['--port', '0', '--host', 'gateway.local', '--host', '127.0.0.1']);
  await alone.shows(/^Gateway +gateway\.local:\d+, listening on 127\.0\.0\.1:\d+, for this machine alone/m);
  await alone.shows(/GatewayHostName=gateway\.local:/);
  const open = Cli.start(t, ['--port', '0', '--listen', '::']);
  await open.shows(/, listening on \[::\]:\d+: others on the network reach it, too$/m);
});

test('a name that the machine does not know gets a line for the hosts file', (t) => {
  const file = path.join(directoryFor(t), 'hosts');
  fs.writeFileSync(file, '127.0.0.1 localhost\n# 10.0.0.1 commented\n10.0.0.2\tEdge1.local  edge1 # edge2\n');
  const needed = ['commented', 'edge2', 'gateway.local', '10.0.0.2x'];
  const known = ['localhost', '127.0.0.1', '::1', 'edge1', 'edge1.LOCAL'];
  assert.deepStrictEqual(
    [...needed, ...known].filter((name) => needsHostsEntry(name, file)),
    needed,
  );
  assert.strictEqual(needsHostsEntry('gateway.local', path.join(file, 'none')), true);
});

test('the line for the hosts file is there where --host needs it', { skip: IS_WINDOWS }, async (t) => {
  const cli = Cli.start(t, ['--port', '0', '--host', 'no-such-name.test']);
  const line = await lineBelow(cli, /'no-such-name\.test' is not in the hosts file/);
  assert.strictEqual(line, "echo '127.0.0.1 no-such-name.test' | sudo tee -a /etc/hosts");
  const usual = Cli.start(t, ['--port', '0']);
  await usual.shows(/Why a device does not connect:/);
  assert.doesNotMatch(usual.output, /hosts file/);
});

test('files with keys are for their owner alone, whatever they were', { skip: IS_WINDOWS }, async (t) => {
  const directory = directoryFor(t);
  const mode = (/** @type {string} */ name) =>
    (fs.statSync(path.join(directory, name)).mode & 0o777).toString(8);
  const keeping = new Keeping(directory);
  const [chain, keys] = [await keeping.chain(['localhost']), keeping.keys(['a'])];
  for (const name of ['keys.json', 'chain.json']) fs.chmodSync(path.join(directory, name), 0o666);
  assert.deepStrictEqual(await new Keeping(directory).chain(['localhost']), chain);
  assert.deepStrictEqual(new Keeping(directory).keys(['a']), keys);
  assert.deepStrictEqual([mode('keys.json'), mode('chain.json')], ['600', '600']);
  // Also where somebody else reads what a name leads to.
  const elsewhere = path.join(directory, 'elsewhere');
  fs.writeFileSync(elsewhere, '{}', { mode: 0o644 });
  fs.rmSync(path.join(directory, 'keys.json'));
  fs.symlinkSync(elsewhere, path.join(directory, 'keys.json'));
  keeping.keys(['a']);
  assert.strictEqual(fs.readFileSync(elsewhere, 'utf8'), '{}');
  assert.strictEqual(mode('keys.json'), '600');
  assert.strictEqual(fs.lstatSync(path.join(directory, 'keys.json')).isSymbolicLink(), false);
  assert.deepStrictEqual(fs.readdirSync(directory).sort(), ['chain.json', 'elsewhere', 'keys.json']);
});

test('keys are kept for a device of whatever name, and what is damaged is made anew', (t) => {
  const directory = directoryFor(t);
  const names = ['constructor', '__proto__', 'toString', 'a'];
  const keys = new Keeping(directory).keys(names);
  assert.deepStrictEqual(new Keeping(directory).keys(names), keys);
  for (const name of names) assert.match(keys[name].primaryKey, /^[\w+/]{43}=$/, name);
  for (const damaged of ['', '[]', '"x"', '{"a":5,"b":{}}']) {
    fs.writeFileSync(path.join(directory, 'keys.json'), damaged);
    assert.match(new Keeping(directory).keys(['a', 'b']).b.secondaryKey, /^[\w+/]{43}=$/);
  }
});

test('several gateways share a directory: neither certificates nor roots of one come in the place of the other’s', async (t) => {
  const directory = directoryFor(t);
  const keeping = new Keeping(directory);
  const [first, other] = [await keeping.chain(['a.test']), await keeping.chain(['b.test', '10.0.0.1'])];
  assert.deepStrictEqual(await new Keeping(directory).chain(['a.test']), first);
  assert.deepStrictEqual(await new Keeping(directory).chain(['b.test', '10.0.0.1']), other);
  const files = [first, other, first].map(({ rootPem }) => keeping.writeRoot(rootPem));
  assert.strictEqual(files[0], path.join(directory, 'root.ca.cert.pem'));
  assert.strictEqual(files[0], files[2]);
  assert.deepStrictEqual(
    files.slice(0, 2).map((file) => fs.readFileSync(file, 'utf8')),
    [first.rootPem, other.rootPem],
  );
});

test('a root that cannot be written ends it, with exit code 2', async (t) => {
  const directory = directoryFor(t);
  const { rootPem } = await new Keeping(directory).chain(['localhost']);
  const file = new Keeping(directory).writeRoot(rootPem);
  fs.rmSync(file);
  fs.mkdirSync(file);
  const cli = Cli.start(t, ['--port', '0', '--directory', directory]);
  assert.strictEqual(await cli.ended, 2);
  assert.match(
    cli.errors,
    /^edge-downstream-gateway: --directory: '.*root\.ca\.cert\.pem' cannot be written: /,
  );
  assert.deepStrictEqual(fs.readdirSync(directory).sort(), ['chain.json', 'keys.json', path.basename(file)]);
});

test('a directory of another user is refused', { skip: IS_WINDOWS }, (t) => {
  const directory = directoryFor(t);
  const { uid } = fs.statSync(directory);
  t.mock.method(/** @type {any} */ (process), 'getuid', () => uid + 1);
  t.mock.method(fs, 'statSync', () => ({ uid: uid + 2 }));
  assert.throws(() => new Keeping(directory), { message: /belongs to another user/ });
});

test('a config file has every option; the command line goes before it', async (t) => {
  const directory = directoryFor(t);
  const chain = await createChain({ variant: 'p-256', host: 'localhost' });
  const own = await createDeviceCertificate({ deviceId: 'camera' });
  const config = path.join(directory, 'gateway.json');
  const options = {
    host: '127.0.0.1',
    port: 1,
    webSocketPort: 0,
    chain,
    hostname: 'localhost',
    hubHostName: 'hub.example',
    edgeDeviceId: 'pump',
    routes: { up: 'FROM /messages/* INTO $upstream' },
    devices: [
      { deviceId: 'pump', primaryKey: 'a2V5', modules: [{ moduleId: 'filter' }] },
      { deviceId: 'camera', x509: { primaryThumbprint: own.thumbprintSha256 } },
    ],
    offline: true,
    keep: 3,
    strict: true,
    cleanClose: true,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    clientCertificate: 'optional',
    trustBundle: chain.rootPem,
    clockOffsetMs: 0,
    limits: { refusalDelayMs: 1 },
    faults: { 'connack@1': { code: 3 }, suback: 128 },
  };
  fs.writeFileSync(config, JSON.stringify(options));
  const cli = Cli.start(t, ['--config', config, '--port', '0', '--device', 'valve']);
  const gateway = await cli.gateway();
  assert.strictEqual(gateway.rootPem, chain.rootPem);
  for (const id of ['pump', 'pump/filter', 'camera', 'valve']) await cli.shows(new RegExp(`^${id}$`, 'm'));
  await cli.shows(
    /^HostName=hub\.example;DeviceId=pump;SharedAccessKey=a2V5;GatewayHostName=localhost:\d+$/m,
  );
  await cli.shows(/^HostName=hub\.example;DeviceId=camera;x509=true;/m);
  for (const mood of [
    /Fault +connack@1=code:3/,
    /Fault +suback=0x80/,
    /Cloud +offline/,
    /Strict +like IoT Hub/,
  ])
    await cli.shows(new RegExp(`^${mood.source}$`, 'm'));
  cli.type('status');
  await cli.shows(/^Faults +connack@1=code:3 {2}suback=0x80$/m);
  assert.notStrictEqual(gateway.port, gateway.webSocketPort);
  const refused = await RawDevice.open(gateway);
  const { connectPacket, subscribePacket } = require('./raw-device');
  refused.send(connectPacket(gateway, { deviceId: 'pump' }));
  assert.strictEqual(await refused.rest(), '20020003');
  const device = await RawDevice.connected(gateway, { deviceId: 'pump/filter' });
  assert.strictEqual(device.secure.getProtocol(), 'TLSv1.2');
  device.send(subscribePacket('x'));
  assert.strictEqual(await device.bytes(5), '9003000180');
  device.vanish();
});

test('the lines to copy are for a device with a key: those of X.509 have their certificates elsewhere', async (t) => {
  const config = path.join(directoryFor(t), 'gateway.json');
  const camera = { deviceId: 'camera', x509: 'ca' };
  fs.writeFileSync(config, JSON.stringify({ devices: [camera, { deviceId: 'pump' }] }));
  const mixed = Cli.start(t, ['--port', '0', '--config', config]);
  assert.match(await lineBelow(mixed, /Without an SDK/), / -i pump /);
  assert.match(await lineBelow(mixed, /For a program that is this device/), /DeviceId=pump;/);

  fs.writeFileSync(config, JSON.stringify({ devices: [camera] }));
  const alone = Cli.start(t, ['--port', '0', '--config', config]);
  await lineBelow(alone, /The certificates, as OpenSSL judges them:/);
  assert.doesNotMatch(alone.output, /mosquitto_pub|npx|export/);
});

test('a config file that cannot be is named, with exit code 2', async (t) => {
  const directory = directoryFor(t);
  const file = path.join(directory, 'gateway.json');
  for (const [text, message] of /** @type {Array<[string, RegExp]>} */ ([
    ['{', /config '.*gateway\.json' cannot be read: /],
    ['[]', /config '.*gateway\.json' is no object of options/],
    ['{"devices":{}}', /config '.*gateway\.json': devices is no array/],
    ['{"ports":1}', /config '.*gateway\.json': startGateway: option 'ports' is unknown/],
    ['{"limits":{"x":1}}', /config '.*gateway\.json': limits: 'x' is unknown/],
    ['{"faults":{"publish#x":"cut"}}', /config '.*gateway\.json': 'publish#x': /],
    [
      '{"devices":["a"]}',
      /config '.*gateway\.json': devices: device is not an object with a deviceId but a /,
    ],
    ['{"devices":[{"id":"a"}]}', /config '.*gateway\.json': device id 'undefined' is not a name/],
    [
      '{"devices":[{"deviceId":"a","modules":{}}]}',
      /config '.*gateway\.json': device 'a': modules is not an/,
    ],
    [
      '{"devices":[{"deviceId":"a","modules":["m"]}]}',
      /config '.*': device 'a': module is not an object with/,
    ],
    [
      '{"hostname":"https://gw"}',
      /config '.*': startGateway: hostname cannot be 'https:\/\/gw'; it is a name/,
    ],
    ['{"devices":[{"deviceId":"a/b"}]}', /config '.*gateway\.json': device id 'a\/b' is not a name/],
    [
      '{"devices":[{"deviceId":"a"},{"deviceId":"a"}]}',
      /config '.*gateway\.json': device 'a' exists already/,
    ],
  ])) {
    fs.writeFileSync(file, text);
    const cli = Cli.start(t, ['--config', file]);
    assert.strictEqual(await cli.ended, 2, text);
    assert.match(cli.errors, message);
    assert.match(cli.errors, /^edge-downstream-gateway: [^\n]+\n$/);
  }
  const missing = Cli.start(t, ['--config', path.join(directory, 'none.json')]);
  assert.strictEqual(await missing.ended, 2);
  assert.match(missing.errors, /none\.json' cannot be read: ENOENT/);
});

test('--hub is a hub: no GatewayHostName, and a certificate for its names alone', async (t) => {
  const cli = Cli.start(t, ['--port', '0', '--hub', '--host', 'localhost', '--host', '127.0.0.1']);
  await cli.shows(/^IoT Hub {3}localhost:\d+, listening on/m);
  const [, connectionString] = await cli.shows(/^device1\n(HostName=localhost:\d+;DeviceId=device1;\S+)$/m);
  assert.ok(!connectionString.includes('GatewayHostName'));
  const [, root] = await cli.shows(/^Root CA\s+(\S+)$/m);
  const kept = path.join(path.dirname(root), 'hub-chain.json');
  const [chain] = Object.values(JSON.parse(fs.readFileSync(kept, 'utf8')));
  const { subjectAltName } = new X509Certificate(chain.serverPem);
  assert.strictEqual(subjectAltName, 'DNS:localhost, IP Address:127.0.0.1');
  assert.doesNotMatch(cli.output, /doctor/);
});

test('--hub is strict', async (t) => {
  const cli = Cli.start(t, ['--port', '0', '--hub', '--device', 'd1', '--certificate', 'good-dns']);
  const device = await RawDevice.connected(await cli.gateway());
  device.send(publishPacket('devices/another/messages/events/'));
  assert.strictEqual(await device.rest(), '');
});

test('--hub refuses what is of gateways', async (t) => {
  const cli = Cli.start(t, ['--hub', '--offline', '--port', '0']);
  assert.strictEqual(await cli.ended, 2);
  assert.match(cli.errors, /option 'offline' is of gateways/);
});

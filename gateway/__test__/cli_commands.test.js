// @ts-check
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { directoryFor } = require('./directory');
const { RawDevice, publishPacket, subscribePacket } = require('./raw-device');
const { Cli } = require('./cli_process');

const C2D = 'devices/device1/messages/devicebound/#';

test('every command says what it did', async (t) => {
  const cli = Cli.start(t, ['--port', '0', '--offline']);
  await cli.shows(/^Cloud +offline$/m);
  for (const [line, ...answers] of /** @type {Array<[string, ...RegExp[]]>} */ ([
    ['online', /the cloud is in reach; 0 stored messages went on/],
    ['offline', /the cloud is out of reach/],
    ['status', /Cloud +out of reach, 0 messages stored; 0 forwarded, 0 lost/],
    ['desired device1 {"interval":5}', /the desired properties of 'device1' have version 2/],
    ['twin device1', /"interval":5/],
    ['desired device1 {', /'\{' is not JSON/],
    ['fault publish=drop-puback', /in force: publish=drop-puback/],
    ['status', /Faults +publish=drop-puback/, /Ports +MQTT \d+, WebSocket and HTTPS \d+, on 127\.0\.0\.1/],
    [
      'status',
      /Certificate +CN=localhost for DNS:localhost, DNS:edgeHub, \d{4}-\d\d-\d\d to .*issued by CN=edge\.ca/,
    ],
    ['fault publish=jump', /jump/],
    ['fault', /no fault is in force/],
    ['status', /Faults +none/],
    ['send device1 hello', /message [-\da-f]{36}: it waits in the hub until 'device1' subscribes/],
    ['send nobody hello', /'nobody' is not a child of this gateway/],
    ['send', /usage: send <device> <text>/],
    ['cut device1 softly', /'softly' is neither fin nor rst/],
    ['cut device1', /0 connections cut/],
    ['cut nobody', /'nobody' is not a child of this gateway/],
    ['freeze device1', /0 connections frozen/],
    ['rotate device1', /DeviceId=device1;SharedAccessKey=[^;]+;GatewayHostName=/],
    ['add device valve', /DeviceId=valve;SharedAccessKey=/],
    ['add module valve/filter', /DeviceId=valve;ModuleId=filter;SharedAccessKey=/],
    ['input valve/filter in1 hello', /message [-\da-f]{36}: it is stored until 'valve\/filter' subscribes/],
    ['add device valve', /device 'valve' exists already/],
    ['add device a valve', /'a valve' is no name of a device or module/],
    ['add module valve#1/filter', /'valve#1\/filter' is no name of a device or module/],
    ['add', /usage: add device <device> \| add module <device>\/<module>/],
    ['devices', /device1 +key +not connected/, /valve\/filter +key +not connected/],
    ['disable valve', /'valve' is disabled/],
    ['devices', /valve +key +disabled, not connected/],
    ['enable valve', /'valve' is enabled/],
    ['remove valve', /'valve' is no child of this gateway any more/],
    ['restart', /restarted/],
    ['jump', /there is no command 'jump'; "help" lists them/],
    ['help', /method <device> <name> \[<json>\] +call a direct method/],
    ['quit', /stopping/],
  ])) {
    const before = cli.output.length;
    cli.type(line);
    // What is typed into a pipe is shown, too.
    await cli.shows(new RegExp(`^> ${line.replace(/[{}[\]]/g, '\\$&')}$`, 'm'));
    for (const answer of answers) await cli.showsBehind(before, answer);
  }
  assert.strictEqual(await cli.ended, 0);
  assert.match(cli.output, /\nStopped by quit\.\n$/);
  assert.strictEqual(cli.errors, '');
});

test('a fault that happened and a message that nobody was subscribed to have a line', async (t) => {
  const cli = Cli.start(t, ['--port', '0', '--fault', 'publish#1=drop-puback', '--fault', 'suback=0x80']);
  const device = await RawDevice.connected(await cli.gateway(), { deviceId: 'device1' });
  device.send(publishPacket('devices/device1/messages/events/'));
  await cli.shows(/device1 +fault +publish=drop-puback on connection 1/);
  device.send(subscribePacket(C2D));
  await cli.shows(/device1 +fault +suback=0x80 on connection 1/);
  device.send(publishPacket('$iothub/twin/GET/?$rid=7', { qos: 0 }));
  await cli.shows(/device1 +undelivered +\$iothub\/twin\/res\/200\/\?\$rid=7: no subscription/);
  cli.type('desired device1 {"a":1}');
  await cli.shows(
    /device1 +undelivered +\$iothub\/twin\/PATCH\/properties\/desired\/\?\$version=2: no subscription/,
  );
  device.vanish();
  await cli.shows(/device1 +disconnected/);
  cli.type('desired device1 {"a":2}');
  await cli.shows(/device1 +undelivered +\S+\$version=3: not connected/);
});

test('what goes wrong for one device is told, and the others are served', async (t) => {
  const script = path.join(directoryFor(t), 'script.js');
  fs.writeFileSync(script, "module.exports = { publish: () => { throw new Error('no\\nway'); } };");
  const cli = Cli.start(t, ['--port', '0', '--fault', script]);
  const gateway = await cli.gateway();
  const device = await RawDevice.connected(gateway, { deviceId: 'device1' });
  device.send(publishPacket('devices/device1/messages/events/'));
  assert.strictEqual(await device.rest(), '');
  await cli.shows(/^Internal error: Error: no$/m);
  await cli.shows(/device1 +disconnected +internal error: no\\nway/);
  (await RawDevice.connected(gateway, { deviceId: 'device1' })).vanish();
  cli.type('quit');
  assert.strictEqual(await cli.ended, 1);
  assert.strictEqual(cli.errors, '');
});

test('the input may end, and the gateway goes on', async (t) => {
  const cli = Cli.start(t, ['--port', '0']);
  await cli.gateway();
  cli.child.stdin.end();
  const device = await RawDevice.connected(await cli.gateway(), { deviceId: 'device1' });
  await cli.shows(/device1 +connected/);
  device.vanish();
  cli.child.kill('SIGINT');
  assert.strictEqual(await cli.ended, 0);
});

test('nobody reads what it shows any more: it ends', async (t) => {
  const cli = Cli.start(t, ['--port', '0']);
  await cli.gateway();
  cli.child.stdout.destroy();
  cli.type('help');
  cli.type('help');
  await once(cli.child, 'exit');
  assert.strictEqual(cli.errors, '');
});

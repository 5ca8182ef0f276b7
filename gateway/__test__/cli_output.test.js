// @ts-check
'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const mqtt = require('mqtt-packet');
const { Screen } = require('../cli/screen');
const { Journal } = require('../cli/journal');
const { painter } = require('../cli/colors');
const { legible } = require('../encoding/legible');
const { Cli } = require('./cli_process');
const { RawDevice, gatewayFor, publishPacket, subscribePacket } = require('./raw-device');

/** Controls, C1 among them; bidirectional marks; what has no width; separators; tags; half a character. */
const HOSTILE = [
  ...['\0', '\x07', '\b', '\x1b[2J', '\x1b]0;owned\x07', '\x7f', '\x80', '\x9b31m', '\x9d', '\x85'],
  ...['\r', '\n', '\t', '\v', '\u2028', '\u2029'],
  ...['\u061c', '\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2069'],
  ...['\u00ad', '\u200b', '\u200d', '\ufeff', '\u{e0041}', '\ud800', '\udc00x'],
];

/** What must not be in anything that is shown, but line feeds. */
const RAW = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

test('what is illegible is shown as escapes, and nothing else is', () => {
  assert.strictEqual(legible(HOSTILE.join('')).match(RAW), null);
  assert.strictEqual(legible('a\nb\t\x1b[31m\u202e\u{e0041}'), 'a\\nb\\t\\u001b[31m\\u202e\\udb40\\udc41');
  for (const text of ['', 'Grüße', '日本語', 'שלום', '🌡️ 21 °C', '"\\"', '�']) {
    assert.strictEqual(legible(text), text);
  }
});

test('a line stays one line, whatever is in it; its colours are its own', () => {
  let shown = '';
  const screen = new Screen((text) => (shown += text), painter(true));
  screen.print(['a\n', { text: '\x1b[0mb', color: 'red' }], 'c');
  assert.strictEqual(shown, 'a\\n\x1b[31m\\u001b[0mb\x1b[0m\nc\n');
});

/**
 * Client ids, filters, topics, properties, bodies and patches of whoever comes.
 * @param {import('..').Gateway} gateway
 * @param {string} evil
 */
async function visit(gateway, evil) {
  const stranger = await RawDevice.open(gateway);
  const who = `x${evil}`;
  stranger.send(
    mqtt.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      clientId: who,
      username: `hub/${who}/?api-version=1&DeviceClientType=${who}`,
      password: Buffer.from(evil),
    }),
  );
  await stranger.rest();
  const device = await RawDevice.connected(gateway, { deviceId: 'd1' });
  device.send(
    subscribePacket(`a/${evil}/#`),
    mqtt.generate({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: [`a/${evil}`] }),
    publishPacket(`devices/d1/messages/events/${evil}=${evil}&%0a=%1b%9b`, { payload: evil }),
    publishPacket(`nowhere/${evil}`),
    publishPacket('$iothub/twin/PATCH/properties/reported/?$rid=1', { payload: JSON.stringify({ a: evil }) }),
    publishPacket(`$iothub/twin/GET/?$rid=${evil}`),
    publishPacket(`$iothub/methods/res/${evil}/?$rid=${evil}`),
  );
  await device.bytes(5 + 4 + 5 * 4);
  device.vanish();
  const web = await RawDevice.open(gateway, { port: gateway.webSocketPort });
  web.send(Buffer.from(`GET /${evil} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, 'latin1'));
  await web.rest();
}

for (const form of ['text', 'json']) {
  test(`nothing that a device or a stranger sends reaches the terminal as it is (${form})`, async (t) => {
    const cli = Cli.start(t, ['--port', '0', '--websocket-port', '0', '--device', 'd1', '--journal', form]);
    const gateway = await cli.gateway();
    for (const evil of HOSTILE) await visit(gateway, evil);
    const device = await RawDevice.connected(gateway, { deviceId: 'd1' });
    device.send(subscribePacket('$iothub/methods/POST/#', { qos: 0 }));
    await device.bytes(5);
    cli.type('method d1 m');
    const packet = /** @type {mqtt.IPublishPacket} */ (await device.packet());
    const topic = packet.topic.replace('POST/m/', 'res/200/');
    device.send(publishPacket(topic, { payload: JSON.stringify({ last: HOSTILE.join('') }) }));
    await cli.shows(/m answered 200/);
    cli.type('twin d1');
    cli.type('quit');
    assert.strictEqual(await cli.ended, 0);
    assert.match(cli.output, /owned/);
    assert.match(cli.output, /x\\u001b\[2J/);
    assert.strictEqual(RAW.exec(cli.output), null);
    assert.strictEqual(cli.errors, '');
    if (form === 'json') for (const line of cli.output.trim().split('\n')) JSON.parse(line);
  });
}

test('what became of a message and of a call is told with its reason', async (t) => {
  const gateway = await gatewayFor(t, { limits: { c2dMaxDeliveries: 1 } });
  let shown = '';
  const journal = new Journal(new Screen((text) => (shown += text), painter(false)));
  journal.watch(gateway);
  t.after(() => journal.stop());
  const expired = gateway.sendC2D('d2', 'x', { expiryTimeUtc: new Date(Date.now() + 1) });
  await expired.settled;
  assert.match(shown, /d2 +c2d +rejected \S+: it waited in the hub for too long\n/);
  const device = await RawDevice.connected(gateway);
  device.send(subscribePacket('devices/d1/messages/devicebound/#'));
  await device.bytes(5);
  const returned = gateway.sendC2D('d1', 'x');
  await device.packet();
  device.vanish();
  await returned.settled;
  assert.match(shown, /d1 +c2d +rejected \S+: it came back from the last of its deliveries\n/);
  const module = await RawDevice.connected(gateway);
  module.send(subscribePacket('devices/d1/messages/devicebound/#'));
  await module.bytes(5);
  await gateway.sendC2D('d1', 'x', { enqueuedTime: new Date(Date.now() - 60_000) }).settled;
  assert.match(shown, /d1 +c2d +rejected \S+: no subscription to it is old enough\n/);
  module.vanish();
  gateway.offline = true;
  await assert.rejects(gateway.invokeMethod('d1', 'm'), { status: 404 });
  assert.match(
    shown,
    /d1 +method +m → 404: not connected and subscribed to methods, or the cloud is out of reach\n/,
  );
});

test('at most a hundred lines a second, none of them long; the rest is counted', async (t) => {
  const gateway = await gatewayFor(t);
  /** @type {string[]} */
  const lines = [];
  const journal = new Journal(new Screen((text) => lines.push(text), painter(false)));
  journal.watch(gateway);
  const device = await RawDevice.connected(gateway);
  device.send(...Array(400).fill(publishPacket('devices/d1/messages/events/')));
  device.send(publishPacket('y'.repeat(60000)));
  await device.bytes(4 * 401);
  const stranger = await RawDevice.open(gateway);
  stranger.send(Buffer.from('00', 'hex'), Buffer.alloc(10));
  await stranger.rest();
  assert.strictEqual(lines.length, 100);
  journal.stop();
  assert.ok(lines.some((line) => /d1 +telemetry +301 more\n$/.test(line)));
  assert.ok(lines.some((line) => /d1 +dropped +1 more\n$/.test(line)));
  assert.ok(lines.length < 110);
  lines.length = 0;
  const later = new Journal(new Screen((text) => lines.push(text), painter(false)));
  later.watch(gateway);
  device.send(publishPacket('y'.repeat(60000)));
  await device.bytes(4);
  assert.match(lines[0], /… \(\d+ characters\)\n$/);
  assert.ok(lines[0].length < 700);
  later.stop();
  device.vanish();
});

test('json: each line an object, with what was started, what devices do, and what commands answer', async (t) => {
  const cli = Cli.start(t, ['--port', '0', '--journal', 'json', '--device', 'd1']);
  const gateway = await cli.gateway();
  const device = await RawDevice.connected(gateway, { deviceId: 'd1' });
  device.send(
    publishPacket('devices/d1/messages/events/a=b', { payload: 'text' }),
    publishPacket('devices/d1/messages/events/', { payload: Buffer.from([0xff, 0]), messageId: 2 }),
    subscribePacket('devices/d1/messages/devicebound/#', { qos: 0 }),
  );
  await device.bytes(8 + 5);
  cli.type('send d1 hello');
  await cli.shows(/"event":"c2d"/);
  cli.type('jump');
  await cli.shows(/"command":"jump"/);
  device.vanish();
  await cli.shows(/"event":"disconnected"/);
  cli.type('quit');
  assert.strictEqual(await cli.ended, 0);
  const told = cli.output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(told.every(({ time }) => !Number.isNaN(Date.parse(time))));
  const of = (/** @type {string} */ event) => told.filter((each) => each.event === event);
  const [{ devices, rootFile, listens }] = of('started');
  assert.strictEqual(devices[0].clientId, 'd1');
  assert.match(devices[0].connectionString, /^HostName=/);
  assert.match(rootFile, /root\.ca\.cert\.pem$/);
  assert.deepStrictEqual([listens.host, listens.loopback], ['127.0.0.1', true]);
  const [first, second] = of('telemetry');
  assert.deepStrictEqual([first.clientId, first.body, first.properties], ['d1', 'text', { a: 'b' }]);
  assert.deepStrictEqual(second.body, { base64: '/wA=' });
  assert.deepStrictEqual([of('c2d')[0].status, of('c2d')[0].body], ['completed', 'hello']);
  assert.match(of('command')[1].error, /there is no command 'jump'/);
  assert.deepStrictEqual(of('stopped').length, 1);
});

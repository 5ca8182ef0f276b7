'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { SharedAccessSignature } = require('../..');
const { userAgent } = require('../../lib/identity/user_agent');
const { newDevice } = require('./brokers');
const { openClient } = require('./client');
const { HUB, KEY } = require('./identity');
const { RawServer } = require('./raw_server');

// CONNECT to the last byte needs to be read raw: neither broker shows the password. That both accept it is shown by
// all other tests, and by those with a password file.

/** @returns {Promise<any>} The CONNECT packet of a client with these options. */
async function connectPacket(t, options) {
  const server = await new RawServer().start(t);
  const device = newDevice(server);
  await openClient(t, server, device, options);
  return { device, packet: server.packets[0] };
}

test('CONNECT is MQTT 3.1.1 with a persistent session, 180 s and no will', async (t) => {
  const { device, packet } = await connectPacket(t);
  assert.equal(packet.cmd, 'connect');
  assert.equal(packet.protocolId, 'MQTT');
  assert.equal(packet.protocolVersion, 4);
  assert.equal(packet.clean, false);
  assert.equal(packet.keepalive, 180);
  assert.equal(packet.will, undefined);
  assert.equal(packet.clientId, device.id);
});

test('the user name names the hub, the version of the interface and the client, byte by byte', async (t) => {
  const { device, packet } = await connectPacket(t);
  const agent = encodeURIComponent(userAgent(''));
  assert.match(agent, /^[\w.-]+%2F[\w.-]+%20\(node%20v\d+\.\d+\.\d+%3B%20.+%3B%20\w+\)$/);
  assert.equal(packet.username, `${HUB}/${device.id}/?api-version=2021-04-12&DeviceClientType=${agent}`);
});

test('the model id stands in the user name as it is, product information at the end of the agent', async (t) => {
  const { device, packet } = await connectPacket(t, {
    modelId: 'dtmi:com:example:Thermostat;1',
    productInfo: 'my product/1.0',
  });
  const agent = encodeURIComponent(userAgent('my product/1.0'));
  assert.match(agent, /my%20product%2F1\.0$/);
  assert.equal(
    packet.username,
    `${HUB}/${device.id}/?api-version=2021-04-12&model-id=dtmi:com:example:Thermostat;1&DeviceClientType=${agent}`,
  );
});

test('the password is a token for the hub, signed with the key, valid for an hour', async (t) => {
  const before = Math.floor(Date.now() / 1000);
  const { device, packet } = await connectPacket(t);
  const after = Math.floor(Date.now() / 1000);
  const password = String(packet.password);
  const expiry = Number(/&se=(\d+)$/.exec(password)?.[1]);
  assert.ok(expiry >= before + 3600 && expiry <= after + 3600);
  assert.equal(password, SharedAccessSignature.create(HUB, device.id, KEY, expiry).toString());
  assert.ok(password.startsWith(`SharedAccessSignature sr=${HUB}%2Fdevices%2F${device.id}&sig=`));
});

test('the keep-alive is the option keepalive', async (t) => {
  const { packet } = await connectPacket(t, { keepalive: 42 });
  assert.equal(packet.keepalive, 42);
});

'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const tls = require('node:tls');
const { Message } = require('../..');
const { newDevice, onEachBroker } = require('./brokers');
const { openClient } = require('./client');
const { Relay } = require('./relay');

const VERSIONS = ['TLSv1.2', 'TLSv1.3'];

for (const tlsVersion of VERSIONS) {
  const other = VERSIONS.find((version) => version !== tlsVersion);
  onEachBroker(
    (broker) => {
      test(`a broker that speaks only ${tlsVersion} is served`, async (t) => {
        // That it speaks nothing else is worth a look: one of the two is configured in a roundabout way.
        await assert.rejects(handshake(broker, other));
        assert.equal(await handshake(broker, tlsVersion), tlsVersion);
        const device = newDevice(broker);
        const client = await openClient(t, broker, device);
        await client.sendEvent(new Message(tlsVersion));
        await broker.until('the message arrived', () => device.messages.length === 1);
        assert.equal(String(device.messages[0].payload), tlsVersion);
      });
    },
    { tlsVersion },
  );
}

/** @returns {Promise<string>} The version agreed on. */
async function handshake(broker, version) {
  const ca = broker.chain.rootPem;
  const options = { host: 'localhost', port: broker.port, ca, minVersion: version, maxVersion: version };
  const socket = tls.connect(options);
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol();
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}

onEachBroker((broker) => {
  const addresses = [
    ['a DNS name', 'localhost', '127.0.0.1'],
    ['an IPv4 address', '127.0.0.1', '127.0.0.1'],
    ['an IPv6 address in brackets', '[::1]', '::1'],
  ];
  for (const [kind, host, listensOn] of addresses) {
    test(`${kind} as GatewayHostName is connected to, and found in the certificate`, async (t) => {
      const relay = await new Relay(broker.port).listen(listensOn);
      t.after(() => relay.close());
      const device = newDevice(broker, { host, port: relay.port });
      const client = await openClient(t, broker, device);
      await client.sendEvent(new Message(host));
      await broker.until('the message arrived', () => device.messages.length === 1);
      assert.equal(String(device.messages[0].payload), host);
      assert.equal(relay.accepted, 1);
    });
  }

  test('an address that the certificate does not name is refused', async (t) => {
    const device = newDevice(broker, { host: '127.0.0.2', port: (await otherRelay(t)).port });
    await assert.rejects(openClient(t, broker, device), (error) => {
      assert.equal(error.name, 'NotConnectedError');
      assert.match(error.message, /127\.0\.0\.2/);
      return true;
    });
    assert.equal(device.connects.length, 0);
  });

  async function otherRelay(t) {
    const relay = await new Relay(broker.port).listen('127.0.0.2');
    t.after(() => relay.close());
    return relay;
  }
});

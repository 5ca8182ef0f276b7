'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const { describe, test } = require('node:test');
const { Client, Mqtt, connect } = require('../..');
const { startGateway } = require('../../gateway');
const { chainOfAll } = require('./brokers');
const { HUB, KEY, keyConnectionString } = require('./identity');

// edgeHub 1.6.0 and 1.6.1 lose a CONNECT that comes with the client's last flight of TLS 1.3.

/** Above what the first of two CONNECTs is waited for, and the pause before the second. */
const CONNACK_MS = 13_000;

async function gatewayWith(t, faults) {
  const devices = [{ deviceId: 'd1', primaryKey: KEY }];
  const gateway = await startGateway({ chain: await chainOfAll(), devices, hubHostName: HUB, faults });
  t.after(() => gateway.close());
  return gateway;
}

/** A network that lets what a device sends arrive in lumps, so that all of a few milliseconds comes in one read. */
async function lumpyRelay(t, port) {
  const server = net.createServer({ noDelay: true }, (device) => {
    const gateway = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const lump = [];
    device.on('data', (chunk) => lump.push(chunk));
    const timer = setInterval(() => lump.length && gateway.write(Buffer.concat(lump.splice(0))), 20);
    gateway.pipe(device);
    for (const socket of [device, gateway]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(timer);
        device.destroy();
        gateway.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return server.address().port;
}

/** What an app hears while it connects. */
function openWatched(port) {
  const client = Client.fromConnectionString(keyConnectionString('d1', `localhost:${port}`), Mqtt);
  const attempts = [];
  client.on('state', ({ state, stage }) => {
    if (state === 'connecting' && stage === undefined) attempts.push(state);
  });
  return { client, attempts };
}

describe('CONNECT behind the handshake', { concurrency: true }, () => {
  test('a gateway that loses what comes with the last flight of TLS gets CONNECT behind it', async (t) => {
    const gateway = await gatewayWith(t, { secure: 'drop-early-connect' });
    const port = await lumpyRelay(t, gateway.port);
    for (let n = 0; n < 5; n += 1) {
      const { client, attempts } = openWatched(port);
      client.setOptions({ ca: gateway.rootPem });
      const connected = once(gateway, 'connected');
      await client.open();
      const [{ connectionNumber }] = await connected;
      assert.equal(connectionNumber, n + 1, 'none before it was lost');
      assert.equal(attempts.length, 1);
      await client.close();
    }
  });

  test('a CONNECT that was lost all the same is sent again, in the same attempt of the app', async (t) => {
    const seen = [];
    const gateway = await gatewayWith(t, {
      connack: ({ connectionNumber }) => {
        seen.push(connectionNumber);
        return connectionNumber === 1 ? 'silent' : undefined;
      },
    });
    const { client, attempts } = openWatched(gateway.port);
    client.setOptions({ ca: gateway.rootPem });
    await client.open();
    assert.deepEqual(seen, [1, 2]);
    assert.equal(attempts.length, 1);
    await client.close();
  });

  test('a gateway that never answers is told with the versions that do so, and the way out', async (t) => {
    const seen = [];
    const gateway = await gatewayWith(t, {
      connack: ({ connectionNumber }) => {
        seen.push(connectionNumber);
        return 'silent';
      },
    });
    const at = `localhost:${gateway.port}`;
    const options = { connectionString: keyConnectionString('d1', at), ca: gateway.rootPem };
    await assert.rejects(connect({ ...options, timeouts: { connackMs: CONNACK_MS } }), (error) => {
      assert.equal(error.name, 'NotConnectedError');
      assert.equal(error.code, 'ERR_IOT_CONNECT_UNANSWERED');
      assert.ok(error.message.includes(`${at} did not answer CONNECT, sent on two connections, within 13 s`));
      assert.match(
        error.hint,
        /edgeHub 1\.6\.0 and 1\.6\.1 lose a CONNECT.*update the gateway.*SslProtocols/,
      );
      return true;
    });
    assert.deepEqual(seen, [1, 2]);
  });

  test('TLS 1.2 has no such gap: one connection, and the time that the app gave', async (t) => {
    const seen = [];
    const chain = await chainOfAll();
    const gateway = await startGateway({
      chain,
      devices: [{ deviceId: 'd1', primaryKey: KEY }],
      hubHostName: HUB,
      maxVersion: 'TLSv1.2',
      faults: {
        connack: ({ connectionNumber }) => {
          seen.push(connectionNumber);
          return 'silent';
        },
      },
    });
    t.after(() => gateway.close());
    const connectionString = keyConnectionString('d1', `localhost:${gateway.port}`);
    const options = { connectionString, ca: gateway.rootPem, timeouts: { connackMs: CONNACK_MS } };
    await assert.rejects(connect(options), { code: 'ERR_IOT_TIMEOUT_CONNACK' });
    assert.deepEqual(seen, [1]);
  });
});

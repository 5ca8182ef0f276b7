'use strict';

const assert = require('node:assert/strict');
const { createHmac } = require('node:crypto');
const { once } = require('node:events');
const net = require('node:net');
const { before, test } = require('node:test');
const tls = require('node:tls');
const { Worker } = require('node:worker_threads');
const { Client, Mqtt, SharedAccessSignature, connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { HUB, KEY, SMALL, assertTold, connectionStringTo, listening } = require('../bad_input/telling');

/** What `../bad_input/network.test.js` and `refusal.test.js` do not have, each over a socket. */

let chain;
before(async () => {
  chain = await createChain(SMALL);
});

/** @returns {Promise<any>} */
async function failureAt(gateway, { changes, ...options } = {}) {
  return connect({
    connectionString: connectionStringTo(gateway, changes),
    ca: chain.rootPem,
    ...options,
  }).then(
    () => assert.fail('it connected'),
    (error) => error,
  );
}

async function gatewayFor(t, options) {
  const gateway = await startGateway({ chain, devices: [{ deviceId: 'd1', primaryKey: KEY }], ...options });
  t.after(() => gateway.close());
  return { gateway, at: `localhost:${gateway.port}` };
}

/** @returns {{ changes: any, secrets: string[] }} A connection string with this token, and what must not be shown. */
function withToken(token) {
  const signature = /sig=([^&]+)/.exec(token)[1];
  return {
    changes: { SharedAccessKey: undefined, SharedAccessSignature: token },
    secrets: [token, signature, decodeURIComponent(signature)],
  };
}

/** A TLS server, not a gateway. */
function serving(options) {
  return tls
    .createServer({ cert: chain.chainPem, key: chain.serverKeyPem, ...options }, (socket) =>
      socket.on('error', () => {}),
    )
    .on('tlsClientError', () => {});
}

test('a gateway that knows only TLS 1.1', async (t) => {
  const at = await listening(
    t,
    serving({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  );
  assertTold(await failureAt(at), {
    type: 'NotConnectedError',
    code: 'ERR_IOT_TLS_VERSION',
    names: [at, 'TLS version'],
    hint: /TLS 1\.2 or 1\.3/,
    cause: /./,
  });
});

for (const [maxVersion, code, names] of [
  ['TLSv1.2', 'ERR_IOT_TLS_VERSION', ['HandshakeFailure']],
  ['TLSv1.3', 'ERR_IOT_TLS_BROKEN', ['broke TLS off', 'alert']],
]) {
  test(`a gateway that insists on a certificate of the device, in ${maxVersion}`, async (t) => {
    const at = await listening(t, serving({ requestCert: true, rejectUnauthorized: true, maxVersion }));
    assertTold(await failureAt(at), {
      type: 'NotConnectedError',
      code,
      names: [at, ...names],
      hint: /wants (one|a certificate) of the device/,
      cause: /alert/,
    });
  });
}

test('a port behind which nobody accepts', async (t) => {
  // One place in the queue, and a process that sleeps: the system drops each further SYN, as a firewall does.
  const worker = new Worker(
    `const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:worker_threads').parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`,
    { eval: true },
  );
  const [port] = await once(worker, 'message');
  const waiting = Array.from({ length: 16 }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
  t.after(() => {
    waiting.forEach((socket) => socket.destroy());
    return worker.terminate();
  });
  await once(waiting[0], 'connect');
  const error = await failureAt(`127.0.0.1:${port}`, { timeouts: { connectMs: 300 } });
  assertTold(error, {
    type: 'NotConnectedError',
    code: 'ERR_IOT_TIMEOUT_TCP',
    names: [`127.0.0.1:${port}`, /timed out after [23]\d\d ms/, 'nothing answered'],
    hint: /firewall/,
    cause: /TCP/,
  });
});

test('a token whose expiry is in milliseconds', async (t) => {
  const { gateway, at } = await gatewayFor(t, {});
  const milliseconds = Date.now() + 3_600_000;
  const { changes, secrets } = withToken(
    SharedAccessSignature.create(HUB, 'd1', KEY, milliseconds).toString(),
  );
  assertTold(await failureAt(at, { changes }), {
    type: 'ArgumentError',
    code: 'ERR_IOT_TOKEN_EXPIRY',
    names: ['seconds'],
    hint: /since 1970/,
    secrets,
  });
  const refused = once(gateway, 'refused');
  const client = Client.fromConnectionString(connectionStringTo(at, changes), Mqtt);
  await client.setOptions({ ca: chain.rootPem });
  const error = await client.open().then(
    () => assert.fail('it connected'),
    (failure) => failure,
  );
  assertTold(error, {
    type: 'UnauthorizedError',
    code: 'ERR_IOT_TOKEN_EXPIRY',
    names: [at, '"d1"', 'CONNACK 5', String(milliseconds)],
    hint: /seconds/,
    cause: /return code 5/,
    secrets,
  });
  assert.equal((await refused)[0].returnCode, 5);
});

for (const [resource, holder] of [
  [`${HUB}/devices/d2`, 'device "d2"'],
  [`${HUB}/devices/d1/modules/m`, 'device "d1/m"'],
  [HUB, 'no device'],
]) {
  const expiry = Math.floor(Date.now() / 1000) + 600;
  const sr = encodeURIComponent(resource);
  const sig = createHmac('sha256', Buffer.from(KEY, 'base64')).update(`${sr}\n${expiry}`).digest('base64');
  const token = `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${expiry}`;
  const { changes, secrets } = withToken(token);

  test(`connect() with a token for ${resource}`, async () => {
    assertTold(await failureAt('localhost', { changes }), {
      type: 'ArgumentError',
      code: 'ERR_IOT_TOKEN_RESOURCE',
      names: [`is for ${holder}`, 'DeviceId is "d1"'],
      hint: /devices%2F/,
      secrets,
    });
  });

  test(`an authentication provider that gives a token for ${resource}`, async (t) => {
    const { gateway, at } = await gatewayFor(t, {});
    const credentials = { host: HUB, gatewayHostName: at, deviceId: 'd1', sharedAccessSignature: token };
    const provider = { type: 1, getDeviceCredentials: (callback) => callback(null, credentials) };
    const client = Client.fromAuthenticationProvider(provider, Mqtt);
    await client.setOptions({ ca: chain.rootPem });
    const refused = once(gateway, 'refused');
    assertTold(await client.open().then(assert.fail, (error) => error), {
      type: 'UnauthorizedError',
      code: 'ERR_IOT_TOKEN_RESOURCE',
      names: [at, 'device "d1"', `token is for ${holder}`],
      hint: /devices%2F/,
      cause: /return code 5/,
      secrets,
    });
    assert.equal((await refused)[0].returnCode, 5);
  });
}

test('a Client with a token that is for no device', async () => {
  const token = `SharedAccessSignature sr=${HUB}&sig=eA%3D%3D&se=99999999999`;
  const client = Client.fromSharedAccessSignature(token, Mqtt);
  assertTold(await client.open().then(assert.fail, (error) => error), {
    type: 'ArgumentError',
    code: 'ERR_IOT_DEVICE_ID_INVALID',
    names: ['device id is null'],
  });
});

test('a refusal of a device whose clock was never set', async (t) => {
  const { at } = await gatewayFor(t, { faults: { connack: { code: 5 } } });
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('1970-01-01T00:00:40Z') });
  assertTold(await failureAt(at), {
    type: 'UnauthorizedError',
    code: 'ERR_IOT_CLOCK',
    names: [at, '"d1"', '1970-01-01T00:00:40Z'],
    hint: /clock/,
    cause: /return code 5/,
  });
});

test('a gateway that has to look for the device first', async (t) => {
  const { at } = await gatewayFor(t, { devices: [], limits: { refusalDelayMs: 1_050 } });
  assertTold(await failureAt(at), {
    type: 'UnauthorizedError',
    code: 'ERR_IOT_NOT_AUTHORIZED',
    names: [at, '"d1"', /after \d{4,} ms/],
    hint: /exists.*parent.*slow a refusal/,
    cause: /return code 5/,
  });
});

test('a connection that is lost names the device, and how it was', async (t) => {
  for (const [how, code] of /** @type {const} */ ([
    ['fin', 'ERR_IOT_CONNECTION_CLOSED'],
    ['rst', 'ERR_IOT_CONNECTION_RESET'],
  ])) {
    const { gateway, at } = await gatewayFor(t, {});
    const device = await connect({ connectionString: connectionStringTo(at), ca: chain.rootPem });
    const waiting = new Promise((resolve) => {
      device.on('state', ({ state, reason }) => state === 'waiting' && resolve(reason));
    });
    gateway.cut('d1', how);
    assertTold(await waiting, {
      type: 'NotConnectedError',
      code,
      names: [at, '"d1"'],
      hint: /restarted|another client/,
      cause: /./,
    });
    await device.close();
  }
});

test('a gateway that breaks the protocol', async (t) => {
  const at = await listening(
    t,
    tls.createServer({ cert: chain.chainPem, key: chain.serverKeyPem }, (socket) => {
      socket.on('error', () => {}).once('data', () => socket.write(Buffer.from('4002000a', 'hex')));
    }),
  );
  assertTold(await failureAt(at), {
    type: 'NotConnectedError',
    code: 'ERR_IOT_PROTOCOL',
    names: [at, 'no CONNACK'],
    hint: /MQTT gateway/,
    cause: /CONNACK/,
  });
});

test('a gateway whose disk is full ends the connection at each message, and is not called a second client', async (t) => {
  const { at } = await gatewayFor(t, { faults: { publish: 'cut-before-puback' } });
  const device = await connect({
    connectionString: connectionStringTo(at),
    ca: chain.rootPem,
    retry: { shouldRetry: () => true, nextRetryTimeout: () => 5 },
  });
  t.after(() => device.close());
  const warned = once(process, 'warning');
  const reasons = [];
  const told = new Promise((resolve) => {
    device.on('state', ({ state, reason }) => {
      if (state === 'waiting' && reasons.push(reason) === 4) resolve();
    });
  });
  device.sendEvent('too much').catch(() => {});
  await told;
  const error = reasons.find(({ code }) => code === 'ERR_IOT_NOT_STORED');
  assertTold(error, {
    type: 'NotConnectedError',
    code: 'ERR_IOT_NOT_STORED',
    names: [at, '"d1"', '3 times'],
    hint: /disk is full.*iotedge logs edgeHub/,
    cause: /\w/,
  });
  assert.ok(reasons.every(({ code }) => code !== 'ERR_IOT_TAKEN_OVER'));
  assert.equal((await warned)[0].code, 'WARN_IOT_NOT_STORED');
});

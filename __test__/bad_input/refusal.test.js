'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { before, test } = require('node:test');
const { SharedAccessSignature, connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { HUB, KEY, SMALL, assertTold, connectionStringTo, faces, failureOf } = require('./telling');

/** A gateway that is trusted, and refuses. */

const REMEDY = /SharedAccessKey.*HostName.*DeviceId.*parent.*clock/;
let chain;
before(async () => {
  chain = await createChain(SMALL);
});

async function gatewayFor(t, options) {
  const gateway = await startGateway({ chain, devices: [{ deviceId: 'd1', primaryKey: KEY }], ...options });
  t.after(() => gateway.close());
  return { gateway, at: `localhost:${gateway.port}`, options: { ca: gateway.rootPem } };
}

/** A token as an app brings it, and its signature. */
function tokenUntil(expiry) {
  const token = SharedAccessSignature.create(HUB, 'd1', KEY, expiry).toString();
  return { token, signature: /sig=([^&]+)/.exec(token)[1] };
}

for (const face of faces) {
  test(`${face.name}: a wrong key`, async (t) => {
    const { gateway, at, options } = await gatewayFor(t, {});
    const wrong = Buffer.from('this is the key of another device').toString('base64');
    const refused = once(gateway, 'refused');
    const error = await failureOf(face, connectionStringTo(at, { SharedAccessKey: wrong }), options);
    assertTold(error, {
      type: 'UnauthorizedError',
      code: 'ERR_IOT_NOT_AUTHORIZED',
      names: [at, '"d1"', 'CONNACK 5', /after \d+ ms/],
      hint: REMEDY,
      cause: /CONNACK return code 5/,
      secrets: [wrong],
    });
    assert.equal(error.returnCode, 5);
    assert.equal((await refused)[0].returnCode, 5, 'the gateway itself refused');
  });

  test(`${face.name}: an expired token`, async (t) => {
    const { gateway, at, options } = await gatewayFor(t, { limits: { sasGraceMs: 0 } });
    const expiry = Math.floor(Date.now() / 1000) - 60;
    const { token, signature } = tokenUntil(expiry);
    const changes = { SharedAccessKey: undefined, SharedAccessSignature: token };
    const refused = once(gateway, 'refused');
    const error = await failureOf(face, connectionStringTo(at, changes), options);
    assertTold(error, {
      type: 'UnauthorizedError',
      code: 'ERR_IOT_TOKEN_EXPIRED',
      names: [at, '"d1"', 'CONNACK 5', new Date(expiry * 1000).toISOString().replace('.000', '')],
      hint: face.name === 'connect()' ? /connect\(\) with it.*clock/ : /updateSharedAccessSignature.*clock/,
      cause: /CONNACK return code 5/,
      secrets: [token, signature, decodeURIComponent(signature)],
    });
    assert.match((await refused)[0].reason, /expired/);
  });

  test(`${face.name}: the same token while it is valid`, async (t) => {
    const { at, options } = await gatewayFor(t, { limits: { sasGraceMs: 0 } });
    const { token } = tokenUntil(Math.floor(Date.now() / 1000) + 60);
    const changes = { SharedAccessKey: undefined, SharedAccessSignature: token };
    const close = await face.open(connectionStringTo(at, changes), options);
    await close();
  });

  test(`${face.name}: a device the gateway does not know, which it takes its time to refuse`, async (t) => {
    const { at, options } = await gatewayFor(t, { devices: [], limits: { refusalDelayMs: 400 } });
    const error = await failureOf(face, connectionStringTo(at), options);
    assertTold(error, {
      type: 'UnauthorizedError',
      code: 'ERR_IOT_NOT_AUTHORIZED',
      names: [at, '"d1"', /after [4-9]\d\d ms|after \d{4,} ms/],
      hint: REMEDY,
      cause: /CONNACK return code 5/,
    });
  });

  test(`${face.name}: a disabled device`, async (t) => {
    const { gateway, at, options } = await gatewayFor(t, {});
    gateway.disableDevice('d1');
    assertTold(await failureOf(face, connectionStringTo(at), options), {
      type: 'UnauthorizedError',
      code: 'ERR_IOT_NOT_AUTHORIZED',
      names: [at, '"d1"', 'CONNACK 5'],
      hint: /enabled/,
      cause: /CONNACK return code 5/,
    });
  });

  test(`${face.name}: another hub than the device's`, async (t) => {
    const { at, options } = await gatewayFor(t, {});
    const error = await failureOf(
      face,
      connectionStringTo(at, { HostName: 'other.azure-devices.net' }),
      options,
    );
    assertTold(error, {
      type: 'UnauthorizedError',
      code: 'ERR_IOT_NOT_AUTHORIZED',
      names: [at, '"d1"'],
      hint: /HostName \(the hub\)/,
      cause: /CONNACK return code/,
    });
  });

  for (const [code, type, told] of [
    [1, 'NotImplementedError', 'ERR_IOT_PROTOCOL_VERSION'],
    [2, 'UnauthorizedError', 'ERR_IOT_NOT_AUTHORIZED'],
    [3, 'ServiceUnavailableError', 'ERR_IOT_SERVER_UNAVAILABLE'],
    [4, 'UnauthorizedError', 'ERR_IOT_NOT_AUTHORIZED'],
    [6, 'NotConnectedError', 'ERR_IOT_REFUSED'],
    [255, 'NotConnectedError', 'ERR_IOT_REFUSED'],
  ]) {
    test(`${face.name}: CONNACK ${code}`, async (t) => {
      const { gateway, at, options } = await gatewayFor(t, { faults: { connack: { code } } });
      const error = await failureOf(face, connectionStringTo(at), { ...options, retry: 'never' });
      assertTold(error, {
        type,
        code: told,
        names: [at, new RegExp(`CONNACK (code )?${code}\\b`)],
        cause: new RegExp(`CONNACK return code ${code}`),
      });
      assert.equal(gateway.counts.connections, 1);
    });
  }

  test(`${face.name}: CONNACK 3 is tried again, as by the original`, async (t) => {
    const connack = ({ connectionNumber }) => (connectionNumber < 3 ? { code: 3 } : undefined);
    const { gateway, at, options } = await gatewayFor(t, { faults: { connack } });
    const close = await face.open(connectionStringTo(at), options);
    await close();
    assert.equal(gateway.counts.connections, 3);
  });
}

test('while a refusal is slow, the state says what is waited for', async (t) => {
  const { at, options } = await gatewayFor(t, { faults: { connack: { code: 5, delayMs: 200 } } });
  const { Client, Mqtt } = require('../..');
  const client = Client.fromConnectionString(connectionStringTo(at), Mqtt);
  await client.setOptions(options);
  const stages = [];
  client.on('state', ({ state, stage }) => stages.push(stage ?? state));
  await assert.rejects(client.open(), { code: 'ERR_IOT_NOT_AUTHORIZED' });
  assert.deepEqual(stages.slice(-2), ['connack', 'closed']);
});

test("retry: 'forever' goes on where the first failure would be final", async (t) => {
  const connack = ({ connectionNumber }) => (connectionNumber < 3 ? 'cut' : undefined);
  const { gateway, at, options } = await gatewayFor(t, { faults: { connack } });
  const device = await connect({ connectionString: connectionStringTo(at), ...options, retry: 'forever' });
  await device.close();
  assert.equal(gateway.counts.connections, 3);
});

'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Client, Mqtt, SharedAccessSignature, connect } = require('../..');
const { createChain, startGateway } = require('../../gateway');
const { SMALL, assertTold } = require('../bad_input/telling');

/** Operations that fail, and calls that cannot be meant so. */

test('a message that is not acknowledged in time', async (t) => {
  const gateway = await startGateway({
    chain: await createChain(SMALL),
    devices: [{ deviceId: 'd1' }],
    faults: { publish: 'drop-puback' },
  });
  t.after(() => gateway.close());
  const device = await connect({ connectionString: gateway.connectionString('d1'), ca: gateway.rootPem });
  t.after(() => device.close());
  const error = await device.sendEvent('into the void', { timeout: 1 }).then(assert.fail, (reason) => reason);
  assertTold(error, {
    type: 'TimeoutError',
    code: 'ERR_IOT_OPERATION_TIMEOUT',
    names: ['within 1 ms'],
    hint: /allow more time/,
  });
  assert.equal(error.delivery, 'unknown');
});

test('an authentication provider that never calls back', async (t) => {
  const client = Client.fromAuthenticationProvider({ type: 1, getDeviceCredentials: () => {} }, Mqtt);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const opened = client.open().then(assert.fail, (error) => error);
  t.mock.timers.tick(240_000);
  t.mock.timers.reset();
  assertTold(await opened, {
    type: 'TimeoutError',
    code: 'ERR_IOT_TIMEOUT_CREDENTIALS',
    names: ['within 240000 ms'],
    hint: /getDeviceCredentials/,
  });
});

const client = () => Client.fromConnectionString('HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0', Mqtt);

/** By code: what throws, and what it tells. */
const thrown = {
  ERR_IOT_KEY_UNKNOWN: {
    call: () => SharedAccessSignature.parse('SharedAccessSignature sr=a&sig=b&se=1').extend(2),
    type: 'TypeError',
    names: ['extended'],
  },
  ERR_IOT_RETRY_POLICY: {
    call: () => client().setRetryPolicy(/** @type {any} */ ({ shouldRetry: () => true })),
    type: 'ArgumentError',
    names: ['nextRetryTimeout'],
  },
  ERR_IOT_PROVIDER: {
    call: () => new Mqtt('HostName=h;DeviceId=d;SharedAccessKey=do-not-show'),
    type: 'ArgumentError',
    names: ['a string', 'getDeviceCredentials'],
    secrets: ['do-not-show'],
  },
  ERR_IOT_CONSTRUCTOR: {
    call: () => new Client(client()._transport, 'HostName=h'),
    type: 'InvalidOperationError',
    names: ['connection string'],
  },
};

for (const [code, { call, ...expected }] of Object.entries(thrown)) {
  test(`${code} is thrown`, () => {
    let error;
    try {
      call();
    } catch (caught) {
      error = caught;
    }
    assertTold(error, { code, ...expected });
  });
}
